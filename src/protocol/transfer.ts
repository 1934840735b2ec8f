/** Memories as they are carried from one memory to another: what an import brings, and what an export reads. */

import type { SerializedError } from './errors.js';
import type { JsonObject } from './json.js';
import type { LeftOut } from './leftOut.js';
import type { SlotName } from './slots.js';

/** A memory that is there already, or an earlier record of the same call. */
export type ImportRef = { readonly block_index: number } | { readonly record: number };

/** A link between this memory and one that came before it: `to` leads there, `from` comes from there. */
export type ImportLink = {
  readonly type: string;
  /** 0 to 1. */
  readonly strength: number;
} & ({ readonly to: ImportRef } | { readonly from: ImportRef });

/**
 * One memory to take in. With a `timestamp` it is the same memory as one with this time and text; without, as one with
 * this text in the same project: then nothing is written.
 */
export interface ImportRecord {
  content: string;
  importance?: number;
  tags?: readonly string[];
  /** Which slot it was written to. No slot is moved by an import; see {@link ImportSlot}. */
  slot?: SlotName;
  project?: string;
  /** Kept as it is, with who wrote it; absent: who imports is the one. */
  metadata?: JsonObject;
  occurred_at?: string;
  /** When it was written; ISO 8601. Absent: now. */
  timestamp?: string;
  /** Root of its branch; null: it has none. Absent: that of the memory it continues, else a new one. */
  branch?: string | null;
  before?: ImportRef | null;
  supersedes?: ImportRef;
  links?: readonly ImportLink[];
  /** How many records before this one have the same time and text: each is a memory of its own. */
  twin?: number;
  /** Where in the source it stands, such as `line 12`. */
  place?: string;
}

/** What a slot pointed at; taken over where the slot is empty. */
export interface ImportSlot {
  slot: SlotName;
  memory: ImportRef;
  pinned?: boolean;
  /** Unix seconds. */
  last_seen?: number;
}

export interface ImportMemoriesInput {
  records: readonly ImportRecord[];
  slots?: readonly ImportSlot[];
  /** What the records come from; with their place it is kept as `imported_from` in their metadata. */
  origin: string;
  idempotency_key?: string;
}

/** `present`: a memory that is there already is the same. */
export interface ImportedRecord {
  status: 'added' | 'present' | 'rejected';
  /** Null for what was rejected, and for what a preview would add. */
  block_index: number | null;
  left_out?: LeftOut[];
  error?: SerializedError;
}

export interface ImportMemoriesResult {
  status: 'imported';
  /** In the order of the records. */
  results: ImportedRecord[];
  /** Slots that were empty and point at an imported memory now. */
  slots: SlotName[];
}

export type PreviewImportInput = Omit<ImportMemoriesInput, 'slots' | 'idempotency_key'>;

export interface PreviewImportResult {
  results: ImportedRecord[];
}

export interface ExportMemoriesInput {
  /** Only memories with a larger block index: the cursor for the next page. */
  after?: number;
  /** 1 to 1000; default 1000. A page ends sooner when its texts are long. */
  limit?: number;
  project?: string;
}

/** A memory with all that an import can take in. Links are with memories of smaller block index. */
export interface ExportedMemory {
  block_index: number;
  hash: string;
  timestamp: string;
  content: string;
  importance: number;
  slot: SlotName | null;
  branch: string | null;
  before: number | null;
  tags: string[];
  project: string | null;
  occurred_at: string | null;
  metadata: JsonObject;
  supersedes: number | null;
  links: ({ type: string; strength: number } & ({ to: number } | { from: number }))[];
}

export interface ExportMemoriesResult {
  /** Oldest first. */
  memories: ExportedMemory[];
  /** Pass as `after` for the next page; null at the end. */
  next_after: number | null;
}

/** Field of a memory's metadata that says where it was imported from; an export leaves it out. */
export const IMPORTED_FROM = 'imported_from';
