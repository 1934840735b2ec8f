import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { TOOL_LIST } from '../../src/mcp/toolCall.js';
import { assertImportIsTold, CLIENTS, type McpClient, type Way } from './mcpClientRig.js';

const COMMAND = process.execPath;
const ARGS = ['--import', 'tsx', path.join(__dirname, 'mcpStdioServer.ts')];
const WAY: Way = { command: COMMAND, args: ARGS };

for (const { title, era, connect } of CLIENTS) {
  describe(`${title} over stdio`, () => {
    let client: McpClient;
    before(async () => (client = await connect(WAY)));
    after(() => client.close());

    it('agrees on a revision and learns when to use the server', () => {
      assert.match(client.instructions() ?? '', /long-term memory/);
      if (client.revision() !== undefined) {
        assert.equal(client.revision(), era === '2025' ? '2025-11-25' : '2026-07-28');
      }
    });

    it('lists the tools', async () => {
      assert.deepEqual(
        await client.listTools(),
        TOOL_LIST.map(({ name }) => name),
      );
    });

    it('adds and finds memories, many at once', async () => {
      const texts = Array.from({ length: 20 }, (_, index) => `stdio fact ${index}.`);
      await Promise.all(texts.map((content) => client.callTool('add_memory', { content })));
      const found = await client.callTool('search_memory', { query: 'fact 7.' });
      assert.match(found.content[0]?.text ?? '', /stdio fact 7\./);
    });

    it('imports notes, and is told how far it is', () => assertImportIsTold(client));

    it('reads why a call failed', async () => {
      const { isError, structuredContent } = await client.callTool('add_memory', { content: '' });
      assert.equal(isError, true);
      assert.equal((structuredContent as { error: { code: string } }).error.code, 'empty_content');
    });

    it('is told that there is no such tool', async () => {
      await assert.rejects(client.callTool('nope', {}), { code: -32602 });
    });
  });
}

describe('a server on stdin and stdout', () => {
  let child: ChildProcessWithoutNullStreams;
  let out: string;
  let err: string;
  beforeEach(() => {
    child = spawn(COMMAND, ARGS);
    out = err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  });
  afterEach(() => child.kill('SIGKILL'));

  const call = (id: number, name: string, args: unknown = {}): string =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })}\n`;
  const answers = (): { id: number; error?: unknown }[] =>
    out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: number });

  it('answers what was asked before its input ended, then ends by itself', async () => {
    child.stdin.end(
      call(1, 'list_memories') + call(2, 'add_memory', { content: 'a' }) + call(3, 'list_memories').trim(),
    );
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
    assert.deepEqual(
      answers()
        .map(({ id }) => id)
        .sort(),
      [1, 2, 3],
    );
    assert.equal(err, 'ended\n');
  });

  it('ends at once when nobody asks anything', async () => {
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([code, out, err], [0, '', 'ended\n']);
  });

  it('writes nothing but messages, whatever comes in', async () => {
    child.stdin.end(`hello\n\n{"jsonrpc":"2.0"}\n\u0000\n${call(1, 'nope')}`);
    await once(child, 'close');
    assert.deepEqual(
      answers().map(({ id, error }) => [id, (error as { code: number }).code]),
      [
        [null, -32700],
        [null, -32600],
        [null, -32700],
        [1, -32602],
      ],
    );
  });

  it('ends when nobody reads its output any more', async () => {
    child.stdout.destroy();
    child.stdin.on('error', () => undefined);
    child.stdin.write(call(1, 'add_memory', { content: 'a' }));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
  });
});
