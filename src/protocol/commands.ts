/**
 * One write as asked for, with everything resolved that could differ between two runs: id, time, key, vectors. The
 * same command on the same facts always leads to the same change.
 */

import type { JsonObject } from './json.js';
import type { SerializedError } from './errors.js';
import type { LeftOut, SlotName } from './operations.js';
import type { ImportRef } from './transfer.js';

interface CommandBase {
  /** Unix milliseconds at which the owner accepted it. */
  atMs: number;
  /** Null when the caller gave none: then a retry is a new write. */
  idempotencyKey: string | null;
  /**
   * SHA-256 (hex) of the operation and its input without the key; compared when the key is seen again. Empty without
   * a key.
   */
  payloadHash: string;
}

export interface AddMemoryCommand extends CommandBase {
  kind: 'add_memory';
  content: string;
  importance: number;
  tags: readonly string[];
  keywords: readonly string[];
  /** Words of {@link content} as the branch rule counts them. */
  words: ReadonlySet<string>;
  slot: SlotName | null;
  project: string | null;
  metadata: JsonObject;
  /** Normalised to local ISO 8601 like {@link timestamp}. */
  occurredAt: string | null;
  /** Local ISO 8601 with microseconds, no zone. */
  timestamp: string;
  /** uuid for the branch, should this memory begin one. */
  newRoot: string;
  nodeId: string;
  /** Enough for the most links an add can make, and one for what it replaces. */
  associationIds: readonly string[];
  /** Told to the caller. */
  leftOut: readonly LeftOut[];
  allowDuplicate: boolean;
  /** Block that this memory replaces. */
  supersedes: number | null;
}

export interface UpdateAssociationsCommand extends CommandBase {
  kind: 'update_associations';
  add: readonly {
    associationId: string;
    nodeIds: readonly [string, string];
    source: number;
    target: number;
    type: string;
    strength: number;
  }[];
  remove: readonly { source: number; target: number }[];
  timestamp: string;
}

export interface AnchorUpdateCommand extends CommandBase {
  kind: 'anchor_update';
  slot: SlotName;
  /** Undefined: keep what the slot points at. */
  blockIndex: number | null | undefined;
  pinned: boolean | undefined;
}

/** What Python Greeum wrote to `stm_anchors.db` while no owner ran. */
export interface ImportSlotsCommand extends CommandBase {
  kind: 'import_slots';
  slots: readonly StoredSlot[];
}

/** A memory from elsewhere, with what it was there. */
export interface ImportedMemory {
  content: string;
  importance: number;
  tags: readonly string[];
  keywords: readonly string[];
  slot: SlotName | null;
  project: string | null;
  metadata: JsonObject;
  occurredAt: string | null;
  timestamp: string;
  /** It came with its time, and is told from others by that and its text; else by text and project. */
  hasOwnTime: boolean;
  /** Of how many memories with this time and text it is not the first. */
  twin: number;
  /** Undefined: that of the memory it continues, else {@link newRoot}. */
  branch: string | null | undefined;
  newRoot: string;
  before: ImportRef | null;
  supersedes: ImportRef | null;
  nodeId: string;
  links: readonly ImportedLink[];
  leftOut: readonly LeftOut[];
}

export interface ImportedLink {
  other: ImportRef;
  /** Whether it leads to the other memory, or comes from there. */
  leadsThere: boolean;
  type: string;
  strength: number;
  associationId: string;
  /** For the other memory, should it have no node yet. */
  otherNodeId: string;
}

/** Vectors of memories that are there, made before the command was queued; each takes the place of an older one. */
export interface StoreVectorsCommand extends CommandBase {
  kind: 'store_vectors';
  model: string;
  /** Float32, all of one dimension. */
  vectors: readonly { blockIndex: number; values: Float32Array }[];
}

export interface ImportMemoriesCommand extends CommandBase {
  kind: 'import_memories';
  /** What cannot be taken in stands among the others with its error: they are counted by their places. */
  records: readonly (ImportedMemory | { error: SerializedError })[];
  slots: readonly { slot: SlotName; memory: ImportRef; pinned: boolean; lastSeen: number }[];
}

export type Command =
  | AddMemoryCommand
  | UpdateAssociationsCommand
  | AnchorUpdateCommand
  | ImportSlotsCommand
  | ImportMemoriesCommand
  | StoreVectorsCommand;

/** A slot as both slot files hold it. */
export interface StoredSlot {
  slot: SlotName;
  anchorHash: string | null;
  summary: string;
  /** JSON array of floats, or null; kept as Python wrote it. */
  topicVector: string | null;
  /** Unix seconds. */
  lastSeen: number;
  hysteresis: number;
}
