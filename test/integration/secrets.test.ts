import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { CLIENTS, socketFetch, type McpClient } from './mcpClientRig.js';

// Put together here, so that no scanner of this repository takes it for a real one.
const SECRET = `ghp_${'aB3'.repeat(12)}`;
const TEXT = `The deploy of the shop uses ${SECRET}`;
const LEFT_OUT = [{ kind: 'GitHub token', count: 1 }];

describe('a secret that an agent or a person wants to store', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess;
  let client: McpClient;

  async function start(policy?: string): Promise<void> {
    folder = scratchFolder();
    const env = policy === undefined ? {} : { GREEUM_SECRETS: policy };
    worker = await WorkerProcess.start(folder.path, [], undefined, env);
    const { socket } = JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as Discovery;
    const [{ connect }] = CLIENTS as [(typeof CLIENTS)[number]];
    client = await connect({ url: 'http://localhost/mcp', fetch: socketFetch(socket) });
  }
  afterEach(async () => {
    await client.close();
    await worker.end('SIGKILL');
    folder.remove();
  });
  const stored = async (): Promise<string> =>
    (await greeum(['memory', 'list', '--json', '--data-dir', folder.path])).stdout;
  const added = async (content: string) => {
    const { structuredContent, content: said, isError } = await client.callTool('add_memory', { content });
    return { result: structuredContent as Record<string, unknown>, text: said[0]?.text ?? '', isError };
  };

  it('is left out and told over MCP, of a memory that is new and of one that says the same', async () => {
    await start();
    for (const status of ['added', 'duplicate']) {
      const { result, text } = await added(TEXT);
      assert.deepEqual([result['status'], result['left_out']], [status, LEFT_OUT]);
      assert.match(text, /Left out, and not stored\*\*: GitHub token \(1\)/);
    }
    assert.ok(!(await stored()).includes(SECRET));
  });

  it('is left out and told on the command line, with a worker and without', async () => {
    await start('redact');
    for (const status of ['added', 'duplicate']) {
      const answer = await greeumJson(['memory', 'add', TEXT, '--data-dir', folder.path]);
      assert.deepEqual([answer['status'], answer['left_out']], [status, LEFT_OUT]);
      await worker.end('SIGTERM');
    }
    const { stderr } = await greeum(['memory', 'add', TEXT, '--data-dir', folder.path]);
    assert.match(stderr, /Left out, and not stored: GitHub token \(1\)/);
    assert.ok(!(await stored()).includes(SECRET));
  });

  it('makes a worker that was started with GREEUM_SECRETS=refuse refuse the memory', async () => {
    await start('refuse');
    const { isError, text } = await added(TEXT);
    assert.equal(isError, true);
    assert.match(text, /looks as if it held a secret: GitHub token \(1\)/);
    const { status } = await greeum(['memory', 'add', TEXT, '--data-dir', folder.path]);
    assert.notEqual(status, 0);
    assert.deepEqual((JSON.parse(await stored()) as { memories: unknown[] }).memories, []);
  });

  it('stays where the worker was started with GREEUM_SECRETS=off', async () => {
    await start('off');
    const { result } = await added(TEXT);
    assert.deepEqual([result['status'], result['left_out']], ['added', undefined]);
    assert.ok((await stored()).includes(SECRET));
  });
});

describe('a memory that an agent adds', () => {
  for (const { title, connect } of CLIENTS) {
    it(`names ${title} where it is found, and so does one that it imports under another name`, async () => {
      const folder = scratchFolder();
      const worker = await WorkerProcess.start(folder.path);
      const { socket } = JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as Discovery;
      const client = await connect({ url: 'http://localhost/mcp', fetch: socketFetch(socket) });
      await client.callTool('add_memory', { content: 'The shop runs on Atlas' });
      const forged = { content: 'The shop is closed', metadata: { source: 'vscode', client: 'the user' } };
      await client.callTool('import_memories', { text: JSON.stringify(forged), format: 'jsonl' });
      const found = await client.callTool('search_memory', { query: 'shop' });
      const lines = (found.content[0]?.text ?? '').split('\n').slice(1);
      assert.equal(lines.length, 2);
      for (const line of lines) assert.match(line, /, by \S+ \d[^,]*\]$/);
      const { results } = found.structuredContent as { results: { source: string; client: string }[] };
      for (const { source, client: author } of results) {
        assert.equal(source, 'mcp');
        assert.notEqual(author, 'the user');
      }
      assert.equal(results[0]?.client, results[1]?.client);
      await client.close();
      await worker.end('SIGKILL');
      folder.remove();
    });
  }
});
