import type { StorageStatus, WorkerStatus } from '../../../src/protocol/operations.js';

const percentiles = { p50: 0.6, p95: 2.5, p99: 12, max: 40 };

type Changes = Omit<Partial<WorkerStatus>, 'queue'> & { queue?: Partial<WorkerStatus['queue']> };

/** The status of an idle owner in a window, with some fields changed. */
export function workerStatus({ queue, ...changes }: Changes = {}): WorkerStatus {
  return {
    running: true,
    pid: 4711,
    host: 'vscode',
    version: '0.1.0',
    epoch: 3,
    started_at_ms: Date.UTC(2026, 0, 2, 3, 4, 5),
    data_dir: '/home/ada/.greeum',
    database: '/home/ada/.greeum/data/memory.db',
    endpoint: 'http://127.0.0.1:8820/mcp',
    socket: '/home/ada/.greeum/data/run/worker.sock',
    blocks: 42,
    last_sequence: 43,
    index: { state: 'ready', indexed: 42, total: 42 },
    embedding: null,
    storage: null,
    clients: 1,
    degraded: null,
    ...changes,
    queue: {
      depth: 0,
      in_flight: 0,
      accepted: 43,
      applied: 43,
      failed: 0,
      batch_size: { p50: 1, p95: 4, p99: 8, max: 64 },
      wait_ms: percentiles,
      commit_ms: percentiles,
      journal_bytes: 3456,
      checkpoints: 2,
      ms_since_checkpoint: 65_000,
      ...queue,
    },
  };
}

/** Of a copy that follows its team's log, with some fields changed. */
export function storageStatus(changes: Partial<StorageStatus> = {}): StorageStatus {
  return {
    kind: 'team',
    place: '127.0.0.1:5432/team (greeum)',
    state: 'connected',
    waiting: 0,
    refused: 0,
    reason: null,
    seq: 1234,
    round_trip_ms: { p50: 3.1, p95: 5, p99: 9, max: 12 },
    ...changes,
  };
}

/** The same while the database is away. */
export function unavailableStorage(): StorageStatus {
  return storageStatus({ state: 'unavailable', reason: 'Nobody answers there.' });
}
