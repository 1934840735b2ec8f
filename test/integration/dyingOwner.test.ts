/** Real clients, real processes, and an owner that is killed in the middle of their calls. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { asAdded, type ResultOf } from '../../src/protocol/operations.js';
import { cliPath, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { WorkerCalls } from '../support/workerCalls.js';
import { assertImportIsTold, CLIENTS, socketFetch, type McpClient, type Way } from './mcpClientRig.js';

const AT_ONCE = 25;
/** So many that an import of them takes longer than it takes to give it up. */
const MANY_NOTES = 10_000;

/** Outside of the range that other workers of this machine choose from. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

for (const { title, connect } of CLIENTS) {
  describe(`${title}, and an owner that dies`, () => {
    let folder: ReturnType<typeof scratchFolder>;
    let worker: WorkerProcess;
    let client: McpClient;
    let port: string;
    beforeEach(async () => {
      folder = scratchFolder();
      port = await freePort();
      worker = await WorkerProcess.start(folder.path, ['--port', port]);
    });
    afterEach(async () => {
      await client.close();
      await worker.end('SIGKILL');
      folder.remove();
    });

    const add = async (content: string): Promise<number> => {
      const { isError, structuredContent, content: said } = await client.callTool('add_memory', { content });
      assert.notEqual(isError, true, said[0]?.text);
      return asAdded(structuredContent as ResultOf<'add_memory'>).block_index;
    };
    const stored = async (): Promise<string[]> => {
      const { memories } = await greeumJson(['memory', 'list', '-c', '200', '--data-dir', folder.path]);
      return (memories as { context: string }[]).map(({ context }) => context).sort();
    };

    it('loses and doubles nothing over stdio', async () => {
      client = await connect({ command: process.execPath, args: [cliPath, 'mcp', 'serve', '--data-dir', folder.path] });
      assert.ok((await client.listTools()).includes('add_memory'));
      const texts = Array.from({ length: AT_ONCE }, (_, index) => `${title} wrote number ${index}`);
      const adding = Promise.all(texts.map(add));
      await worker.end('SIGKILL');
      assert.equal(new Set(await adding).size, AT_ONCE);
      const giveUp = new AbortController();
      const given = client.callTool('search_memory', { query: 'wrote' }, giveUp.signal);
      giveUp.abort();
      await assert.rejects(given);
      const { content } = await client.callTool('search_memory', { query: 'number 7' });
      assert.match(content[0]?.text ?? '', /wrote number 7/);
      assert.deepEqual(await stored(), [...texts].sort());
    });

    it('is told over stdio how far an import is, and the owner stops one that is given up', async () => {
      client = await connect({ command: process.execPath, args: [cliPath, 'mcp', 'serve', '--data-dir', folder.path] });
      await assertImportIsTold(client);
      const calls = new WorkerCalls(folder.path);
      const latest = async (): Promise<ResultOf<'list_memories'>['memories'][number] | undefined> =>
        (await calls.call('list_memories', { limit: 1 })).memories[0];
      const text = Array.from({ length: MANY_NOTES }, (_, index) => `- given up at ${index}`).join('\n');
      const giveUp = new AbortController();
      const given = client.callTool('import_memories', { text, format: 'markdown' }, giveUp.signal);
      const rejected = assert.rejects(given);
      while ((await latest())?.context.startsWith('given up') !== true);
      giveUp.abort();
      await rejected;
      // The writes of two callers take turns: an import that goes on would come between these again and again.
      let alone = 0;
      for (let previous = -1; alone < AT_ONCE;) {
        const index = await add(`${title} goes on after ${previous}`);
        alone = index === previous + 1 ? alone + 1 : 0;
        previous = index;
      }
      const { blocks } = await calls.call('verify', {});
      assert.ok(blocks < MANY_NOTES, `${blocks} memories, though the import was given up`);
    });

    const ways: readonly [string, (found: Discovery) => Way][] = [
      ['HTTP', ({ endpoint = '' }) => ({ url: endpoint })],
      ['the socket', ({ socket }) => ({ url: 'http://localhost/mcp', fetch: socketFetch(socket) })],
    ];
    const hearsOfIt = async (wayOf: (found: Discovery) => Way): Promise<void> => {
      client = await connect(
        wayOf(JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as Discovery),
      );
      await add('before');
      const texts = Array.from({ length: AT_ONCE }, (_, index) => `meanwhile ${index}`);
      const adding = Promise.allSettled(texts.map(add));
      await worker.end('SIGKILL');
      const outcomes = await adding;
      const acknowledged = texts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      worker = await WorkerProcess.start(folder.path, ['--port', port]);
      await add('after');
      const found = await stored();
      for (const text of ['before', 'after', ...acknowledged]) {
        assert.equal(found.filter((context) => context === text).length, 1, text);
      }
    };
    for (const [where, wayOf] of ways) {
      it(`hears of it over ${where}, and goes on with the next owner`, () => hearsOfIt(wayOf));
    }
  });
}
