/** Adding and removing links between memories that are there. */

import type { RowWrite } from '../protocol/change.js';
import type { UpdateAssociationsCommand } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { UpdateAssociationsFacts } from '../protocol/facts.js';
import type { AssociationRecord } from '../protocol/operations.js';
import type { Outcome } from './onceOnly.js';
import { associationRow, nodeRow } from './rows.js';

/**
 * First removes: every link between the two memories, of any type and in both directions. Then adds: a link that
 * exists with the same direction and type gets the new strength, and one that was to be removed stays instead, so that
 * the same request again changes nothing. Two additions of the same link are one, with the strength of the last.
 * @throws GreeumError `unknown_block`
 */
export function decideUpdateAssociations(command: UpdateAssociationsCommand, facts: UpdateAssociationsFacts): Outcome {
  requireBlocks(command, facts);
  const { rows, added } = additions(command, facts);
  const stays = new Set(added.map(({ association_id: id }) => id));
  const gone = removedLinks(command, facts).filter((id) => !stays.has(id));
  const deletions = gone.map((id): RowWrite => ['delete', 'associations', id]);
  return {
    rows: [...deletions, ...rows],
    answer: { status: 'updated', added: added.map((link) => ({ ...link })), removed: gone.length },
  };
}

function requireBlocks({ add, remove }: UpdateAssociationsCommand, { blocks }: UpdateAssociationsFacts): void {
  const named = new Set([...add, ...remove].flatMap(({ source, target }) => [source, target]));
  const unknown = [...named].filter((blockIndex) => !blocks.has(blockIndex)).sort((a, b) => a - b);
  if (unknown.length === 0) return;
  const numbers = unknown.map((blockIndex) => `#${blockIndex}`).join(', ');
  throw new GreeumError('unknown_block', `There is no memory ${numbers}. No link was changed.`, {
    hint: 'Search or list memories to see their numbers.',
  });
}

/** Ids of the links that are to go. */
function removedLinks({ remove }: UpdateAssociationsCommand, { links }: UpdateAssociationsFacts): string[] {
  const pairs = new Set(remove.flatMap(({ source, target }) => [`${source} ${target}`, `${target} ${source}`]));
  const gone = links.filter(({ source, target }) => pairs.has(`${source} ${target}`));
  return [...new Set(gone.map(({ associationId }) => associationId))];
}

type Addition = UpdateAssociationsCommand['add'][number];

function additions(
  command: UpdateAssociationsCommand,
  { blocks, links }: UpdateAssociationsFacts,
): { rows: RowWrite[]; added: AssociationRecord[] } {
  const existing = new Map([...links].reverse().map((link) => [linkKey(link), link.associationId]));
  const nodes = new Map([...blocks].map(([blockIndex, { nodeId }]) => [blockIndex, nodeId]));
  const rows: RowWrite[] = [];
  const added: AssociationRecord[] = [];
  /** The block's node, made when it has none yet. */
  const nodeOf = (blockIndex: number, newId: string): string => {
    const known = nodes.get(blockIndex) ?? null;
    if (known !== null) return known;
    rows.push(nodeRow(newId, blockIndex, blocks.get(blockIndex)?.content ?? '', command.timestamp));
    nodes.set(blockIndex, newId);
    return newId;
  };
  for (const link of distinct(command.add)) {
    const { source, target, type, strength, nodeIds } = link;
    const known = existing.get(linkKey(link));
    if (known === undefined) {
      const sourceNodeId = nodeOf(source, nodeIds[0]);
      const targetNodeId = nodeOf(target, nodeIds[1]);
      const { associationId } = link;
      rows.push(
        associationRow({ associationId, sourceNodeId, targetNodeId, type, strength, timestamp: command.timestamp }),
      );
    } else {
      rows.push(['update', 'associations', known, { strength }]);
    }
    added.push({ association_id: known ?? link.associationId, source, target, type, strength });
  }
  return { rows, added };
}

function distinct(add: readonly Addition[]): Addition[] {
  return [...new Map(add.map((link) => [linkKey(link), link])).values()];
}

function linkKey({ source, target, type }: { source: number; target: number; type: string }): string {
  return `${source} ${target} ${type}`;
}
