import assert from 'node:assert/strict';
import { GreeumError } from '../../../../src/protocol/errors.js';
import type { JsonRpcResponse } from '../../../../src/protocol/jsonRpc.js';
import type { WriteSource } from '../../../../src/protocol/operations.js';
import { TOOL_LIST } from '../../../../src/mcp/toolCall.js';
import { answerJsonRpc } from '../../../../src/worker/endpoint/jsonRpcRoute.js';
import { FakeMemory } from '../../mcp/fakeMemory.js';

interface Reply {
  status: number;
  body: JsonRpcResponse & { result?: Record<string, unknown>; error?: { code: number; data?: { code: string } } };
}

async function ask(message: unknown, memory = new FakeMemory(), source: WriteSource | null = null): Promise<Reply> {
  const { status, json } = await answerJsonRpc(memory, message, { source });
  return { status, body: JSON.parse(json ?? 'null') as Reply['body'] };
}

const call = (method: string, params?: unknown, id: unknown = 1): unknown => ({ jsonrpc: '2.0', id, method, params });
const add = (content: string, id?: unknown): unknown => call('greeum/add_memory', { content }, id);

describe('JSON-RPC without a handshake', () => {
  it('answers an operation with its result and the id it came with', async () => {
    for (const id of [1, 'add', 0, '', 1.5, null]) {
      const { status, body } = await ask(add('a fact', id));
      assert.equal(status, 200);
      assert.equal(body.id, id);
      assert.equal(body.result?.['status'], 'added');
    }
  });

  it('takes an operation without params for one with none', async () => {
    const { body } = await ask({ jsonrpc: '2.0', id: 1, method: 'greeum/worker_status' });
    assert.equal(body.result?.['running'], true);
  });

  it('answers a failed operation with 200 and the whole error', async () => {
    const { status, body } = await ask(add(' '));
    assert.equal(status, 200);
    assert.deepEqual(body.error, {
      code: -32001,
      message: 'A memory needs text.',
      data: {
        code: 'empty_content',
        message: 'A memory needs text.',
        outcome: 'not_written',
        retry: 'never',
        hint: 'Say what is to be remembered.',
      },
    });
  });

  it('leaves the outcome of a write open when something unforeseen fails', async () => {
    const memory = new FakeMemory({
      add_memory: () => {
        throw new TypeError('boom');
      },
    });
    const { body } = await ask(add('a'), memory);
    assert.deepEqual((body.error as { data: { code: string; outcome: string } }).data.outcome, 'unknown');
  });

  it('records who asked, and takes a program that did not say for a program', async () => {
    const memory = new FakeMemory();
    await ask(add('a'), memory, 'cli');
    await ask(add('a'), memory);
    await ask(call('tools/call', { name: 'add_memory', arguments: { content: 'a' } }), memory);
    await ask(call('tools/call', { name: 'add_memory', arguments: { content: 'a' } }), memory, 'vscode');
    assert.deepEqual(
      memory.calls.map(({ options }) => options?.source),
      ['cli', 'api', 'mcp', 'vscode'],
    );
  });

  it('answers a bare tools/call, as Python sends it', async () => {
    const params = { name: 'add_memory', arguments: { content: 'a fact', importance: 0.5 } };
    const { status, body } = await ask(call('tools/call', params, 'add_memory'));
    assert.equal(status, 200);
    assert.equal(body.id, 'add_memory');
    const [{ text }] = body.result?.['content'] as [{ text: string }];
    assert.match(text, /Memory Successfully Added/);
    assert.equal(body.result?.['isError'], false);
  });

  it('answers a tool that failed with a result, so that Python does not write past the worker', async () => {
    const { status, body } = await ask(call('tools/call', { name: 'add_memory', arguments: { content: '' } }));
    assert.equal(status, 200);
    assert.equal(body.result?.['isError'], true);
  });

  it('lists the tools, and answers a ping', async () => {
    const { body } = await ask(call('tools/list'));
    assert.equal((body.result?.['tools'] as unknown[]).length, TOOL_LIST.length);
    assert.deepEqual((await ask(call('ping'))).body.result, {});
  });

  for (const [what, method, params, code] of [
    ['an unknown method', 'nope', {}, -32601],
    ['an unknown operation', 'greeum/nope', {}, -32601],
    ['a method that is a name of Object', 'constructor', {}, -32601],
    ['an operation that is a name of Object', 'greeum/toString', {}, -32601],
    ['params in a list', 'greeum/add_memory', ['a'], -32602],
    ['params that are text', 'greeum/add_memory', 'a', -32602],
    ['params that are null', 'greeum/add_memory', null, -32602],
    ['an unknown tool', 'tools/call', { name: 'nope' }, -32602],
    ['a tool that is a name of Object', 'tools/call', { name: '__proto__' }, -32602],
    ['a tool without a name', 'tools/call', {}, -32602],
    ['tools/call without params', 'tools/call', undefined, -32602],
    ['tool arguments in a list', 'tools/call', { name: 'search_memory', arguments: [] }, -32602],
  ] as const) {
    it(`answers ${what} with ${code}, and repeats nothing of it`, async () => {
      const { status, body } = await ask(call(method, params));
      assert.equal(status, 200);
      assert.equal(body.error?.code, code);
      assert.ok(!JSON.stringify(body).includes('nope'));
    });
  }

  for (const [what, message] of [
    ['null', null],
    ['text', 'hello'],
    ['an empty object', {}],
    ['no version', { id: 1, method: 'ping' }],
    ['an older version', { jsonrpc: '1.0', id: 1, method: 'ping' }],
    ['a method that is no text', { jsonrpc: '2.0', id: 1, method: 5 }],
    ['an id that is an object', { jsonrpc: '2.0', id: {}, method: 'ping' }],
    ['an answer', { jsonrpc: '2.0', id: 1, result: {} }],
    ['an empty batch', []],
  ] as const) {
    it(`refuses ${what} as an invalid request`, async () => {
      const { status, body } = await ask(message);
      assert.equal(status, 400);
      assert.equal(body.id, null);
      assert.equal(body.error?.code, -32600);
    });
  }

  it('carries out a notification and says nothing', async () => {
    const memory = new FakeMemory();
    const reply = await answerJsonRpc(
      memory,
      { jsonrpc: '2.0', method: 'greeum/add_memory', params: { content: 'a' } },
      { source: null },
    );
    assert.deepEqual(reply, { status: 202, json: null });
    assert.deepEqual(memory.contents, ['a']);
  });

  it('says nothing to a notification that fails', async () => {
    const reply = await answerJsonRpc(new FakeMemory(), { jsonrpc: '2.0', method: 'nope' }, { source: null });
    assert.deepEqual(reply, { status: 202, json: null });
  });

  it('answers a batch in its order, without its notifications', async () => {
    const { status, body } = await ask([add('a', 1), { jsonrpc: '2.0', method: 'ping' }, call('nope', {}, 2), 7]);
    assert.equal(status, 200);
    const answers = body as unknown as { id: unknown; error?: { code: number } }[];
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code]),
      [
        [1, undefined],
        [2, -32601],
        [null, -32600],
      ],
    );
  });

  it('says nothing to a batch of notifications', async () => {
    assert.deepEqual(await answerJsonRpc(new FakeMemory(), [{ jsonrpc: '2.0', method: 'ping' }], { source: null }), {
      status: 202,
      json: null,
    });
  });

  it('refuses a batch that is too long, and does none of it', async () => {
    const memory = new FakeMemory();
    const { status, body } = await ask(
      Array.from({ length: 101 }, () => add('a')),
      memory,
    );
    assert.deepEqual([status, body.error?.code], [400, -32600]);
    assert.equal(memory.calls.length, 0);
  });

  it('keeps a __proto__ in the input a plain property', async () => {
    const memory = new FakeMemory();
    await answerJsonRpc(
      memory,
      JSON.parse(`{"jsonrpc":"2.0","id":1,"method":"greeum/add_memory",
      "params":{"content":"a","__proto__":{"importance":1}}}`),
      { source: null },
    );
    assert.equal(memory.calls[0]?.input['importance'], undefined);
    assert.equal(({} as { importance?: number }).importance, undefined);
  });

  it('never lets an error of the service escape', async () => {
    const memory = new FakeMemory({
      search_memory: () => Promise.reject(new GreeumError('overloaded', 'Too much.', { retry: 'same-key' })),
    });
    const { body } = await ask(call('greeum/search_memory', { query: 'a' }), memory);
    assert.equal(body.error?.data?.code, 'overloaded');
  });
});
