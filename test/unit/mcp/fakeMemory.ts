import { GreeumError } from '../../../src/protocol/errors.js';
import type { CallOptions, MemoryService } from '../../../src/protocol/memoryService.js';
import type {
  InputOf,
  MemoryDetail,
  MemoryRecord,
  OperationName,
  Operations,
  ResultOf,
  WorkerStatus,
} from '../../../src/protocol/operations.js';
import type { ImportedRecord, ImportMemoriesInput, ImportMemoriesResult } from '../../../src/protocol/transfer.js';

export interface RecordedCall {
  operation: OperationName;
  input: Readonly<Record<string, unknown>>;
  options: CallOptions | undefined;
}

type Answers = { [K in OperationName]?: (input: Operations[K]['input']) => Promise<ResultOf<K>> | ResultOf<K> };

const percentiles = { p50: 1, p95: 2, p99: 3, max: 4 };

export const STATUS: WorkerStatus = {
  running: true,
  pid: 4711,
  host: 'cli',
  version: '0.1.0',
  epoch: 7,
  started_at_ms: 1_764_000_000_000,
  data_dir: '/home/ada/.greeum',
  database: '/home/ada/.greeum/data/memory.db',
  endpoint: 'http://127.0.0.1:8820/mcp',
  socket: '/home/ada/.greeum/data/run/worker.sock',
  blocks: 2,
  last_sequence: 5,
  index: { state: 'ready', indexed: 2, total: 2 },
  embedding: null,
  storage: null,
  queue: {
    depth: 3,
    in_flight: 1,
    accepted: 9,
    applied: 5,
    failed: 1,
    batch_size: percentiles,
    wait_ms: percentiles,
    commit_ms: percentiles,
    journal_bytes: 1234,
    checkpoints: 2,
    ms_since_checkpoint: 1500,
  },
  clients: 1,
  degraded: null,
};

export function memoryRecord(changes: Partial<MemoryRecord> = {}): MemoryRecord {
  return {
    block_index: 0,
    hash: 'a'.repeat(64),
    timestamp: '2026-11-23T10:00:00.000000',
    context: 'The build runs on Node 20.',
    importance: 0.5,
    slot: 'A',
    branch: '5a1f9e0c-0000-4000-8000-000000000000',
    tags: ['build'],
    project: 'greeum',
    occurred_at: null,
    source: 'mcp',
    client: null,
    superseded_by: null,
    ...changes,
  };
}

export function memoryDetail(changes: Partial<MemoryDetail> = {}): MemoryDetail {
  return {
    ...memoryRecord(),
    prev_hash: '',
    before: null,
    after: [],
    keywords: ['build', 'node'],
    metadata: { source: 'mcp' },
    associations: [],
    ...changes,
  };
}

/** A small memory without any file, with the checks that the tests lean on. Records every call. */
export class FakeMemory implements MemoryService {
  readonly calls: RecordedCall[] = [];
  readonly contents: string[] = [];
  readonly #answers: Answers;

  constructor(answers: Answers = {}) {
    this.#answers = answers;
  }

  async call<K extends OperationName>(operation: K, input: InputOf<K>, options?: CallOptions): Promise<ResultOf<K>> {
    this.calls.push({ operation, input: input as Readonly<Record<string, unknown>>, options });
    const answer = this.#answers[operation] ?? DEFAULTS(this)[operation];
    if (answer === undefined) throw new GreeumError('unknown_operation', `The fake does not know ${operation}.`);
    return answer(input);
  }
}

const DEFAULTS = (memory: FakeMemory): Answers => ({
  add_memory: ({ content }) => {
    if (content.trim() === '') {
      throw new GreeumError('empty_content', 'A memory needs text.', { hint: 'Say what is to be remembered.' });
    }
    memory.contents.push(content);
    return {
      block_index: memory.contents.length - 1,
      hash: 'a'.repeat(64),
      status: 'added',
      slot: 'A',
      branch: '5a1f9e0c-0000-4000-8000-000000000000',
      timestamp: '2026-11-23T10:00:00.000000',
      before: null,
    };
  },
  search_memory: ({ query }) => ({
    results: memory.contents
      .map((context, index) => ({ ...memoryRecord({ block_index: index, context }), score: 1 }))
      .filter(({ context }) => context.includes(query)),
    took_ms: 0.5,
  }),
  get_memory: ({ block_index: index = -1 }) => {
    const context = memory.contents[index];
    if (context === undefined) throw new GreeumError('unknown_block', `There is no memory with block_index ${index}.`);
    return { memory: memoryDetail({ block_index: index, context }) };
  },
  list_memories: ({ branch, project }) => ({
    memories: memory.contents
      .map((context, index) => memoryRecord({ block_index: index, context }))
      .filter((record) => (branch ?? record.branch) === record.branch && (project ?? record.project) === record.project)
      .reverse(),
    next_before: null,
  }),
  list_anchors: () => ({
    anchors: [
      {
        slot: 'A',
        block_index: memory.contents.length === 0 ? null : memory.contents.length - 1,
        hash: null,
        summary: memory.contents.at(-1) ?? '',
        pinned: false,
        last_seen: 0,
      },
    ],
  }),
  list_tags: () => ({ tags: [{ name: 'build', blocks: memory.contents.length }] }),
  import_memories: (input) => importInto(memory, input),
  preview_import: ({ records }) => ({
    results: records.map(({ content }) => ({
      status: memory.contents.includes(content) ? 'present' : 'added',
      block_index: null,
    })),
  }),
  worker_status: () => STATUS,
});

function importInto({ contents }: FakeMemory, { records }: ImportMemoriesInput): ImportMemoriesResult {
  const results = records.map(({ content }): ImportedRecord => {
    if (typeof content !== 'string' || content.trim() === '') {
      const error = new GreeumError('empty_content', 'A memory needs text.').toJSON();
      return { status: 'rejected', block_index: null, error };
    }
    const known = contents.indexOf(content);
    if (known !== -1) return { status: 'present', block_index: known };
    return { status: 'added', block_index: contents.push(content) - 1 };
  });
  return { status: 'imported', slots: [], results };
}

/** An import of which each batch but the first waits until its caller, told of the one before, asks for the status. */
export function memoryThatImportsInSteps(answers: Answers = {}): FakeMemory {
  const kept = new FakeMemory();
  let batches = 0;
  let asked = 0;
  let goOn = (): void => undefined;
  return new FakeMemory({
    ...answers,
    worker_status: () => {
      asked += 1;
      goOn();
      return STATUS;
    },
    import_memories: async (input) => {
      if (asked < batches) await new Promise<void>((resolve) => (goOn = resolve));
      batches += 1;
      return importInto(kept, input);
    },
  });
}
