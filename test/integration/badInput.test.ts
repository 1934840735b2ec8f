import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';

import type { ErrorCode, SerializedError } from '../../src/protocol/errors.js';
import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { CLIENTS, type McpClient } from './mcpClientRig.js';

interface BadInput {
  readonly title: string;
  readonly code: ErrorCode;
  readonly operation: 'add_memory' | 'search_memory' | 'update_associations' | 'anchor_update' | 'list_memories';
  readonly input: Record<string, unknown>;
  /** The same as a command line, where it can be said there. */
  readonly args?: readonly string[];
}

const HUGE = 'x'.repeat(1024 * 1024 + 1);

const BAD_INPUTS: readonly BadInput[] = [
  {
    title: 'empty content',
    code: 'empty_content',
    operation: 'add_memory',
    input: { content: '' },
    args: ['memory', 'add', ''],
  },
  {
    title: 'blank content',
    code: 'empty_content',
    operation: 'add_memory',
    input: { content: ' \n\t ' },
    args: ['memory', 'add', ' \n\t '],
  },
  {
    title: 'importance above 1',
    code: 'invalid_importance',
    operation: 'add_memory',
    input: { content: 'x', importance: 1.01 },
    args: ['memory', 'add', 'x', '-i', '1.01'],
  },
  {
    title: 'importance below 0',
    code: 'invalid_importance',
    operation: 'add_memory',
    input: { content: 'x', importance: -0.1 },
    args: ['memory', 'add', 'x', '--importance=-0.1'],
  },
  {
    title: 'importance that is no number',
    code: 'invalid_importance',
    operation: 'add_memory',
    input: { content: 'x', importance: 'NaN' },
    args: ['memory', 'add', 'x', '-i', 'NaN'],
  },
  {
    title: 'an unknown slot',
    code: 'unknown_slot',
    operation: 'add_memory',
    input: { content: 'x', slot: 'D' },
    args: ['memory', 'add', 'x', '-s', 'D'],
  },
  {
    title: 'a lone surrogate',
    code: 'invalid_text',
    operation: 'add_memory',
    input: { content: 'half \ud83d a smile' },
  },
  {
    title: 'a day that does not exist',
    code: 'invalid_date',
    operation: 'add_memory',
    input: { content: 'x', occurred_at: '2026-02-30' },
  },
  {
    title: 'metadata that is a list',
    code: 'invalid_metadata',
    operation: 'add_memory',
    input: { content: 'x', metadata: ['a'] },
  },
  { title: 'a blank tag', code: 'invalid_tags', operation: 'add_memory', input: { content: 'x', tags: [' '] } },
  {
    title: 'a project of control characters',
    code: 'invalid_project',
    operation: 'add_memory',
    input: { content: 'x', project: '\u0007' },
  },
  {
    title: 'a field that does not exist',
    code: 'invalid_argument',
    operation: 'add_memory',
    input: { content: 'x', colour: 'red' },
  },
  {
    title: 'an empty query',
    code: 'empty_query',
    operation: 'search_memory',
    input: { query: ' ' },
    args: ['memory', 'search', ' '],
  },
  {
    title: 'an unknown project',
    code: 'unknown_project',
    operation: 'search_memory',
    input: { query: 'x', project: 'nowhere' },
    args: ['memory', 'search', 'x', '--project', 'nowhere'],
  },
  {
    title: 'an unknown detail',
    code: 'invalid_detail',
    operation: 'search_memory',
    input: { query: 'x', detail: 'all' },
    args: ['memory', 'search', 'x', '--detail', 'all'],
  },
  {
    title: 'a limit of nothing',
    code: 'invalid_limit',
    operation: 'list_memories',
    input: { limit: 0 },
    args: ['memory', 'list', '-c', '0'],
  },
  {
    title: 'an unknown block in a link',
    code: 'unknown_block',
    operation: 'update_associations',
    input: { add: [{ source: 0, target: 99 }] },
    args: ['associations', 'add', '0', '99'],
  },
  {
    title: 'a link of a block to itself',
    code: 'self_association',
    operation: 'update_associations',
    input: { add: [{ source: 0, target: 0 }] },
    args: ['associations', 'add', '0', '0'],
  },
  {
    title: 'a slot set to an unknown block',
    code: 'unknown_block',
    operation: 'anchor_update',
    input: { slot: 'A', block_index: 99 },
    args: ['anchors', 'set', 'A', '99'],
  },
];

/** JSON-RPC over the socket, as our own clients speak it. */
async function callRpc(socketPath: string, operation: string, input: unknown): Promise<SerializedError | undefined> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `greeum/${operation}`, params: input });
  const req = request({ socketPath, path: '/mcp', method: 'POST', headers: { 'content-type': 'application/json' } });
  req.end(body);
  const [res] = (await once(req, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk);
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { error?: { data?: SerializedError } };
  return answer.error?.data;
}

/** Digest of every file below the folder but the lock. */
function digest(folder: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // Its text says who held the lock last, and nothing of memories.
    if (entry.isFile() && entry.name !== 'worker.lock') {
      hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
    }
  }
  return hash.digest('hex');
}

describe('bad input', () => {
  const folder = scratchFolder();
  let worker: WorkerProcess;
  let agent: McpClient;
  let socketPath: string;

  before(async () => {
    worker = await WorkerProcess.start(folder.path);
    const state = JSON.parse(readFileSync(join(folder.path, 'worker_state.json'), 'utf8')) as Record<string, string>;
    socketPath = state['socket'] ?? '';
    agent = await (CLIENTS[0] as (typeof CLIENTS)[number]).connect({ url: state['endpoint'] ?? '' });
    await greeumJson(['memory', 'add', 'the only memory', '--data-dir', folder.path]);
  });

  after(async () => {
    await agent.close();
    await worker.end('SIGTERM');
    folder.remove();
  });

  for (const { title, code, operation, input, args } of BAD_INPUTS) {
    it(`${title} is ${code}, in the same words by every way in, and writes nothing`, async () => {
      const byRpc = await callRpc(socketPath, operation, input);
      assert.equal(byRpc?.code, code);
      assert.equal(byRpc.outcome, 'not_written');
      assert.ok((byRpc.hint ?? '').length > 0, 'it says what to do');

      const answer = await agent.callTool(operation, input);
      assert.equal(answer.isError, true);
      assert.deepEqual((answer.structuredContent as { error: SerializedError }).error, byRpc);

      if (args !== undefined) {
        const { status, stdout } = await greeum([...args, '--json', '--data-dir', folder.path]);
        assert.equal(status, 1);
        assert.deepEqual((JSON.parse(stdout) as { error: SerializedError }).error, byRpc);
      }
      const { memories } = await greeumJson(['memory', 'list', '--data-dir', folder.path]);
      assert.equal((memories as unknown[]).length, 1);
    });
  }

  it('an argument of what takes none is refused, and neither stops the worker nor exchanges its token', async () => {
    const token = readFileSync(join(folder.path, 'worker.token'));
    for (const operation of ['worker_status', 'rotate_token', 'stop']) {
      const { code, outcome } = (await callRpc(socketPath, operation, { when: 'later' })) ?? {};
      assert.deepEqual([code, outcome], ['invalid_argument', 'not_written'], operation);
    }
    assert.equal((await agent.callTool('worker_status', {})).isError, false);
    assert.deepEqual(readFileSync(join(folder.path, 'worker.token')), token);
  });

  it('content over 1 MiB is content_too_large by the socket and from stdin; the port takes no request that long', async () => {
    assert.equal((await callRpc(socketPath, 'add_memory', { content: HUGE }))?.code, 'content_too_large');
    const { status, stdout } = await greeum(['memory', 'add', '-', '--json', '--data-dir', folder.path], {
      input: HUGE,
    });
    assert.equal(status, 1);
    assert.equal((JSON.parse(stdout) as { error: SerializedError }).error.code, 'content_too_large');
    await assert.rejects(agent.callTool('add_memory', { content: HUGE }), /request_too_large/);
    const { memories } = await greeumJson(['memory', 'list', '--data-dir', folder.path]);
    assert.equal((memories as unknown[]).length, 1);
  });
});

describe('a data directory that cannot be used', () => {
  let folder: ReturnType<typeof scratchFolder>;

  beforeEach(() => {
    folder = scratchFolder();
  });

  afterEach(() => {
    folder.remove();
  });

  /** The error of adding and of reading, which must agree and change nothing. */
  async function assertRefused(dataDir: string, code: ErrorCode): Promise<void> {
    const before = digest(folder.path);
    for (const args of [
      ['memory', 'add', 'x'],
      ['memory', 'list'],
    ]) {
      const { status, stdout } = await greeum([...args, '--json', '--data-dir', dataDir]);
      const { error } = JSON.parse(stdout) as { error: SerializedError };
      assert.equal(error.code, code, args.join(' '));
      assert.equal(error.outcome, 'not_written');
      assert.ok((error.hint ?? '').length > 0, 'it says what to do');
      assert.equal(status, 1);
    }
    assert.equal(digest(folder.path), before);
  }

  it('is named when its parent is missing', () => assertRefused(join(folder.path, 'no', 'where'), 'data_dir_missing'));

  it('is named when it is a file', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, 'not a folder');
    await assertRefused(file, 'data_dir_not_a_directory');
  });

  it('is left alone when memory.db is no SQLite file', async () => {
    mkdirSync(join(folder.path, 'data'));
    writeFileSync(join(folder.path, 'data', 'memory.db'), 'my diary, which is no database at all\n'.repeat(10));
    await assertRefused(folder.path, 'not_a_database');
  });

  it('is left alone when memory.db is encrypted, as SQLCipher leaves it: random from its first byte', async () => {
    mkdirSync(join(folder.path, 'data'));
    writeFileSync(join(folder.path, 'data', 'memory.db'), randomBytes(5 * 4096));
    await assertRefused(folder.path, 'not_a_database');
  });

  /** A directory of Python's, with one file of it changed. */
  function damaged(fixture: string, file: string, damage: (bytes: Buffer) => Buffer): void {
    cpSync(join(__dirname, '../fixtures', fixture), folder.path, { recursive: true });
    const target = join(folder.path, 'data', file);
    writeFileSync(target, damage(readFileSync(target)));
  }

  it('is left alone when a memory.db of Python ends at one of its pages', async () => {
    for (const [fixture, pages] of [
      ['greeum-5.3', 1],
      ['greeum-5.3', 241],
      ['greeum-legacy', 1],
      ['greeum-legacy', 10],
    ] as const) {
      damaged(fixture, 'memory.db', (bytes) => bytes.subarray(0, pages * 4096));
      await assertRefused(folder.path, 'database_damaged');
    }
  });

  const logs: readonly [what: string, damage: (bytes: Buffer) => Buffer][] = [
    ['has garbage in it', (bytes) => bytes.fill(0x5a, 32 + 4120 * 3)],
    ['has a wrong checksum in the middle', (bytes) => (bytes.writeUInt32BE(7, 32 + 4120 * 3 + 16), bytes)],
    ['has a wrong checksum in its header', (bytes) => (bytes.writeUInt32BE(7, 24), bytes)],
  ];
  for (const [what, damage] of logs) {
    it(`is left alone when its write-ahead log ${what}`, async () => {
      damaged('greeum-5.3-wal', 'memory.db-wal', damage);
      await assertRefused(folder.path, 'wal_damaged');
    });
  }

  it('is left alone when memory.db is cut short', async () => {
    await greeum(['memory', 'add', 'x', '--data-dir', folder.path]);
    const file = join(folder.path, 'data', 'memory.db');
    writeFileSync(file, readFileSync(file).subarray(0, 8192));
    await assertRefused(folder.path, 'database_damaged');
  });

  it('is left alone when a newer version wrote it', async () => {
    await greeum(['memory', 'add', 'x', '--data-dir', folder.path]);
    const newer = "UPDATE greeum_state SET value = '99' WHERE key = 'format_version'";
    execFileSync('sqlite3', [join(folder.path, 'data', 'memory.db'), newer]);
    await assertRefused(folder.path, 'newer_format');
  });

  it('is named when it cannot be written to', async function () {
    // Permissions do not hold the superuser back.
    if (process.getuid?.() === 0) return this.skip();
    chmodSync(folder.path, 0o500);
    const { stdout } = await greeum(['memory', 'add', 'x', '--json', '--data-dir', folder.path]);
    assert.equal((JSON.parse(stdout) as { error: SerializedError }).error.code, 'data_dir_unwritable');
  });

  it('says so when no port is free', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { status, stderr } = await greeum(['worker', 'serve', '--port', String(port), '--data-dir', folder.path]);
    taken.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(String(port)));
  });

  it('takes a short socket path when its own is too long', async () => {
    const long = join(folder.path, 'd'.repeat(120));
    mkdirSync(long);
    const worker = await WorkerProcess.start(long);
    const added = await greeumJson(['memory', 'add', 'x', '--use-worker', '--data-dir', long]);
    await worker.end('SIGTERM');
    assert.equal(added['via'], 'worker');
  });

  it('says so when even the short socket path is too long', async () => {
    const long = join(folder.path, 'd'.repeat(120));
    mkdirSync(long);
    const env = { TMPDIR: join(folder.path, 't'.repeat(120)) };
    const { status, stdout } = await greeum(['worker', 'status', '--json', '--data-dir', long], { env });
    assert.notEqual(status, 0);
    assert.match(stdout, /socket_path_too_long|"running":false/);
    const served = await greeum(['worker', 'serve', '--data-dir', long], { env });
    assert.equal(served.status, 1);
    assert.match(served.stderr, /socket path/i);
  });
});
