/**
 * Messages between whoever hosts an owner (the extension, `worker serve`, `mcp serve`) and the owner thread, which
 * they start by file path: `new Worker('dist/owner.js', { workerData: OwnerOptions })`.
 */

import type { EmbeddingOptions } from './embedding.js';
import type { SecretPolicy } from './environment.js';
import type { SerializedError } from './errors.js';
import type { StorageOptions } from './teamLog.js';
import type { OwnerHost, WorkerStatus } from './operations.js';

export interface OwnerOptions {
  /** `GREEUM_DATA_DIR` or its default, absolute. */
  dataDir: string;
  host: OwnerHost;
  version: string;
  /** Loopback HTTP. `port` null: first free one, the previous owner's first. */
  http: { enabled: boolean; port: number | null; bind: string };
  /** What happens to secrets in memories. */
  secrets: SecretPolicy;
  /** What makes vectors, or nothing. */
  embedding: EmbeddingOptions | null;
  /** The database of a team's memory, or nothing: the memory is in the directory. */
  storage: StorageOptions | null;
}

export type ToOwner =
  /** Try for the lock again, after a `not-owner`. The first try needs no asking. */
  { type: 'race' } | { type: 'stop' };

export type FromOwner =
  /** The lock is ours, the journal is replayed, the endpoints answer. `endpoint` holds the token. */
  | { type: 'ready'; status: WorkerStatus; endpoint: string | null; socket: string }
  /** Another process owns the directory. The thread stands by: it is loaded, and the next race costs no start. */
  | { type: 'not-owner'; ownerPid: number | null }
  /** Could not start. The thread ends after this. */
  | { type: 'failed'; error: SerializedError }
  /** At each change of what the status bar shows, at most 5 a second. */
  | { type: 'status'; status: WorkerStatus }
  /** One line for the log; holds no memory text and no token. */
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; text: string }
  /** Drained, journal on disk, lock released. The thread ends after this. */
  | { type: 'stopped' };
