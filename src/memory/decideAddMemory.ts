/** Adding a memory: its block and everything that hangs on it, as one change. */

import type { RowWrite } from '../protocol/change.js';
import type { AddMemoryCommand } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { AddMemoryFacts } from '../protocol/facts.js';
import type { JsonObject } from '../protocol/json.js';
import type { AddMemoryResult, SlotName } from '../protocol/operations.js';
import { blockHash } from './blockHash.js';
import { chooseBranch, type BranchChoice } from './branchRule.js';
import { findDuplicate, type Duplicate } from './duplicateRule.js';
import { chooseLinks, MAX_LINKS_PER_ADD } from './linkRule.js';
import type { Outcome } from './onceOnly.js';
import { associationRow, blockRow, childRow, consolidationRow, detailRows, nodeRow } from './rows.js';
import { slotRow, STMAnchorStore } from './stmAnchorStore.js';

/** What the rules chose; the rows follow from it. */
interface NewBlock {
  readonly blockIndex: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly slot: SlotName;
  readonly branch: BranchChoice;
}

/**
 * A memory that says what another one says already is answered with that one, and not written.
 * @throws GreeumError `unknown_block` when it replaces one that is not there
 */
export function decideAddMemory(command: AddMemoryCommand, facts: AddMemoryFacts): Outcome {
  requireSuperseded(command, facts);
  const duplicate = findDuplicate(command.content, facts.similar);
  return duplicate === null ? added(command, facts) : { rows: [], answer: duplicateAnswer(command, duplicate) };
}

function requireSuperseded({ supersedes }: AddMemoryCommand, { superseded }: AddMemoryFacts): void {
  if (supersedes === null || superseded !== null) return;
  throw new GreeumError('unknown_block', `There is no memory #${supersedes} to replace. Nothing was added.`, {
    hint: 'Search or list memories to see their numbers.',
  });
}

function duplicateAnswer(command: AddMemoryCommand, { of, similarity }: Duplicate): JsonObject {
  const { blockIndex: block_index, hash, slot, root: branch, timestamp, before } = of;
  const existing = { block_index, hash, slot, branch, timestamp, before };
  return { ...existing, status: 'duplicate', similarity, ...leftOutOf(command) } satisfies AddMemoryResult;
}

/** Told also of what was not added: the caller had it in the text. */
function leftOutOf({ leftOut }: AddMemoryCommand): { left_out?: { kind: string; count: number }[] } {
  return leftOut.length === 0 ? {} : { left_out: leftOut.map(({ kind, count }) => ({ kind, count })) };
}

function added(command: AddMemoryCommand, facts: AddMemoryFacts): Outcome {
  const anchors = new STMAnchorStore(facts.slots);
  const block = newBlock(command, facts, anchors);
  const isPinned = anchors.state(block.slot).pinned;
  const rows: RowWrite[] = [
    blockRow({ ...command, ...block, before: block.branch.parent?.hash ?? null, seconds: command.atMs / 1000 }),
    ...detailRows(command, block.blockIndex),
    ...(block.branch.parent === null ? [] : [childRow(block.branch.parent.blockIndex, block.hash)]),
    nodeRow(command.nodeId, block.blockIndex, command.content, command.timestamp),
    ...linkRows(command, facts, block.branch),
    ...supersededRows(command, facts, block.blockIndex),
    ...(isPinned
      ? []
      : [slotRow(anchors.moved(block.slot, { hash: block.hash, content: command.content }, command.atMs))]),
    ...(facts.hasConsolidationQueue ? [consolidationRow(block.blockIndex, command.timestamp)] : []),
  ];
  const answer = {
    block_index: block.blockIndex,
    hash: block.hash,
    status: 'added',
    slot: block.slot,
    branch: block.branch.root,
    timestamp: command.timestamp,
    before: block.branch.parent?.hash ?? null,
    ...leftOutOf(command),
  } satisfies AddMemoryResult;
  return { rows, answer };
}

function newBlock(command: AddMemoryCommand, facts: AddMemoryFacts, anchors: STMAnchorStore): NewBlock {
  const { content: context, timestamp, importance } = command;
  const blockIndex = facts.lastBlock === null ? 0 : facts.lastBlock.blockIndex + 1;
  const prevHash = facts.lastBlock?.hash ?? '';
  const slot = command.slot ?? anchors.choose(command.words);
  return {
    blockIndex,
    prevHash,
    hash: blockHash({ blockIndex, timestamp, context, importance, prevHash }),
    slot,
    branch: chooseBranch(command.words, facts, anchors.head(slot), command.newRoot),
  };
}

function linkRows(command: AddMemoryCommand, facts: AddMemoryFacts, branch: BranchChoice): RowWrite[] {
  const branchEnd = branch.isNew ? null : (facts.newestNodeByRoot.get(branch.root) ?? null);
  const links = chooseLinks(command.keywords.length, facts.keywordBlocks, facts.blockCount, branchEnd);
  return links.map(({ nodeId, type, strength }, index) =>
    associationRow({
      associationId: command.associationIds[index] ?? '',
      sourceNodeId: command.nodeId,
      targetNodeId: nodeId,
      type,
      strength,
      timestamp: command.timestamp,
    }),
  );
}

/** The older memory stays as it is; beside it stands which one replaces it, the newest if several do. */
function supersededRows(command: AddMemoryCommand, { superseded }: AddMemoryFacts, blockIndex: number): RowWrite[] {
  if (superseded === null) return [];
  const mark: RowWrite = ['put', 'greeum_superseded', [superseded.blockIndex, blockIndex]];
  if (superseded.nodeId === null) return [mark];
  const link = associationRow({
    associationId: command.associationIds[MAX_LINKS_PER_ADD - 1] ?? '',
    sourceNodeId: command.nodeId,
    targetNodeId: superseded.nodeId,
    type: 'supersedes',
    strength: 1,
    timestamp: command.timestamp,
  });
  return [mark, link];
}
