/** What a worker says about itself, and what can be asked of it beside memories. */

import type { EmbeddingStatus } from './embedding.js';

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

export interface IndexStatus {
  /** `unopened`: nobody has searched yet, and the owner has only just begun. */
  state: 'unopened' | 'building' | 'ready';
  /** Memories in it, of how many. */
  indexed: number;
  total: number;
}

export type OwnerHost = 'vscode' | 'cli';

export interface DegradedState {
  code: string;
  reason: string;
}

/** Of a data directory that is a copy of a team's memory. */
export interface StorageStatus {
  kind: 'team';
  /** Host, port, database and schema; no user and no password. */
  place: string;
  state: 'connecting' | 'connected' | 'unavailable';
  /** Why it is not connected; null while it is. */
  reason: string | null;
  /** The last entry of the team's log that is here. */
  seq: number;
  /** Memories that were accepted here while the database was away, and are not in it yet. */
  waiting: number;
  /** Memories that waited, and that the rules refused when they were delivered; kept in `greeum_state`. */
  refused: number;
  /** Of a batch of writes, from locking the head of the log to its commit. */
  round_trip_ms: Percentiles;
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
  /** The search index. */
  index: IndexStatus;
  /** Vectors; null when none are wanted. */
  embedding: EmbeddingStatus | null;
  /** Null: the memory is this machine's own. */
  storage: StorageStatus | null;
  /** Open connections; a window or an agent may hold several. */
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

export interface ReindexResult {
  status: 'reindexed';
  /** In the new search index. */
  memories: number;
}

export interface ReembedResult {
  status: 'reembedded';
  model: string;
  /** Memories that have a new vector. */
  embedded: number;
  /** Those that the model takes no text of; their old vectors stay. */
  refused: number;
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
