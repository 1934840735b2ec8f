/** Writing, finding and reading memories: what is asked and what is answered. */

import { GreeumError } from './errors.js';
import type { JsonObject } from './json.js';
import type { LeftOut } from './leftOut.js';
import type { AssociationRecord } from './links.js';
import type { SlotName } from './slots.js';

export const SEARCH_DETAILS = ['snippet', 'full', 'ids'] as const;
export type SearchDetail = (typeof SEARCH_DETAILS)[number];

/** Who wrote a memory; kept in its metadata as `source`. */
export type WriteSource = 'vscode' | 'mcp' | 'cli' | 'api';

export interface AddMemoryInput {
  /** Text of the memory, not blank, at most 1 MiB of UTF-8. */
  content: string;
  /** 0 to 1; default 0.5. */
  importance?: number;
  tags?: readonly string[];
  /** Slot whose head the memory continues; chosen by likeness when absent. */
  slot?: SlotName;
  project?: string;
  metadata?: JsonObject;
  /** ISO 8601 date or date-time of what the memory is about, when that is not now. */
  occurred_at?: string;
  /** Write it even if a memory says the same already; default false. */
  allow_duplicate?: boolean;
  /** Number of a memory that this one replaces: it stays, and searches prefer this one. */
  supersedes?: number;
  idempotency_key?: string;
}

/**
 * Where the memory is a team's, its database cannot be reached, and whoever set it up chose to queue: it is safe on
 * this machine, and has no number yet.
 */
export interface QueuedMemory {
  status: 'queued';
  /** Memories that wait on this machine, this one with them. */
  waiting: number;
  left_out?: LeftOut[];
}

/** For who knows that nothing is queued here. */
export function asAdded(result: AddMemoryResult | QueuedMemory): AddMemoryResult {
  if (result.status !== 'queued') return result;
  throw new GreeumError('internal', 'A memory was queued where none should be.', { outcome: 'unknown' });
}

/** Of the new memory, or, for `duplicate`, of the one that says the same already: then nothing was written. */
export interface AddMemoryResult {
  block_index: number;
  hash: string;
  status: 'added' | 'duplicate';
  /** Null for a duplicate that Python's fallback wrote. */
  slot: SlotName | null;
  /** Root of the branch (uuid); null as above. */
  branch: string | null;
  /** Local time of writing, ISO 8601 with microseconds and no zone, as Python Greeum writes it. */
  timestamp: string;
  /** Hash of the block this one continues, or null. */
  before: string | null;
  /** Secrets and private passages that were left out; absent when nothing was. */
  left_out?: LeftOut[];
  /** Of a duplicate, from 0.85 to 1. */
  similarity?: number;
  /**
   * In the answer to a repeated request only: what the first answer said, when the memory has another place in the
   * chain since, because another program had written to the file.
   */
  moved_from?: { block_index: number; hash: string };
}

export interface SearchMemoryInput {
  query: string;
  /** 1 to 200; default 5. */
  limit?: number;
  slot?: SlotName;
  project?: string;
  /** With `project`: memories that belong to no project too. Then the project may be one without memories. */
  include_global?: boolean;
  /** Memories that carry all of these. */
  tags?: readonly string[];
  /**
   * ISO 8601, or words such as `yesterday`, `last week`, `3 days ago`, `지난주`; compared with `occurred_at`, else with
   * the time of writing. Inclusive.
   */
  since?: string;
  until?: string;
  detail?: SearchDetail;
  /** `next_cursor` of the same search: what comes after. */
  cursor?: string;
  /** About how many tokens the results may take as JSON, 300 or more; what has no room comes with the cursor. */
  max_tokens?: number;
  /** 0, the default: by score alone; up to 1: rather what differs from what stands above. */
  diversity?: number;
  /** Near-duplicates as results of their own; default false. */
  duplicates?: boolean;
  /** How each score comes about; default false. */
  explain?: boolean;
  /**
   * Also memories that have none of the words but stand beside some that have: before, after, linked, replacing;
   * default true.
   */
  neighbours?: boolean;
}

/** One memory as callers see it. */
export interface MemoryRecord {
  block_index: number;
  hash: string;
  timestamp: string;
  /** Full text; a passage of it for `detail: snippet`; empty for `ids`. */
  context: string;
  importance: number;
  slot: SlotName | null;
  branch: string | null;
  tags: string[];
  project: string | null;
  occurred_at: string | null;
  /** Who wrote it: a {@link WriteSource}, or what another program put there. */
  source: string | null;
  /** Name and version of the agent that asked for it, where it said so. */
  client: string | null;
  /** Number of the memory that replaces this one; null when none does. */
  superseded_by: number | null;
}

export interface SearchHit extends MemoryRecord {
  /** The share of what was asked for that it has: 0 to about 1. */
  score: number;
  /** It has none of the words itself, see {@link SearchMemoryInput.neighbours}; absent otherwise. */
  neighbour?: true;
  /** `context` is not all of the text; `get_memory` has it all. Absent otherwise. */
  truncated?: true;
  /** What matched in `context`: from and to in UTF-16 units. Absent when nothing there did. */
  matches?: [number, number][];
  /** Numbers of memories that say nearly the same and are not shown. Absent when there are none. */
  alike?: number[];
  /** Present when it was asked for. */
  explanation?: ScoreExplanation;
}

/** Parts of a score; their sum is it. */
export interface ScoreParts {
  words: number;
  /** Nearness by the vectors of a model; 0 without one. */
  meaning: number;
  context: number;
  time: number;
  recency: number;
  importance: number;
  slot_head: number;
}

export interface ScoreExplanation extends ScoreParts {
  /** How `words` is made up. */
  by_word: { word: string; score: number }[];
}

export interface SearchMemoryResult {
  results: SearchHit[];
  /** Pass as `cursor` for what comes after; absent at the end. */
  next_cursor?: string;
  /**
   * With a model for vectors: whether the meaning of all memories took part, of those that have a vector by now, or of
   * none, because the model does not answer. Absent without one.
   */
  meaning?: 'all' | 'some' | 'none';
  took_ms: number;
}

/** Exactly one of the two. `hash` takes the full 64 hex digits. */
export interface GetMemoryInput {
  block_index?: number;
  hash?: string;
}

export interface MemoryDetail extends MemoryRecord {
  prev_hash: string;
  before: string | null;
  /** Hashes of the blocks that continue this one. */
  after: string[];
  keywords: string[];
  metadata: JsonObject;
  associations: AssociationRecord[];
}

export interface GetMemoryResult {
  memory: MemoryDetail;
}

export interface ListMemoriesInput {
  /** 1 to 1000; default 20. */
  limit?: number;
  /** Only memories with a smaller block index: the cursor for the next page. */
  before?: number;
  /** Null: memories that belong to none. */
  project?: string | null;
  /** With a `project`: memories that belong to no project too. Then the project may be one without memories. */
  include_global?: boolean;
  slot?: SlotName;
  /** Root of the branch; null: memories that have none. */
  branch?: string | null;
  /** Local day of writing, `YYYY-MM-DD`. */
  day?: string;
  /** `snippet` is the beginning of the text. Default `full`. */
  detail?: SearchDetail;
  /** ISO 8601; compared with `occurred_at`, else with the time of writing. Inclusive. */
  since?: string;
  until?: string;
}

export interface ListMemoriesResult {
  /** Newest first. */
  memories: MemoryRecord[];
  /** Pass as `before` for the next page; null at the end. */
  next_before: number | null;
}
