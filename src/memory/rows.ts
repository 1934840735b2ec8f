/** Rows that more than one rule writes. */

import type { RowWrite } from '../protocol/change.js';
import type { AddMemoryCommand } from '../protocol/commands.js';
import type { SlotName } from '../protocol/operations.js';

export interface BlockValues {
  readonly blockIndex: number;
  readonly timestamp: string;
  readonly content: string;
  readonly importance: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly branch: { readonly root: string | null; readonly depth: 0 | 1; readonly similarity: number };
  /** Hash of the block it continues. */
  readonly before: string | null;
  readonly slot: SlotName | null;
  /** Unix seconds of its writing. */
  readonly seconds: number;
}

/** The block itself, of which nothing continues yet. */
export function blockRow(block: BlockValues): RowWrite {
  const { branch, seconds } = block;
  return [
    'insert',
    'blocks',
    [
      block.blockIndex,
      block.timestamp,
      block.content,
      block.importance,
      block.hash,
      block.prevHash,
      branch.root,
      block.before,
      '[]',
      '[]',
      branch.depth,
      0,
      seconds,
      block.slot,
      branch.similarity,
      seconds,
    ],
  ];
}

export type BlockDetails = Pick<AddMemoryCommand, 'keywords' | 'tags' | 'metadata' | 'project' | 'occurredAt'>;

/** What is kept beside the block, under its index. */
export function detailRows(details: BlockDetails, blockIndex: number): RowWrite[] {
  const { keywords, tags, metadata, project, occurredAt } = details;
  return [
    ...keywords.map((keyword): RowWrite => ['insert', 'block_keywords', [null, blockIndex, keyword]]),
    ...tags.map((tag): RowWrite => ['insert', 'block_tags', [null, blockIndex, tag]]),
    ['insert', 'block_metadata', [blockIndex, JSON.stringify(metadata)]],
    ...(project === null && occurredAt === null ? [] : [ownRow(blockIndex, project, occurredAt)]),
  ];
}

function ownRow(blockIndex: number, project: string | null, occurredAt: string | null): RowWrite {
  return ['insert', 'greeum_blocks', [blockIndex, project, occurredAt]];
}

export function childRow(parentIndex: number, hash: string): RowWrite {
  return ['append', 'blocks', parentIndex, 'after', hash];
}

/** For Python's consolidator, where it has its queue. */
export function consolidationRow(blockIndex: number, timestamp: string): RowWrite {
  return ['insert', 'consolidation_queue', [null, blockIndex, timestamp, 'pending']];
}

/** The node that stands for a block in associations. It has no copy of the vector: Greeum takes null there. */
export function nodeRow(nodeId: string, blockIndex: number, content: string, timestamp: string): RowWrite {
  return ['insert', 'memory_nodes', [nodeId, blockIndex, 'memory', content, null, 0, null, '{}', timestamp]];
}

export interface NewAssociation {
  readonly associationId: string;
  readonly sourceNodeId: string;
  readonly targetNodeId: string;
  readonly type: string;
  readonly strength: number;
  readonly timestamp: string;
}

export function associationRow(association: NewAssociation): RowWrite {
  const { associationId, sourceNodeId, targetNodeId, type, strength, timestamp } = association;
  return [
    'insert',
    'associations',
    [associationId, sourceNodeId, targetNodeId, type, strength, 1, timestamp, null, 0, '{}'],
  ];
}
