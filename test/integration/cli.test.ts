import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cliPath, greeum, greeumJson, scratchFolder, WorkerProcess, type Finished } from '../support/greeumProcess.js';

interface Failure {
  code: string;
  message: string;
  outcome: string;
  hint?: string;
}

/** The keys of a result, nested objects left out. */
function keys(value: unknown): string[] {
  return Object.keys(value as object).sort();
}

describe('the greeum command', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess | null = null;

  beforeEach(() => {
    folder = scratchFolder();
  });
  afterEach(async () => {
    await worker?.end('SIGKILL');
    worker = null;
    folder.remove();
  });

  function run(...args: string[]): Promise<Finished> {
    return greeum([...args, '--data-dir', folder.path]);
  }

  function json(...args: string[]): Promise<Record<string, unknown>> {
    return greeumJson([...args, '--data-dir', folder.path]);
  }

  async function failure(...args: string[]): Promise<Failure> {
    const { error } = await json(...args);
    assert.ok(error !== undefined, 'it succeeded');
    return error as Failure;
  }

  for (const way of ['worker', 'local'] as const) {
    it(`answers every question with the promised keys (${way})`, async () => {
      if (way === 'worker') worker = await WorkerProcess.start(folder.path);
      const added = await json('memory', 'add', 'the ferry leaves at nine', '-t', 'travel,ferry', '-i', '0.8');
      assert.deepEqual(keys(added), ['block_index', 'branch', 'hash', 'slot', 'status', 'via']);
      assert.deepEqual([added['block_index'], added['status'], added['via']], [0, 'added', way]);
      assert.equal((await run('memory', 'add', 'the ferry was late', '-s', 'B')).stdout, 'Memory added: block #1\n');

      const found = await json('memory', 'search', 'ferry', '-c', '1');
      assert.deepEqual([keys(found), found['via']], [['next_cursor', 'results', 'took_ms', 'via'], way]);
      const [hit] = found['results'] as object[];
      const hitKeys = [
        ...['block_index', 'branch', 'context', 'hash', 'importance', 'matches', 'score', 'slot', 'tags', 'timestamp'],
      ];
      assert.deepEqual(keys(hit), hitKeys);

      const more = await json('memory', 'search', 'ferry', '-c', '1', '--cursor', String(found['next_cursor']));
      assert.deepEqual([keys(more), (more['results'] as object[]).length], [['results', 'took_ms', 'via'], 1]);
      assert.match((await run('memory', 'search', 'ferry', '--explain')).stdout, /\*\*ferry\*\*[^]*score: words \d/);

      const { memory } = await json('memory', 'show', String(added['hash']));
      assert.deepEqual((memory as { tags: string[] }).tags.sort(), ['ferry', 'travel']);
      assert.equal(((await json('memory', 'list'))['memories'] as object[]).length, 2);

      const linked = await json('associations', 'add', '0', '1', '--type', 'cause', '--strength', '0.25');
      assert.deepEqual(keys(linked), ['added', 'removed', 'status', 'via']);
      const { associations } = await json('associations', 'list', '0');
      assert.ok((associations as { type: string }[]).some(({ type }) => type === 'cause'));
      assert.ok(((await json('associations', 'remove', '0', '1'))['removed'] as number) > 0);

      await json('slots', 'set', 'C', '0');
      await json('anchors', 'pin', 'C');
      const anchors = (await json('anchors', 'status'))['anchors'] as {
        slot: string;
        block_index: number;
        pinned: boolean;
      }[];
      assert.deepEqual(
        anchors.filter(({ slot }) => slot === 'C').map(({ block_index, pinned }) => [block_index, pinned]),
        [[0, true]],
      );
      await json('anchors', 'unpin', 'C');
      const { anchor } = await json('anchors', 'clear', 'C');
      assert.equal((anchor as { block_index: number | null }).block_index, null);

      assert.equal((await json('stats'))['blocks'], 2);
      assert.equal((await json('verify'))['ok'], true);
      assert.equal((await json('worker', 'flush'))['status'], 'flushed');
    });
  }

  it('reads a memory from stdin', async () => {
    const { stdout } = await greeum(['memory', 'add', '-', '--data-dir', folder.path], { input: 'from a pipe\n' });
    assert.equal(stdout, 'Memory added: block #0\n');
    const { memory } = await json('memory', 'show', '0');
    assert.equal((memory as { context: string }).context, 'from a pipe');
  });

  it('refuses more than a mebibyte from stdin, and writes nothing', async () => {
    const args = ['memory', 'add', '-', '--json', '--data-dir', folder.path];
    const { stdout, status } = await greeum(args, { input: 'x'.repeat(1024 * 1024 + 3) });
    const { error } = JSON.parse(stdout) as { error: Failure };
    assert.deepEqual([status, error.code, error.outcome], [1, 'content_too_large', 'not_written']);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('says on stderr that it wrote without a worker and how to start one, and keeps stdout clean', async () => {
    const { stdout, stderr } = await run('memory', 'add', 'x', '--json');
    assert.equal(stdout.trim().split('\n').length, 1);
    assert.match(stderr, /No worker is running .*\n.*greeum worker serve --detach/);
  });

  it('ends quietly when the reader of its output has had enough', async () => {
    await run('memory', 'add', 'x');
    const child = spawn(process.execPath, [cliPath, 'memory', 'list', '--data-dir', folder.path]);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [status] = (await once(child, 'close')) as [number];
    assert.deepEqual([status, stderr], [0, '']);
  });

  describe('refuses, without writing anything,', () => {
    const refused: readonly [string, string[], string][] = [
      ['a blank memory', ['memory', 'add', ' \n '], 'empty_content'],
      ['importance above 1', ['memory', 'add', 'x', '-i', '1.5'], 'invalid_importance'],
      ['importance that is no number', ['memory', 'add', 'x', '-i', 'NaN'], 'invalid_importance'],
      ['an unknown slot', ['memory', 'add', 'x', '-s', 'D'], 'unknown_slot'],
      ['an invalid date', ['memory', 'add', 'x', '--occurred-at', 'yesterday'], 'invalid_date'],
      ['a link to an unknown memory', ['associations', 'add', '0', '9'], 'unknown_block'],
      ['a link of a memory to itself', ['associations', 'add', '0', '0'], 'self_association'],
      ['an anchor on an unknown memory', ['anchors', 'set', 'A', '9'], 'unknown_block'],
      ['an empty query', ['memory', 'search', ' '], 'empty_query'],
      ['an unknown detail', ['memory', 'search', 'x', '--detail', 'all'], 'invalid_detail'],
      ['an unknown memory', ['memory', 'show', '9'], 'unknown_block'],
    ];
    it('each bad input, with the same code and words through a worker and without one', async () => {
      await run('memory', 'add', 'the only one');
      const local = [];
      for (const [, args] of refused) local.push(await failure(...args));
      worker = await WorkerProcess.start(folder.path);
      for (const [index, [title, args, code]] of refused.entries()) {
        const error = await failure(...args);
        assert.deepEqual([error.code, error.outcome], [code, 'not_written'], title);
        assert.deepEqual(error, local[index], title);
      }
      assert.equal((await json('stats'))['blocks'], 1);
    });

    it('a data directory that is a file, or whose parent is missing', async () => {
      const file = path.join(folder.path, 'file');
      writeFileSync(file, 'not a directory');
      const onFile = await greeumJson(['memory', 'add', 'x', '--data-dir', file]);
      assert.equal((onFile['error'] as Failure).code, 'data_dir_not_a_directory');
      const missing = await greeumJson(['memory', 'add', 'x', '--data-dir', path.join(folder.path, 'no', 'where')]);
      assert.equal((missing['error'] as Failure).code, 'data_dir_missing');
      assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(folder.path)], ['not a directory', ['file']]);
    });

    it('a memory.db that is not SQLite, also as a worker', async () => {
      const file = path.join(folder.path, 'data', 'memory.db');
      mkdirSync(path.dirname(file));
      writeFileSync(file, 'something else, and long enough to be taken for a header. '.repeat(100));
      const before = readFileSync(file);
      assert.equal((await failure('memory', 'add', 'x')).code, 'not_a_database');
      const { status, stdout } = await run('worker', 'serve', '--json');
      assert.deepEqual([status, (JSON.parse(stdout) as { error: Failure }).error.code], [1, 'not_a_database']);
      assert.deepEqual(readFileSync(file), before);
    });

    it('to write around a worker, naming its process, and still reads', async () => {
      worker = await WorkerProcess.start(folder.path);
      await run('memory', 'add', 'through the worker');
      const { code, outcome, message } = await failure('memory', 'add', 'x', '--no-worker');
      assert.deepEqual([code, outcome], ['worker_running', 'not_written']);
      assert.match(message, new RegExp(String(worker.pid)));
      const read = await json('memory', 'search', 'worker', '--no-worker');
      assert.deepEqual([(read['results'] as object[]).length, read['via']], [1, 'local']);
    });
  });

  describe('worker', () => {
    it('says where it listens and how to add the first memory, and shows no token', async () => {
      const child = spawn(process.execPath, [cliPath, 'worker', 'serve', '--data-dir', folder.path]);
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (line.startsWith('Stop the worker')) break;
      }
      const record = JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as {
        endpoint: string;
      };
      const token = record.endpoint.split('/')[3] ?? '';
      const said = lines.join('\n');
      assert.ok(token.length > 20 && !said.includes(token), said);
      assert.match(said, /memory add ".*" --data-dir/);
      assert.ok(said.includes(path.join(folder.path, 'worker_state.json')));
      child.kill('SIGTERM');
      const [status] = (await once(child, 'exit')) as [number];
      assert.equal(status, 0);
      assert.ok(!existsSync(path.join(folder.path, 'worker_state.json')));
    });

    it('is one per data directory: a second one names the first and exits with 1', async () => {
      worker = await WorkerProcess.start(folder.path);
      const { code, message } = await failure('worker', 'serve');
      assert.equal(code, 'worker_running');
      assert.match(message, new RegExp(String(worker.pid)));
    });

    it('shows its status, and is gone when "worker stop" returns', async () => {
      worker = await WorkerProcess.start(folder.path);
      const status = await json('worker', 'status');
      assert.deepEqual(
        [status['running'], status['pid'], status['host'], status['degraded']],
        [true, worker.pid, 'cli', null],
      );
      assert.equal((status['queue'] as { depth: number }).depth, 0);
      assert.deepEqual(await json('worker', 'stop'), { status: 'stopped', pid: worker.pid });
      const { status: exit, stdout } = await run('worker', 'status', '--json');
      assert.deepEqual([exit, (JSON.parse(stdout) as { running: boolean }).running], [3, false]);
      assert.equal((await json('memory', 'add', 'after the worker'))['via'], 'local');
    });

    it('runs on in the background with --detach, is started once, and has a name that Python Greeum spares', async () => {
      const started = await json('worker', 'serve', '--detach');
      try {
        const again = await json('worker', 'serve', '--detach');
        assert.deepEqual([again['pid'], again['running']], [started['pid'], true]);
        assert.equal((await json('memory', 'add', 'x', '--use-worker'))['via'], 'worker');
        if (process.platform === 'linux') {
          const commandLine = readFileSync(`/proc/${String(started['pid'])}/cmdline`, 'utf8');
          assert.match(commandLine, /^greeum-worker/);
          assert.doesNotMatch(commandLine, /mcp|serve/);
        }
      } finally {
        await json('worker', 'stop');
      }
    });

    it('says why when it cannot be started in the background', async () => {
      const file = path.join(folder.path, 'file');
      writeFileSync(file, '');
      const { error } = await greeumJson(['worker', 'serve', '--detach', '--data-dir', file]);
      assert.equal((error as Failure).code, 'data_dir_not_a_directory');
    });

    it('ends by itself when nobody uses it, with --idle-exit', async () => {
      const { status, stderr } = await run('worker', 'serve', '--idle-exit', '0.01');
      assert.equal(status, 0);
      assert.match(stderr, /nobody used it/);
    });
  });

  describe('mcp serve', () => {
    let child: ChildProcessWithoutNullStreams;
    /** Everything on stdout that is not an answer to a question of the test. */
    let noise: string[];
    let lastId = 0;
    let waiting: Map<number, (result: Record<string, unknown>) => void>;

    afterEach(() => child.kill('SIGKILL'));

    function start(): void {
      child = spawn(process.execPath, [cliPath, 'mcp', 'serve', '--data-dir', folder.path]);
      noise = [];
      waiting = new Map();
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { id, result } = JSON.parse(line) as { id: number; result: Record<string, unknown> };
        const answer = waiting.get(id);
        if (answer === undefined) noise.push(line);
        else answer(result);
        waiting.delete(id);
      });
    }

    function send(message: object): void {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    }

    function ask(method: string, params: object): Promise<Record<string, unknown>> {
      const id = (lastId += 1);
      send({ id, method, params });
      return new Promise((resolve) => waiting.set(id, resolve));
    }

    async function shakeHands(): Promise<void> {
      const clientInfo = { name: 'test', version: '1' };
      await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
      send({ method: 'notifications/initialized' });
    }

    async function add(content: string): Promise<unknown> {
      const result = await ask('tools/call', { name: 'add_memory', arguments: { content } });
      assert.notEqual(result['isError'], true, JSON.stringify(result));
      return (result['structuredContent'] as { block_index: number }).block_index;
    }

    it('speaks nothing but the protocol on stdout, owns the memory where nobody does, and ends with stdin', async () => {
      start();
      await shakeHands();
      assert.equal(await add('through stdio'), 0);
      assert.equal((await json('memory', 'add', 'through the bridge', '--use-worker'))['via'], 'worker');
      child.stdin.end();
      const [status] = (await once(child, 'exit')) as [number];
      assert.deepEqual([status, noise], [0, []]);
      assert.equal((await json('verify'))['blocks'], 2);
    });

    it('survives the death of the owner in mid-session, by taking its place', async () => {
      worker = await WorkerProcess.start(folder.path);
      start();
      await shakeHands();
      assert.equal(await add('before'), 0);
      const adding = Array.from({ length: 20 }, (_, index) => add(`meanwhile ${index}`));
      await worker.end('SIGKILL');
      await Promise.all(adding);
      assert.equal(await add('after'), 21);
      const { memories } = await json('memory', 'list', '--use-worker', '-c', '50');
      assert.equal(new Set((memories as { context: string }[]).map(({ context }) => context)).size, 22);
      child.stdin.end();
      await once(child, 'exit');
    });

    it('ends in order at a signal', async () => {
      start();
      await shakeHands();
      await add('x');
      child.kill('SIGTERM');
      const [status] = (await once(child, 'exit')) as [number];
      assert.equal(status, 0);
      assert.ok(!existsSync(path.join(folder.path, 'worker_state.json')));
    });
  });
});
