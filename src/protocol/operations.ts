/**
 * What anyone can ask of a memory, as plain JSON. The field names are those of the wire: MCP tools, JSON-RPC, the
 * CLI's `--json` and the threads' messages all carry these very objects.
 */

import type { JsonObject } from './json.js';
import type { LeftOut } from './leftOut.js';
import { SLOT_NAMES, type SlotName } from './slots.js';
import type {
  ExportMemoriesInput,
  ExportMemoriesResult,
  ImportMemoriesInput,
  ImportMemoriesResult,
  PreviewImportInput,
  PreviewImportResult,
} from './transfer.js';

export { SLOT_NAMES, type LeftOut, type SlotName };

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

/** Parts of a score; all but `by_word` add up to it. */
export interface ScoreExplanation {
  words: number;
  context: number;
  time: number;
  recency: number;
  importance: number;
  slot_head: number;
  /** How `words` is made up. */
  by_word: { word: string; score: number }[];
}

export interface SearchMemoryResult {
  results: SearchHit[];
  /** Pass as `cursor` for what comes after; absent at the end. */
  next_cursor?: string;
  took_ms: number;
}

/** Exactly one of the two. `hash` takes the full 64 hex digits. */
export interface GetMemoryInput {
  block_index?: number;
  hash?: string;
}

export interface AssociationRecord {
  association_id: string;
  source: number;
  target: number;
  type: string;
  /** 0 to 1. */
  strength: number;
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

export const GROUPINGS = ['day', 'branch', 'project'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface ListGroupsInput {
  by: Grouping;
  /** 1 to 1000; default 100. */
  limit?: number;
  /** Only groups whose newest memory has a smaller block index: the cursor for the next page. */
  before?: number;
  project?: string;
  include_global?: boolean;
}

/** All memories of a day, of a branch or of a project. */
export interface MemoryGroup {
  /** `YYYY-MM-DD`, root of the branch or name of the project; null for memories without one. */
  key: string | null;
  blocks: number;
  /** Block index of the newest. */
  newest: number;
  /** First 160 code points of the newest. */
  title: string;
  slot: SlotName | null;
  first_timestamp: string;
  last_timestamp: string;
}

export interface ListGroupsResult {
  /** Newest first. */
  groups: MemoryGroup[];
  /** Pass as `before` for the next page; null at the end. */
  next_before: number | null;
}

export interface MemoryGraphInput {
  /** 1 to 2000 memories, the newest; default 500. */
  limit?: number;
}

export interface GraphNode {
  block_index: number;
  branch: string | null;
  slot: SlotName | null;
  project: string | null;
  timestamp: string;
  /** First 80 code points. */
  title: string;
  /** The memory it continues, whether or not that is in the graph. */
  continues: number | null;
}

export interface MemoryGraphResult {
  /** Newest first. */
  nodes: GraphNode[];
  /** Between two of the nodes, strongest first, 4000 at most. */
  associations: Omit<AssociationRecord, 'association_id'>[];
}

export interface AssociationChange {
  source: number;
  target: number;
  /** Default `semantic`. */
  type?: string;
  /** 0 to 1; default 0.5. */
  strength?: number;
}

export interface UpdateAssociationsInput {
  add?: readonly AssociationChange[];
  remove?: readonly { source: number; target: number }[];
  idempotency_key?: string;
}

export interface UpdateAssociationsResult {
  status: 'updated';
  added: AssociationRecord[];
  /** How many links were there and are gone. */
  removed: number;
}

export interface ListAssociationsInput {
  block_index?: number;
  limit?: number;
}

export interface ListAssociationsResult {
  associations: AssociationRecord[];
}

export interface AnchorUpdateInput {
  slot: SlotName;
  /** Block to point at; null clears the slot; absent keeps what it points at (to change `pinned` alone). */
  block_index?: number | null;
  pinned?: boolean;
  idempotency_key?: string;
}

export interface AnchorRecord {
  slot: SlotName;
  block_index: number | null;
  hash: string | null;
  /** First 160 code points of the block's text. */
  summary: string;
  pinned: boolean;
  /** Unix seconds; 0 when the slot was never used. */
  last_seen: number;
}

export interface AnchorUpdateResult {
  status: 'updated';
  anchor: AnchorRecord;
}

export interface ListAnchorsResult {
  anchors: AnchorRecord[];
}

export interface MemoryStats {
  blocks: number;
  branches: number;
  associations: number;
  tags: number;
  projects: { name: string; blocks: number }[];
  first_timestamp: string | null;
  last_timestamp: string | null;
  data_dir: string;
  database: string;
  database_bytes: number;
  journal_bytes: number;
}

export interface ListTagsInput {
  /** 1 to 1000; default 1000. */
  limit?: number;
}

export interface ListTagsResult {
  /** In the order of their characters. */
  tags: { name: string; blocks: number }[];
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Counters since the owner started; times in milliseconds over the latest commits. */
export interface QueueStatus {
  depth: number;
  in_flight: number;
  accepted: number;
  applied: number;
  failed: number;
  batch_size: Percentiles;
  wait_ms: Percentiles;
  commit_ms: Percentiles;
  journal_bytes: number;
  checkpoints: number;
  /** Null when this owner has not made one. */
  ms_since_checkpoint: number | null;
}

export type OwnerHost = 'vscode' | 'cli';

export interface DegradedState {
  code: string;
  reason: string;
}

export interface WorkerStatus {
  running: true;
  pid: number;
  host: OwnerHost;
  version: string;
  epoch: number;
  /** Unix milliseconds. */
  started_at_ms: number;
  data_dir: string;
  database: string;
  /** Loopback URL without its token; null when HTTP is off. */
  endpoint: string | null;
  socket: string | null;
  blocks: number;
  last_sequence: number;
  queue: QueueStatus;
  /** Connected clients, this one included. */
  clients: number;
  degraded: DegradedState | null;
}

export interface VerifyProblem {
  block_index: number | null;
  problem: string;
}

export interface VerifyResult {
  ok: boolean;
  blocks: number;
  problems: VerifyProblem[];
}

export interface FlushResult {
  status: 'flushed';
  applied_sequence: number;
  database_bytes: number;
}

export interface StopResult {
  status: 'stopping';
  pid: number;
}

export interface RotateTokenResult {
  status: 'rotated';
  /** Loopback URL without its token; null when HTTP is off. The token itself travels on no wire. */
  endpoint: string | null;
}

type Nothing = Record<string, never>;

/** Every operation by name. The first eight are also MCP tools. */
export interface Operations {
  add_memory: { input: AddMemoryInput; result: AddMemoryResult };
  search_memory: { input: SearchMemoryInput; result: SearchMemoryResult };
  get_memory: { input: GetMemoryInput; result: GetMemoryResult };
  list_memories: { input: ListMemoriesInput; result: ListMemoriesResult };
  update_associations: { input: UpdateAssociationsInput; result: UpdateAssociationsResult };
  anchor_update: { input: AnchorUpdateInput; result: AnchorUpdateResult };
  get_memory_stats: { input: Nothing; result: MemoryStats };
  worker_status: { input: Nothing; result: WorkerStatus };
  list_associations: { input: ListAssociationsInput; result: ListAssociationsResult };
  list_anchors: { input: Nothing; result: ListAnchorsResult };
  list_tags: { input: ListTagsInput; result: ListTagsResult };
  list_groups: { input: ListGroupsInput; result: ListGroupsResult };
  memory_graph: { input: MemoryGraphInput; result: MemoryGraphResult };
  import_memories: { input: ImportMemoriesInput; result: ImportMemoriesResult };
  preview_import: { input: PreviewImportInput; result: PreviewImportResult };
  export_memories: { input: ExportMemoriesInput; result: ExportMemoriesResult };
  verify: { input: Nothing; result: VerifyResult };
  flush: { input: Nothing; result: FlushResult };
  stop: { input: Nothing; result: StopResult };
  rotate_token: { input: Nothing; result: RotateTokenResult };
}

export type OperationName = keyof Operations;
export type InputOf<K extends OperationName> = Operations[K]['input'];
export type ResultOf<K extends OperationName> = Operations[K]['result'];

export const WRITE_OPERATIONS = ['add_memory', 'update_associations', 'anchor_update', 'import_memories'] as const;
export type WriteOperation = (typeof WRITE_OPERATIONS)[number];

/** What is about the running worker itself, and nothing that a store could answer. */
const OWNER_OPERATIONS = ['worker_status', 'stop', 'rotate_token'] as const;
export type OwnerOperation = (typeof OWNER_OPERATIONS)[number];

export function isOwnerOperation(name: OperationName): name is OwnerOperation {
  return (OWNER_OPERATIONS as readonly string[]).includes(name);
}

/** Exhaustive by type, so that a new operation cannot be forgotten here. */
const OPERATION_NAMES: { readonly [K in OperationName]: true } = {
  add_memory: true,
  search_memory: true,
  get_memory: true,
  list_memories: true,
  update_associations: true,
  anchor_update: true,
  get_memory_stats: true,
  worker_status: true,
  list_associations: true,
  list_anchors: true,
  list_tags: true,
  list_groups: true,
  memory_graph: true,
  import_memories: true,
  preview_import: true,
  export_memories: true,
  verify: true,
  flush: true,
  stop: true,
  rotate_token: true,
};

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATION_NAMES, name);
}

export function isWriteOperation(name: OperationName): name is WriteOperation {
  return (WRITE_OPERATIONS as readonly string[]).includes(name);
}
