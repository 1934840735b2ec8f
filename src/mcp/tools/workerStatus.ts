import {
  COUNT,
  INTEGER,
  inputSchema,
  NUMBER,
  outputSchema,
  PERCENTILES,
  record,
  STRING,
  STRING_OR_NULL,
} from './schemas.js';
import { READS, type Tool } from './tool.js';

const QUEUE = record({
  depth: COUNT,
  in_flight: COUNT,
  accepted: COUNT,
  applied: COUNT,
  failed: COUNT,
  batch_size: PERCENTILES,
  wait_ms: PERCENTILES,
  commit_ms: PERCENTILES,
  journal_bytes: COUNT,
  checkpoints: COUNT,
  ms_since_checkpoint: { type: ['number', 'null'] },
});

const EMBEDDING = record({
  model: STRING,
  dimension: { type: ['integer', 'null'] },
  state: STRING,
  embedded: COUNT,
  total: COUNT,
  refused: COUNT,
  problem: STRING_OR_NULL,
});

const STORAGE = record({
  kind: STRING,
  place: STRING,
  state: STRING,
  reason: STRING_OR_NULL,
  seq: COUNT,
  waiting: COUNT,
  refused: COUNT,
  round_trip_ms: PERCENTILES,
});

export const workerStatus: Tool<'worker_status'> = {
  name: 'worker_status',
  title: 'Worker Status',
  description: 'The state of the write worker: who owns the memory, its queue, and whether writes are refused and why.',
  inputSchema: inputSchema({}),
  outputSchema: outputSchema({
    running: { type: 'boolean', enum: [true] },
    pid: INTEGER,
    host: STRING,
    version: STRING,
    epoch: INTEGER,
    started_at_ms: NUMBER,
    data_dir: STRING,
    database: STRING,
    endpoint: STRING_OR_NULL,
    socket: STRING_OR_NULL,
    blocks: COUNT,
    last_sequence: COUNT,
    queue: QUEUE,
    index: record({ state: STRING, indexed: COUNT, total: COUNT }),
    embedding: { ...EMBEDDING, type: ['object', 'null'] },
    storage: { ...STORAGE, type: ['object', 'null'] },
    clients: COUNT,
    degraded: { ...record({ code: STRING, reason: STRING }), type: ['object', 'null'] },
  }),
  annotations: READS,
  toText: (status) => {
    const state = status.degraded === null ? 'accepting writes' : `refusing writes: ${status.degraded.reason}`;
    return (
      `Worker ${status.pid} (${status.host}, version ${status.version}, epoch ${status.epoch}), ${state}. ` +
      `${status.blocks} memories, ${status.queue.depth} writes waiting, ` +
      `commit ${status.queue.commit_ms.p50.toFixed(1)} ms (median).`
    );
  },
};
