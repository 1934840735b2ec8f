/**
 * Python's command line and its worker client, replayed byte for byte: what `urllib` puts on the wire (recorded from
 * Python 3.11), against a real worker.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { cliPath, greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { hasPython } from '../support/pythonProcess.js';

/** As Greeum sends them: `json.dumps` with its spaces, everything beyond ASCII escaped. */
const ADD =
  '{"jsonrpc": "2.0", "id": "add_memory", "method": "tools/call", "params": {"name": "add_memory", "arguments": ' +
  '{"content": "\\ud68c\\uc758: the bridge opens at noon", "importance": 0.8, "metadata": {"tags": ["bridge", "noon"]}, ' +
  '"slot": "B"}}}';
const SEARCH =
  '{"jsonrpc": "2.0", "id": "search_memory", "method": "tools/call", "params": {"name": "search_memory", "arguments": ' +
  '{"query": "bridge", "limit": 5, "threshold": 0.1, "slot": null, "fallback": true}}}';

function post(path: string, port: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nAccept-Encoding: identity\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Host: 127.0.0.1:${port}\r\nUser-Agent: Python-urllib/3.11\r\nContent-Type: application/json\r\n` +
    `Connection: close\r\n\r\n${body}`
  );
}

function get(path: string, port: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nAccept-Encoding: identity\r\nHost: 127.0.0.1:${port}\r\n` +
    `User-Agent: Python-urllib/3.11\r\nConnection: close\r\n\r\n`
  );
}

/** Sends these bytes and reads until the worker closes, which `Connection: close` asks for. */
async function exchange(port: string, bytes: string): Promise<{ status: string; body: string }> {
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(bytes);
  await once(socket, 'close');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: head.split('\r\n', 1)[0] ?? '', body };
}

/** As Greeum's `worker/client.py` does. */
const SEND = `
import os, sys, urllib.request
request = urllib.request.Request(os.environ[sys.argv[1]], data=sys.argv[2].encode(), headers={"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=30).read().decode())`;

const READ_AND_WRITE = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0)
print(db.execute("PRAGMA integrity_check").fetchone()[0], end=" ")
try:
    db.execute("INSERT INTO block_tags (block_index, tag) VALUES (0, 'past us')")
except sqlite3.OperationalError as error:
    print(error)`;

function python(script: string, args: readonly string[], env: Record<string, string> = {}): string {
  return execFileSync('python3', ['-c', script, ...args], { encoding: 'utf8', env: { ...process.env, ...env } });
}

describe('the client of Python Greeum', () => {
  const folder = scratchFolder();
  const dataDir = join(folder.path, 'greeum');
  let worker: WorkerProcess;
  let url: URL;

  before(async () => {
    worker = await WorkerProcess.start(dataDir);
    const state = JSON.parse(readFileSync(join(dataDir, 'worker_state.json'), 'utf8')) as Record<string, unknown>;
    for (const [key, type] of Object.entries({
      endpoint: 'string',
      pid: 'number',
      started_at: 'string',
      semantic: 'boolean',
      log: 'string',
    })) {
      assert.equal(typeof state[key], type, key);
    }
    url = new URL(String(state['endpoint']));
  });

  after(async () => {
    await worker.end('SIGTERM');
    folder.remove();
  });

  async function call(body: string): Promise<{ text: string; isError: boolean }> {
    const { status, body: answer } = await exchange(url.port, post(url.pathname, url.port, body));
    assert.equal(status, 'HTTP/1.1 200 OK');
    const { result } = JSON.parse(answer) as { result: { content: { text: string }[]; isError: boolean } };
    return { text: result.content[0]?.text ?? '', isError: result.isError };
  }

  const tool = (name: string, args: object): string =>
    JSON.stringify({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name, arguments: args } });

  it('finds the worker healthy at the path it derives from the endpoint', async () => {
    const path = url.pathname.replace(/\/mcp$/, '/healthz');
    const { status, body } = await exchange(url.port, get(path, url.port));
    assert.equal(status, 'HTTP/1.1 200 OK');
    assert.equal((JSON.parse(body) as { status: string }).status, 'ok');
  });

  it('adds a memory with its tags and slot, and is told so in the words it looks for', async () => {
    const { text } = await call(ADD);
    assert.match(text, /Memory Successfully Added/);
    assert.match(text, /\*\*STM Slot\*\*: B/);
    const { memory } = await greeumJson(['memory', 'show', '0', '--data-dir', dataDir]);
    const { context, tags, slot, importance } = memory as Record<string, unknown>;
    assert.deepEqual(
      [context, tags, slot, importance],
      ['회의: the bridge opens at noon', ['bridge', 'noon'], 'B', 0.8],
    );
    assert.match((await call(ADD)).text, /Potential Duplicate[\s\S]*Block #0/);
  });

  it('searches, and gets a line for each memory', async () => {
    assert.match(
      (await call(SEARCH)).text,
      /^Found 1 memories:\n1\. \[\d{4}-\d\d-\d\dT[\d:.]+\] 회의: the \*{0,2}bridge/,
    );
  });

  it('gets an answer from every tool that Python lists, the broken ones too', async () => {
    const today = new Date().getFullYear();
    const asked: readonly [string, object, RegExp][] = [
      ['get_memory_stats', {}, /Total Blocks\*\*: 1/],
      ['usage_analytics', { days: 7, report_type: 'usage' }, /New Memories\*\*: 1/],
      ['analyze', { days: 7 }, /Tags\*\*: bridge \(1\)/],
      ['system_doctor', { check_only: true }, /healthy/],
      ['get_recent_memories', { limit: 10 }, /^Found 1 memories/],
      ['get_memories_by_date', { start_date: `${today}-01-01` }, /^Found 1 memories/],
      ['get_memories_by_date', { start_date: '2001-01-01', end_date: '2001-01-31' }, /^No memories found/],
      ['search', { query: 'noon' }, /^Found 1 memories/],
      ['fetch', { block_id: '0' }, /회의/],
      ['fetch', {}, /^Found 1 memories/],
    ];
    for (const [name, args, expected] of asked) {
      const { text, isError } = await call(tool(name, args));
      assert.match(text, expected, name);
      assert.equal(isError, false, name);
    }
  });

  it('serves who is sent to it by GREEUM_WORKER_ENDPOINT or GREEUM_MCP_HTTP, with and without the end of the path', async () => {
    const elsewhere = join(folder.path, 'elsewhere');
    for (const name of ['GREEUM_WORKER_ENDPOINT', 'GREEUM_MCP_HTTP']) {
      for (const endpoint of [url.href, url.href.replace(/\/mcp$/, '')]) {
        const { stdout } = await greeum(['memory', 'search', 'bridge', '--data-dir', elsewhere, '--json'], {
          env: { [name]: endpoint },
        });
        const { via, results } = JSON.parse(stdout) as { via: string; results: unknown[] };
        assert.deepEqual([via, results.length], ['worker', 1], name);
      }
    }
  });

  it('is answered when a real Python sends what the environment names, and reads the file beside us', function () {
    if (!hasPython()) {
      console.log('      skipped: there is no python3 with sqlite3 here');
      return this.skip();
    }
    for (const name of ['GREEUM_WORKER_ENDPOINT', 'GREEUM_MCP_HTTP']) {
      assert.match(python(SEND, [name, SEARCH], { [name]: url.href }), /Found 1 memories/, name);
    }
    assert.equal(python(READ_AND_WRITE, [join(dataDir, 'data', 'memory.db')]).trim(), 'ok database is locked');
  });
});

describe('a starting server of Python Greeum, which ends every orphan whose command line holds greeum, mcp and serve', () => {
  const folder = scratchFolder();
  // Every word that it looks for is in each command line, before a process of ours names itself.
  const dataDir = join(folder.path, 'greeum', 'mcp', 'serve');
  let child: ChildProcess | null = null;

  beforeEach(function () {
    if (process.platform !== 'linux') this.skip();
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  });
  afterEach(async () => {
    await greeum(['worker', 'stop', '--data-dir', dataDir]);
    if (child !== null && child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    child = null;
  });
  after(() => folder.remove());

  function assertSpared(pid: number | undefined): void {
    const commandLine = readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1')
      .replaceAll('\0', ' ')
      .trim();
    assert.match(commandLine, /^greeum-/);
    assert.ok(!['greeum', 'mcp', 'serve'].every((word) => commandLine.toLowerCase().includes(word)), commandLine);
  }

  async function ownerPid(): Promise<number> {
    const { pid } = await greeumJson(['worker', 'status', '--data-dir', dataDir]);
    return pid as number;
  }

  for (const args of [
    ['worker', 'serve'],
    ['mcp', 'serve', '-t', 'http'],
  ]) {
    it(`spares ours: greeum ${args.join(' ')}`, async () => {
      child = spawn(process.execPath, [cliPath, ...args, '--data-dir', dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit')]);
      assert.equal(await ownerPid(), child.pid);
      assertSpared(child.pid);
    });
  }

  it('spares ours in the background, the only one without a parent: greeum worker serve --detach', async () => {
    assert.equal((await greeum(['worker', 'serve', '--detach', '--data-dir', dataDir])).status, 0);
    assertSpared(await ownerPid());
  });

  it('spares ours on stdio, as the owner and as a bridge to it: greeum mcp serve', async () => {
    const owner = await serveStdio();
    assert.equal(await ownerPid(), owner.pid);
    assertSpared(owner.pid);
    const bridge = await serveStdio();
    assertSpared(bridge.pid);
    for (const one of [owner, bridge]) {
      one.stdin?.end();
      await once(one, 'exit');
    }
  });

  /** Resolves when it has answered, so that it is what it will be. */
  async function serveStdio(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [cliPath, 'mcp', 'serve', '--data-dir', dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child = started;
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    started.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    await once(started.stdout, 'data');
    return started;
  }
});
