import assert from 'node:assert/strict';
import { GreeumError } from '../../src/protocol/errors.js';
import type { CallOptions } from '../../src/protocol/memoryService.js';
import { asAdded, type ResultOf } from '../../src/protocol/operations.js';
import { TOOL_LIST } from '../../src/mcp/toolCall.js';
import { FakeMemory, memoryThatImportsInSteps } from '../unit/mcp/fakeMemory.js';
import { ask, deferred, openStream, socketDoor, startRig, TOKEN, until, type Rig } from './endpointRig.js';
import { assertImportIsTold, CLIENTS, socketFetch, type McpClient, type Way } from './mcpClientRig.js';

const DOORS: readonly { title: string; way: (rig: Rig) => Way }[] = [
  {
    title: 'over HTTP with a bearer token',
    way: ({ endpoint }) => ({ url: endpoint.url ?? '', headers: { authorization: `Bearer ${TOKEN}` } }),
  },
  { title: 'over the capability URL', way: ({ endpoint }) => ({ url: endpoint.capabilityUrl ?? '' }) },
  {
    title: 'over the socket',
    way: ({ endpoint }) => ({ url: 'http://localhost/mcp', fetch: socketFetch(endpoint.socketPath) }),
  },
];

for (const { title, era, connect } of CLIENTS) {
  for (const door of DOORS) {
    describe(`${title} ${door.title}`, () => {
      let rig: Rig;
      let client: McpClient;
      const start = async (memory = new FakeMemory()): Promise<void> => {
        rig = await startRig({ memory });
        client = await connect(door.way(rig));
      };
      afterEach(async () => {
        await client.close();
        await rig.close();
      });

      it('learns what the server is and when to use it', async () => {
        await start();
        assert.match(client.instructions() ?? '', /long-term memory/);
        if (era === '2025') assert.equal(client.serverName(), 'greeum');
        if (client.revision() !== undefined) {
          assert.equal(client.revision(), era === '2025' ? '2025-11-25' : '2026-07-28');
        }
      });

      it('lists the tools in their order', async () => {
        await start();
        assert.deepEqual(
          await client.listTools(),
          TOOL_LIST.map(({ name }) => name),
        );
      });

      it('adds a memory and finds it', async () => {
        await start();
        await client.listTools();
        const added = await client.callTool('add_memory', { content: '빌드는 Node 20에서 돈다' });
        assert.equal(asAdded(added.structuredContent as ResultOf<'add_memory'>).block_index, 0);
        const found = await client.callTool('search_memory', { query: '빌드' });
        assert.match(found.content[0]?.text ?? '', /^Found 1 memories:\n1\. \[.+\] 빌드는 Node 20에서 돈다/);
        assert.equal(rig.memory.calls[0]?.options?.source, 'mcp');
      });

      it('reads why a call failed, in words and as data', async () => {
        await start();
        await client.listTools();
        const { isError, content, structuredContent } = await client.callTool('add_memory', { content: ' ' });
        assert.equal(isError, true);
        assert.match(content[0]?.text ?? '', /needs text/);
        assert.equal((structuredContent as { error: { code: string } }).error.code, 'empty_content');
      });

      it('is told that there is no such tool', async () => {
        await start();
        await assert.rejects(client.callTool('nope', {}), { code: -32602 });
      });

      it('makes many calls at once, each answered with its own', async () => {
        await start();
        const texts = Array.from({ length: 20 }, (_, index) => `fact ${index}`);
        const added = await Promise.all(texts.map((content) => client.callTool('add_memory', { content })));
        for (const [index, { structuredContent }] of added.entries()) {
          const { block_index: at } = asAdded(structuredContent as ResultOf<'add_memory'>);
          assert.equal(rig.memory.contents[at], texts[index]);
        }
      });

      it('imports notes, and is told how far it is', async () => {
        await start(memoryThatImportsInSteps());
        await assertImportIsTold(client);
      });

      it('gives up a call, and the memory hears of it', async () => {
        const started = deferred<CallOptions | undefined>();
        const memory = new FakeMemory({ search_memory: () => new Promise(() => undefined) });
        await start(memory);
        const giveUp = new AbortController();
        const call = client.callTool('search_memory', { query: 'x' }, giveUp.signal);
        void call.catch(() => undefined);
        void until(() => memory.calls.length > 0).then(() => started.resolve(memory.calls[0]?.options));
        const options = await started.promise;
        giveUp.abort();
        await assert.rejects(call);
        await until(() => options?.signal?.aborted === true);
      });
    });
  }
}

describe('a client of the endpoint', () => {
  it('gets its answer when the endpoint closes in the middle of its call', async () => {
    for (const { connect } of CLIENTS) {
      const held = deferred<ResultOf<'get_memory_stats'>>();
      const memory = new FakeMemory({ get_memory_stats: () => held.promise });
      const rig = await startRig({ memory });
      const client = await connect({ url: rig.endpoint.capabilityUrl ?? '' });
      const call = client.callTool('get_memory_stats', {});
      await until(() => memory.calls.length === 1);
      const closed = rig.close();
      held.resolve({ ...STATS, blocks: 5 });
      assert.equal(((await call).structuredContent as ResultOf<'get_memory_stats'>).blocks, 5);
      await closed;
      await client.close();
    }
  });

  it('is refused without a token', async () => {
    const rig = await startRig();
    for (const { connect } of CLIENTS) await assert.rejects(connect({ url: rig.endpoint.url ?? '' }));
    assert.equal(rig.memory.calls.length, 0);
    await rig.close();
  });

  it('may use one endpoint in both eras at once', async () => {
    const rig = await startRig();
    const clients = await Promise.all(CLIENTS.map(({ connect }) => connect({ url: rig.endpoint.capabilityUrl ?? '' })));
    await Promise.all(clients.map((client, index) => client.callTool('add_memory', { content: `from ${index}` })));
    assert.deepEqual([...rig.memory.contents].sort(), ['from 0', 'from 1', 'from 2']);
    await Promise.all(clients.map((client) => client.close()));
    await rig.close();
  });
});

describe('what VS Code sends over the socket', () => {
  const accept = 'text/event-stream, application/json';
  const message = (text: string): { result?: Record<string, unknown> } => {
    const data = /^data: (.+)$/m.exec(text)?.[1];
    return JSON.parse(data ?? text) as { result?: Record<string, unknown> };
  };

  it('is served: handshake, notification, a stream of its own, tools, end', async () => {
    const rig = await startRig();
    const door = socketDoor(rig);
    const initialized = await ask(door, {
      headers: { accept },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-11-25',
          capabilities: { roots: { listChanged: true }, sampling: {}, elicitation: {} },
          clientInfo: { name: 'Visual Studio Code', version: '1.139.1' },
        },
      },
    });
    assert.equal(initialized.status, 200);
    const session = initialized.headers['mcp-session-id'];
    assert.ok(typeof session === 'string');
    assert.equal(message(initialized.text).result?.['protocolVersion'], '2025-11-25');
    const headers = { accept, 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': session };
    const noted = await ask(door, { headers, body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
    assert.deepEqual([noted.status, noted.text], [202, '']);
    const stream = await openStream(door, headers);
    assert.deepEqual([stream.statusCode, stream.headers['content-type']], [200, 'text/event-stream']);
    const listed = await ask(door, { headers, body: { jsonrpc: '2.0', id: 2, method: 'tools/list' } });
    assert.equal((message(listed.text).result?.['tools'] as unknown[]).length, TOOL_LIST.length);
    const ended = await ask(door, { method: 'DELETE', headers });
    assert.equal(ended.status, 200);
    // The stream of a session ends with it.
    for await (const _chunk of stream);
    assert.equal((await ask(door, { headers, body: { jsonrpc: '2.0', id: 3, method: 'ping' } })).status, 404);
    await rig.close();
  });
});

describe('MCP requests', () => {
  let rig: Rig;
  beforeEach(async () => (rig = await startRig()));
  afterEach(() => rig.close());

  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28' };
  const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } };

  it('of the newer era are answered with JSON, and say how long the list of tools holds', async () => {
    const { status, json } = await ask(socketDoor(rig), {
      headers: { ...headers, 'mcp-method': 'tools/list' },
      body: listTools,
    });
    assert.equal(status, 200);
    const { ttlMs, cacheScope, resultType } = (json as { result: Record<string, unknown> }).result;
    assert.deepEqual([ttlMs, cacheScope, resultType], [3_600_000, 'public', 'complete']);
  });

  it('whose headers do not say what the body says are refused', async () => {
    const { status, json } = await ask(socketDoor(rig), {
      headers: { ...headers, 'mcp-method': 'tools/call' },
      body: listTools,
    });
    assert.deepEqual([status, (json as { error: { code: number } }).error.code], [400, -32020]);
  });

  it('in a revision that nobody knows are told which ones there are', async () => {
    const params = { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } };
    const { status, json } = await ask(socketDoor(rig), {
      headers: { ...headers, 'mcp-protocol-version': '2099-01-01', 'mcp-method': 'tools/list' },
      body: { ...listTools, params },
    });
    const { error } = json as { error: { code: number; data: { supported: string[] } } };
    assert.deepEqual([status, error.code, error.data.supported], [400, -32022, ['2026-07-28']]);
  });

  it('that fail inside tell no details', async () => {
    const memory = new FakeMemory({
      search_memory: () => {
        throw new GreeumError('degraded', 'No.', { cause: new Error('at /home/ada/secret.ts:1') });
      },
    });
    const failing = await startRig({ memory });
    const { text } = await ask(socketDoor(failing), {
      headers: { accept: headers.accept },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'search_memory', arguments: { query: 'a' } },
      },
    });
    assert.match(text, /degraded/);
    assert.doesNotMatch(text, /secret\.ts/);
    await failing.close();
  });
});

const STATS: ResultOf<'get_memory_stats'> = {
  blocks: 0,
  branches: 0,
  associations: 0,
  tags: 0,
  projects: [],
  first_timestamp: null,
  last_timestamp: null,
  data_dir: '',
  database: '',
  database_bytes: 0,
  journal_bytes: 0,
};
