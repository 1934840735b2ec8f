/** Adding a memory: its block and everything that hangs on it, as one change. */

import type { RowWrite } from '../protocol/change.js';
import type { AddMemoryCommand, Vector } from '../protocol/commands.js';
import type { AddMemoryFacts } from '../protocol/facts.js';
import type { AddMemoryResult, SlotName } from '../protocol/operations.js';
import { base64OfFloats } from './base64.js';
import { blockHash } from './blockHash.js';
import { chooseBranch, type BranchChoice } from './branchRule.js';
import { chooseLinks } from './linkRule.js';
import type { Outcome } from './onceOnly.js';
import { nodeRow, associationRow } from './rows.js';
import { slotRow, STMAnchorStore } from './stmAnchorStore.js';

/** What the rules chose; the rows follow from it. */
interface NewBlock {
  readonly blockIndex: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly slot: SlotName;
  readonly branch: BranchChoice;
}

export function decideAddMemory(command: AddMemoryCommand, facts: AddMemoryFacts): Outcome {
  const anchors = new STMAnchorStore(facts.slots);
  const block = newBlock(command, facts, anchors);
  const isPinned = anchors.state(block.slot).pinned;
  const rows: RowWrite[] = [
    blockRow(command, block),
    ...detailRows(command, block.blockIndex),
    ...(block.branch.parent === null ? [] : [childRow(block.branch.parent.blockIndex, block.hash)]),
    nodeRow(command.nodeId, block.blockIndex, command.content, command.timestamp),
    ...linkRows(command, facts, block.branch),
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
    ...(command.leftOut.length === 0 ? {} : { left_out: command.leftOut.map(({ kind, count }) => ({ kind, count })) }),
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

function blockRow(command: AddMemoryCommand, { blockIndex, prevHash, hash, slot, branch }: NewBlock): RowWrite {
  const seconds = command.atMs / 1000;
  return [
    'insert',
    'blocks',
    [
      blockIndex,
      command.timestamp,
      command.content,
      command.importance,
      hash,
      prevHash,
      branch.root,
      branch.parent?.hash ?? null,
      '[]',
      '[]',
      branch.depth,
      0,
      seconds,
      slot,
      branch.similarity,
      seconds,
    ],
  ];
}

/** What is kept beside the block, under its index. */
function detailRows(command: AddMemoryCommand, blockIndex: number): RowWrite[] {
  const { keywords, tags, metadata, vector, project, occurredAt } = command;
  return [
    ...keywords.map((keyword): RowWrite => ['insert', 'block_keywords', [null, blockIndex, keyword]]),
    ...tags.map((tag): RowWrite => ['insert', 'block_tags', [null, blockIndex, tag]]),
    ['insert', 'block_metadata', [blockIndex, JSON.stringify(metadata)]],
    ...(vector === null ? [] : [vectorRow(vector, blockIndex)]),
    ...(project === null && occurredAt === null ? [] : [ownRow(blockIndex, project, occurredAt)]),
  ];
}

function vectorRow({ model, values }: Vector, blockIndex: number): RowWrite {
  return ['insert', 'block_embeddings', [blockIndex, { base64: base64OfFloats(values) }, model, values.length]];
}

function ownRow(blockIndex: number, project: string | null, occurredAt: string | null): RowWrite {
  return ['insert', 'greeum_blocks', [blockIndex, project, occurredAt]];
}

function childRow(parentIndex: number, hash: string): RowWrite {
  return ['append', 'blocks', parentIndex, 'after', hash];
}

function consolidationRow(blockIndex: number, timestamp: string): RowWrite {
  return ['insert', 'consolidation_queue', [null, blockIndex, timestamp, 'pending']];
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
