import assert from 'node:assert/strict';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CallOptions } from '../../src/protocol/memoryService.js';
import { FakeMemory, STATUS } from '../unit/mcp/fakeMemory.js';
import { ask, socketDoor, startRig, until, type Rig } from './endpointRig.js';
import { socketFetch } from './mcpClientRig.js';

const IDENTITY = { name: 'an agent', version: '9' };
const SLOTS = 'greeum://slots';

async function connect1(rig: Rig): Promise<Client1> {
  const client = new Client1(IDENTITY);
  await client.connect(new Http1(new URL('http://localhost/mcp'), { fetch: socketFetch(rig.endpoint.socketPath) }));
  return client;
}

describe('a session', () => {
  it('lets a client of the older era give a call up', async () => {
    let options: CallOptions | undefined;
    const memory = new FakeMemory({ search_memory: () => new Promise(() => undefined) });
    const rig = await startRig({ memory });
    const client = await connect1(rig);
    const giveUp = new AbortController();
    const call = client.callTool({ name: 'search_memory', arguments: { query: 'x' } }, undefined, giveUp);
    void call.catch(() => undefined);
    await until(() => (options = memory.calls[0]?.options) !== undefined);
    giveUp.abort();
    await assert.rejects(call);
    await until(() => options?.signal?.aborted === true);
    await client.close();
    await rig.close();
  });

  it('goes on with the next owner of the directory', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'greeum-sessions-'));
    const memory = new FakeMemory();
    const first = await startRig({ dir, memory });
    const client = await connect1(first);
    await client.callTool({ name: 'add_memory', arguments: { content: 'before' } });
    await first.endpoint.close();
    const second = await startRig({ dir, memory });
    await client.callTool({ name: 'add_memory', arguments: { content: 'after' } });
    assert.deepEqual(memory.contents, ['before', 'after']);
    await client.close();
    await second.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is no session when no owner of this directory began it, or when its client has ended it', async () => {
    const rig = await startRig();
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' };
    for (const id of ['nope', `${'a'.repeat(22)}.${'b'.repeat(43)}`, '__proto__']) {
      const { status } = await ask(socketDoor(rig), { headers: { ...headers, 'mcp-session-id': id }, body: ping });
      assert.equal(status, 404, id);
    }
    await rig.close();
  });

  it('keeps who the agent is with what it adds', async () => {
    const rig = await startRig();
    const client = await connect1(rig);
    await client.callTool({ name: 'add_memory', arguments: { content: 'a fact' } });
    assert.equal(rig.memory.calls[0]?.options?.client, 'an agent 9');
    await client.close();
    await rig.close();
  });
});

describe('a subscription', () => {
  const change = async (rig: Rig): Promise<void> => {
    await rig.memory.call('add_memory', { content: 'a fact' });
    rig.setStatus({ ...STATUS, last_sequence: STATUS.last_sequence + 1 });
  };

  it('of the older era tells of changes, until it is ended', async () => {
    const rig = await startRig();
    const client = await connect1(rig);
    const told: string[] = [];
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params: { uri } }) => void told.push(uri));
    await client.subscribeResource({ uri: SLOTS });
    await client.subscribeResource({ uri: 'greeum://memory/0' });
    await client.unsubscribeResource({ uri: 'greeum://memory/0' });
    await change(rig);
    await until(() => told.length > 0);
    assert.deepEqual(told, [SLOTS]);
    await client.close();
    await rig.close();
  });

  it('of the newer era tells the same', async () => {
    const rig = await startRig();
    const client = new Client2(IDENTITY, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new Http2(new URL('http://localhost/mcp'), { fetch: socketFetch(rig.endpoint.socketPath) }));
    const told: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params: { uri } }) => void told.push(uri));
    const listening = await client.listen({ resourceSubscriptions: [SLOTS] });
    await change(rig);
    await until(() => told.length > 0);
    assert.deepEqual(told, [SLOTS]);
    await listening.close();
    await client.close();
    await rig.close();
  });
});

describe('resources, prompts and completions', () => {
  it('are there in both eras', async () => {
    const rig = await startRig();
    await rig.memory.call('add_memory', { content: 'The bridge opens at noon' });
    const old = await connect1(rig);
    const recent = new Client2(IDENTITY, { versionNegotiation: { mode: 'auto' } });
    await recent.connect(new Http2(new URL('http://localhost/mcp'), { fetch: socketFetch(rig.endpoint.socketPath) }));
    for (const client of [old, recent]) {
      const { resources } = await client.listResources();
      assert.deepEqual(
        resources.map(({ uri }) => uri),
        [SLOTS, 'greeum://worker'],
      );
      assert.equal((await client.listResourceTemplates()).resourceTemplates.length, 2);
      const { contents } = await client.readResource({ uri: 'greeum://memory/0' });
      assert.match(JSON.stringify(contents), /The bridge opens at noon/);
      await assert.rejects(client.readResource({ uri: 'greeum://memory/9' }), { code: -32602 });
      const { messages } = await client.getPrompt({ name: 'recall', arguments: { topic: 'bridge' } });
      assert.match(JSON.stringify(messages), /opens at noon/);
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'recall' },
        argument: { name: 'topic', value: 'bu' },
      });
      assert.deepEqual(completion.values, ['build']);
      await client.close();
    }
    await rig.close();
  });
});
