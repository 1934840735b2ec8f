import assert from 'node:assert/strict';
import { text as readText } from 'node:stream/consumers';
import { GreeumError, type ErrorCode } from '../../../src/protocol/errors.js';
import { added } from '../client/fakes.js';
import { TestServer } from '../client/testServer.js';
import { greeum, type Finished } from './rig.js';

interface Call {
  method: string;
  params: Record<string, unknown>;
}

describe('the command line', () => {
  let server: TestServer;
  let calls: Call[];
  /** What the worker answers. */
  let reply: object;

  before(async () => {
    server = await TestServer.start((request, response) => {
      void readText(request).then((body) => {
        calls.push(JSON.parse(body) as Call);
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...reply }));
      });
    });
  });
  after(() => server.stop());
  beforeEach(() => {
    calls = [];
    reply = { result: added };
  });

  function run(...argv: string[]): Promise<Finished> {
    const { socket } = server;
    assert.ok(socket.kind === 'socket');
    return greeum(argv, { env: { GREEUM_WORKER_ENDPOINT: `unix:${socket.path}`, GREEUM_DATA_DIR: '/nonexistent/x' } });
  }

  function refuses(code: ErrorCode): void {
    const data = new GreeumError(code, `It is ${code}.`, { hint: 'Do this.' });
    reply = { error: { code: -32001, message: data.message, data } };
  }

  /** Runs it and returns the operation it led to, without the key the client made. */
  async function operation(...argv: string[]): Promise<[string | undefined, object]> {
    reply = {
      result: { results: [], memories: [], added: [], associations: [], anchors: [], anchor: {}, projects: [] },
    };
    await run(...argv);
    const { idempotency_key: _, ...input } = calls[0]?.params ?? {};
    return [calls[0]?.method, input];
  }

  it('says what it added, to people and to programs', async () => {
    assert.deepEqual(await run('memory', 'add', 'x'), { code: 0, stdout: 'Memory added: block #7\n', stderr: '' });
    const { stdout, stderr, code } = await run('memory', 'add', 'x', '--json');
    assert.equal(stdout, '{"block_index":7,"hash":"h","status":"added","via":"worker","slot":"A","branch":"b"}\n');
    assert.deepEqual([stderr, code], ['', 0]);
  });

  it('gives a search result exactly the promised keys', async () => {
    const hit = {
      block_index: 1,
      hash: 'h',
      timestamp: '2025-01-01T00:00:00',
      context: 'c',
      importance: 0.5,
      slot: 'A',
      branch: 'b',
      tags: ['t'],
      project: 'p',
      occurred_at: null,
      score: 2,
    };
    reply = { result: { results: [hit], took_ms: 1.5 } };
    const { stdout } = await run('memory', 'search', 'x', '--json');
    const { project: _, occurred_at: __, ...promised } = hit;
    assert.deepEqual(JSON.parse(stdout), { results: [promised], took_ms: 1.5, via: 'worker' });
  });

  const operations: readonly [string[], string, object][] = [
    [
      ['memory', 'add', 'x', '-i', '0.9', '-t', 'a, b,', '-s', 'b', '--project', 'p', '--occurred-at', '2025-01-01'],
      'add_memory',
      { content: 'x', importance: 0.9, tags: ['a', 'b'], slot: 'B', project: 'p', occurred_at: '2025-01-01' },
    ],
    [['memory', 'add', 'x', '-i', 'abc'], 'add_memory', { content: 'x', importance: 'abc' }],
    [['memory', 'add', '--', '--json'], 'add_memory', { content: '--json' }],
    [
      [
        'memory',
        'search',
        'q',
        '-c',
        '3',
        '-s',
        'A',
        '-t',
        't',
        '--since',
        '2025',
        '--until',
        '2026',
        '--detail',
        'ids',
      ],
      'search_memory',
      { query: 'q', limit: 3, slot: 'A', tags: ['t'], since: '2025', until: '2026', detail: 'ids' },
    ],
    [['memory', 'show', '12'], 'get_memory', { block_index: 12 }],
    [['memory', 'show', 'ab'.repeat(32)], 'get_memory', { hash: 'ab'.repeat(32) }],
    [['memory', 'list', '-c', '2', '--before', '9'], 'list_memories', { limit: 2, before: 9 }],
    [
      ['associations', 'add', '1', '2', '--type', 'cause', '--strength', '0.4'],
      'update_associations',
      { add: [{ source: 1, target: 2, type: 'cause', strength: 0.4 }] },
    ],
    [['associations', 'remove', '1', '2'], 'update_associations', { remove: [{ source: 1, target: 2 }] }],
    [['associations', 'list', '3', '-c', '4'], 'list_associations', { block_index: 3, limit: 4 }],
    [['anchors', 'status'], 'list_anchors', {}],
    [['slots', 'status'], 'list_anchors', {}],
    [['anchors', 'set', 'a', '5'], 'anchor_update', { slot: 'A', block_index: 5 }],
    [['anchors', 'clear', 'A'], 'anchor_update', { slot: 'A', block_index: null }],
    [['anchors', 'pin', 'A'], 'anchor_update', { slot: 'A', pinned: true }],
    [['slots', 'unpin', 'A'], 'anchor_update', { slot: 'A', pinned: false }],
    [['stats'], 'get_memory_stats', {}],
    [['verify'], 'verify', {}],
    [['reindex'], 'reindex', {}],
    [['reembed'], 'reembed', {}],
    [['worker', 'flush'], 'flush', {}],
    [['worker', 'status'], 'worker_status', {}],
  ];
  for (const [argv, name, input] of operations) {
    it(`turns "${argv.join(' ').slice(0, 60)}" into ${name}`, async () => {
      assert.deepEqual(await operation(...argv), [`greeum/${name}`, input]);
    });
  }

  it('passes a given idempotency key on', async () => {
    await run('memory', 'add', 'x', '--idempotency-key', 'mine');
    assert.equal(calls[0]?.params['idempotency_key'], 'mine');
  });

  it('tells an error with its hint on stderr, or as one object on stdout, and exits with 1', async () => {
    refuses('empty_content');
    const words = await run('memory', 'add', ' ');
    assert.deepEqual(words, { code: 1, stdout: '', stderr: 'greeum: It is empty_content.\n  Do this.\n' });
    const { code, stdout, stderr } = await run('memory', 'add', ' ', '--json');
    assert.deepEqual([code, stderr], [1, '']);
    assert.deepEqual(JSON.parse(stdout), {
      error: {
        code: 'empty_content',
        message: 'It is empty_content.',
        outcome: 'not_written',
        retry: 'never',
        hint: 'Do this.',
      },
    });
  });

  it('exits with 3 when a worker is required and there is none', async () => {
    const env = { GREEUM_DATA_DIR: '/nonexistent/x' };
    const required = await greeum(['memory', 'add', 'x', '--use-worker', '--json'], { env });
    assert.deepEqual([required.code, /"code":"worker_required"/.test(required.stdout)], [3, true]);
    const byEnvironment = await greeum(['memory', 'add', 'x'], { env: { ...env, GREEUM_USE_WORKER: 'require' } });
    assert.equal(byEnvironment.code, 3);
    const elsewhere = await greeum(['stats', '--use-worker', '--endpoint', 'unix:/nonexistent/y', '--json'], { env });
    assert.deepEqual([elsewhere.code, /"code":"worker_unreachable"/.test(elsewhere.stdout)], [3, true]);
  });

  it('reports a missing worker as a status, not as an error', async () => {
    const env = { GREEUM_DATA_DIR: '/nonexistent/x' };
    const { code, stdout } = await greeum(['worker', 'status', '--json'], { env });
    assert.deepEqual([code, JSON.parse(stdout)], [3, { running: false, data_dir: '/nonexistent/x' }]);
    const words = await greeum(['worker', 'status'], { env });
    assert.deepEqual([words.code, words.stdout], [3, 'No worker is running for /nonexistent/x.\n']);
    assert.match(words.stderr, /worker serve/);
  });

  it('stops nothing where nothing runs, and calls that done', async () => {
    const { code, stdout } = await greeum(['worker', 'stop', '--json'], { env: { GREEUM_DATA_DIR: '/nonexistent/x' } });
    assert.deepEqual([code, JSON.parse(stdout)], [0, { status: 'not_running' }]);
  });

  const wrong: readonly string[][] = [
    [],
    ['memory'],
    ['memory', 'ad', 'x'],
    ['nonsense'],
    ['memory', 'add'],
    ['memory', 'add', 'a', 'b'],
    ['memory', 'add', 'a', '--nonsense'],
    ['memory', 'add', 'a', '-t'],
    ['memory', 'list', '-c', '-1'],
    ['memory', 'list', '-c', 'many'],
    ['anchors', 'set', 'A', 'first'],
    ['memory', 'add', 'a', '--use-worker', '--no-worker'],
    ['worker', 'serve', '-t', 'smoke'],
    ['worker', 'serve', '--port', '70000'],
    ['worker', 'serve', '--idle-exit', '0'],
    ['worker', 'serve', '-t', 'stdio', '--detach'],
  ];
  for (const argv of wrong) {
    it(`calls "${argv.join(' ')}" a usage error, with exit status 2 and one JSON object`, async () => {
      const words = await run(...argv);
      assert.deepEqual([words.code, words.stdout], [2, '']);
      assert.notEqual(words.stderr, '');
      const { code, stdout } = await run(...argv, '--json');
      const { error } = JSON.parse(stdout) as { error: { code: string } };
      assert.deepEqual([code, error.code], [2, 'invalid_argument']);
      assert.deepEqual(calls, []);
    });
  }

  it('prints help and version to stdout, as an object with --json', async () => {
    const help = await run('memory', 'add', '--help');
    assert.deepEqual([help.code, help.stderr], [0, '']);
    assert.match(help.stdout, /^Usage: greeum memory add/);
    assert.deepEqual(await run('--version'), { code: 0, stdout: '0.0.0-dev\n', stderr: '' });
    assert.deepEqual(JSON.parse((await run('--version', '--json')).stdout), { version: '0.0.0-dev' });
    assert.deepEqual(Object.keys(JSON.parse((await run('--help', '--json')).stdout) as object), ['help']);
  });

  it('exits with 1 when verify finds a problem, and still prints the result', async () => {
    reply = { result: { ok: false, blocks: 2, problems: [{ block_index: 1, problem: 'The chain is broken.' }] } };
    const { code, stdout } = await run('verify', '--json');
    assert.deepEqual([code, (JSON.parse(stdout) as { ok: boolean }).ok], [1, false]);
    assert.match((await run('verify')).stdout, /#1: The chain is broken\./);
  });

  it('keeps escape sequences in memories from the terminal', async () => {
    const memory = {
      block_index: 0,
      timestamp: '',
      context: '\u001b[2J\u0007evil\nline',
      slot: null,
      tags: [],
      project: null,
    };
    reply = { result: { results: [{ ...memory, score: 1 }], took_ms: 1 } };
    const { stdout } = await run('memory', 'search', 'x');
    assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u0007') && stdout.includes('line'));
  });
});
