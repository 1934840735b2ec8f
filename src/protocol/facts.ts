/** What a decision needs to know, gathered by a store before `decide` runs. Plain data: any store can fill it. */

import type { SlotName } from './operations.js';

/** An idempotency record found for the command's key. */
export interface RequestRecord {
  payloadHash: string;
  /** JSON of the answer given then. */
  answer: string;
}

export interface RequestFacts {
  request: RequestRecord | null;
  /** A few keys past the retention time; the change deletes them, so that the table stays bounded. */
  expiredKeys: readonly string[];
}

export interface BlockFacts {
  blockIndex: number;
  hash: string;
  root: string | null;
  words: ReadonlySet<string>;
}

export interface SlotFacts {
  slot: SlotName;
  anchorHash: string | null;
  /** Null when the slot is empty or its block is not in the database. */
  head: BlockFacts | null;
  summary: string;
  topicVector: string | null;
  lastSeen: number;
  hysteresis: number;
  pinned: boolean;
}

/** Blocks that share a keyword with the new one. Not listed: keywords that no block or very many blocks have. */
export interface KeywordFacts {
  keyword: string;
  /** Newest first. `nodeId` of the block's `memory_nodes` row. */
  blocks: readonly { blockIndex: number; nodeId: string }[];
}

/** A block that a new memory may repeat, as the answer tells of it. */
export interface SimilarFacts {
  blockIndex: number;
  hash: string;
  content: string;
  slot: SlotName | null;
  root: string | null;
  timestamp: string;
  before: string | null;
}

export interface AddMemoryFacts extends RequestFacts {
  kind: 'add_memory';
  /** Block with the largest index, or null in an empty database. */
  lastBlock: { blockIndex: number; hash: string } | null;
  /** The latest 100 blocks, newest first. */
  recentBlocks: readonly BlockFacts[];
  /**
   * How many of the command's words each of {@link recentBlocks} has, by block index, when the store counts them
   * itself (`text/wordIndex.ts` does that several times sooner). Blocks that have none may be left out.
   */
  sharedWords?: ReadonlyMap<number, number>;
  /** A, B, C in this order. */
  slots: readonly SlotFacts[];
  keywordBlocks: readonly KeywordFacts[];
  /** Node ids of the newest block of each root among {@link recentBlocks}. */
  newestNodeByRoot: ReadonlyMap<string, { blockIndex: number; nodeId: string }>;
  /** Number of blocks, for the rarity of a keyword. */
  blockCount: number;
  /** A few blocks that share most of what is rare in the new one; empty when duplicates are allowed. */
  similar: readonly SimilarFacts[];
  /** The block that the command replaces, when it names one that is there. `nodeId` null: it has no node. */
  superseded: { blockIndex: number; nodeId: string | null } | null;
  /** Whether Python's consolidator has its queue here: then a new block is put into it. */
  hasConsolidationQueue: boolean;
}

export interface UpdateAssociationsFacts extends RequestFacts {
  kind: 'update_associations';
  /** For every block the command names and the database has. `nodeId` null: the block has no node yet. */
  blocks: ReadonlyMap<number, { nodeId: string | null; content: string }>;
  /** Existing links between the pairs of blocks that the command removes or adds, in both directions. */
  links: readonly { associationId: string; source: number; target: number; type: string }[];
}

export interface AnchorUpdateFacts extends RequestFacts {
  kind: 'anchor_update';
  slots: readonly SlotFacts[];
  /** The block the slot shall point at, when the command names one that is there. */
  target: { blockIndex: number; hash: string; content: string } | null;
}

export interface ImportSlotsFacts extends RequestFacts {
  kind: 'import_slots';
  slots: readonly SlotFacts[];
}

/** A block that imported ones refer to. */
export interface ImportTarget {
  blockIndex: number;
  hash: string;
  root: string | null;
  nodeId: string | null;
  content: string;
}

export interface ImportMemoriesFacts extends RequestFacts {
  kind: 'import_memories';
  lastBlock: { blockIndex: number; hash: string } | null;
  /** For each record the block that is the same memory already, or null. */
  existing: readonly (number | null)[];
  /** Those blocks, and every block the command names and the database has. */
  targets: ReadonlyMap<number, ImportTarget>;
  slots: readonly SlotFacts[];
  hasConsolidationQueue: boolean;
}

export interface StoreVectorsFacts extends RequestFacts {
  kind: 'store_vectors';
  /** Of the command's blocks those that are in the database. */
  blocks: ReadonlySet<number>;
}

export type Facts =
  | AddMemoryFacts
  | UpdateAssociationsFacts
  | AnchorUpdateFacts
  | ImportSlotsFacts
  | ImportMemoriesFacts
  | StoreVectorsFacts;
