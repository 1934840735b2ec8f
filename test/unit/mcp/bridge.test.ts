import assert from 'node:assert/strict';
import { Duplex, PassThrough } from 'node:stream';
import { bridgeStdio } from '../../../src/mcp/bridge.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { LineTransport } from '../../../src/mcp/lineTransport.js';

interface Message {
  id?: unknown;
  method?: string;
  params?: { uri?: string; requestId?: unknown; arguments?: { content?: string; idempotency_key?: string } };
  result?: Record<string, unknown>;
  error?: { code: number; data?: { code: string; outcome: string } };
}

/** An owner that a test plays. */
class Owner {
  readonly heard: Message[] = [];
  readonly stream: Duplex;
  readonly #toBridge = new PassThrough();

  constructor() {
    const fromBridge = new PassThrough();
    this.stream = Duplex.from({ readable: this.#toBridge, writable: fromBridge });
    collect(fromBridge, this.heard);
  }

  says(message: object): void {
    this.#toBridge.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  dies(): void {
    this.stream.destroy();
  }

  async hears(method: string, nth = 1): Promise<Message> {
    await until(() => this.heard.filter((message) => message.method === method).length >= nth);
    return this.heard.filter((message) => message.method === method)[nth - 1] ?? {};
  }
}

function collect(stream: PassThrough, into: Message[]): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    into.push(...lines.map((line) => JSON.parse(line) as Message));
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the bridge on stdin and stdout', () => {
  let input: PassThrough;
  let told: Message[];
  let waiting: ((owner: Owner | GreeumError) => void)[];
  let closed: Promise<void>;

  beforeEach(() => {
    input = new PassThrough();
    const output = new PassThrough();
    told = [];
    waiting = [];
    collect(output, told);
    const connect = (): Promise<Duplex> =>
      new Promise((resolve, reject) =>
        waiting.push((found) => (found instanceof GreeumError ? reject(found) : resolve(found.stream))),
      );
    closed = bridgeStdio({ input, output, connect });
  });
  afterEach(() => input.destroy());

  const asks = (id: unknown, method: string, params: object = {}): void =>
    void input.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  const adds = (id: unknown, content = 'x', more: object = {}): void =>
    asks(id, 'tools/call', { name: 'add_memory', arguments: { content, ...more } });
  async function comes(owner: Owner | GreeumError = new Owner()): Promise<Owner> {
    await until(() => waiting.length > 0);
    waiting.shift()?.(owner);
    return owner as Owner;
  }
  const answered = (id: unknown): Promise<void> => until(() => told.some((message) => message.id === id));

  it('carries requests, answers and notifications as they are', async () => {
    const owner = await comes();
    asks('a', 'tools/list', { cursor: 'c' });
    assert.deepEqual((await owner.hears('tools/list')).params, { cursor: 'c' });
    owner.says({ method: 'notifications/resources/updated', params: { uri: 'greeum://slots' } });
    owner.says({ id: 'a', result: { tools: [] } });
    await answered('a');
    assert.deepEqual(
      told.map(({ id, method }) => id ?? method),
      ['notifications/resources/updated', 'a'],
    );
  });

  it('asks the next owner what the last one left unanswered, under the same key', async () => {
    const first = await comes();
    adds(1);
    adds(2, 'y', { idempotency_key: 'mine' });
    const [sent, named] = [await first.hears('tools/call'), await first.hears('tools/call', 2)];
    assert.match(sent.params?.arguments?.idempotency_key ?? '', /^[\w-]{36}$/);
    assert.equal(named.params?.arguments?.idempotency_key, 'mine');
    first.says({ id: 2, result: {} });
    await answered(2);
    first.dies();
    const second = await comes();
    assert.deepEqual(await second.hears('tools/call'), sent);
    second.says({ id: 1, result: {} });
    await answered(1);
    assert.deepEqual([second.heard.length, told.map(({ id }) => id)], [1, [2, 1]]);
  });

  it('tells the next owner of the handshake and of subscriptions, and nobody of the answers', async () => {
    const first = await comes();
    asks(1, 'initialize', { protocolVersion: '2025-11-25' });
    await first.hears('initialize');
    first.says({ id: 1, result: {} });
    input.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    for (const [id, uri] of [
      [2, 'greeum://slots'],
      [3, 'greeum://worker'],
    ] as const) {
      asks(id, 'resources/subscribe', { uri });
      await first.hears('resources/subscribe', id - 1);
      first.says({ id, result: {} });
    }
    asks(4, 'resources/unsubscribe', { uri: 'greeum://worker' });
    await first.hears('resources/unsubscribe');
    first.says({ id: 4, result: {} });
    await answered(4);
    first.dies();
    asks(5, 'ping');
    const second = await comes();
    second.says({ id: (await second.hears('initialize')).id, result: {} });
    const subscribed = await second.hears('resources/subscribe');
    assert.equal(subscribed.params?.uri, 'greeum://slots');
    second.says({ id: subscribed.id, result: {} });
    await second.hears('ping');
    second.says({ id: 5, result: {} });
    await answered(5);
    assert.deepEqual(
      second.heard.map(({ method }) => method),
      ['initialize', 'notifications/initialized', 'resources/subscribe', 'ping'],
    );
    assert.deepEqual(
      told.map(({ id }) => id),
      [1, 2, 3, 4, 5],
    );
  });

  it('does not pass on that an owner is stopping: the next one is asked', async () => {
    const first = await comes();
    adds(1);
    await first.hears('tools/call');
    const error = { code: 'worker_stopping', message: 'x', outcome: 'not_written', retry: 'after-reconnect' };
    first.says({ id: 1, result: { isError: true, structuredContent: { error } } });
    first.dies();
    const second = await comes();
    await second.hears('tools/call');
    second.says({ id: 1, result: { isError: false } });
    await answered(1);
    assert.deepEqual(told, [{ jsonrpc: '2.0', id: 1, result: { isError: false } }]);
  });

  it('says why there is no owner, and whether a write may have happened', async () => {
    const first = await comes();
    adds(1);
    await first.hears('tools/call');
    first.dies();
    asks(2, 'tools/list');
    await comes(new GreeumError('database_damaged', 'The file is damaged.', { hint: 'greeum doctor' }));
    await answered(2);
    const [write, list] = told;
    assert.match(JSON.stringify(write?.result), /damaged\. greeum doctor.*"outcome":"unknown"/);
    assert.deepEqual([list?.error?.data?.code, list?.error?.data?.outcome], ['database_damaged', 'not_written']);
    adds(3);
    const second = await comes();
    await second.hears('tools/call');
  });

  it('forgets a call that was given up', async () => {
    const first = await comes();
    asks(1, 'tools/call', { name: 'search_memory' });
    await first.hears('tools/call');
    input.write('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\n');
    await first.hears('notifications/cancelled');
    first.dies();
    const second = await comes();
    asks(2, 'ping');
    await second.hears('ping');
    assert.equal(second.heard.length, 1);
  });

  it('answers what was asked before its input ended, but for subscriptions, then ends', async () => {
    const owner = await comes();
    asks(1, 'subscriptions/listen');
    input.end('{"jsonrpc":"2.0","id":2,"method":"ping"}');
    await owner.hears('ping');
    owner.says({ id: 2, result: {} });
    await closed;
    assert.deepEqual(
      told.map(({ id }) => id),
      [2],
    );
  });

  it('refuses what is no message, and a line past every bound', async () => {
    const owner = await comes();
    input.write('hello\n[1]\n{"jsonrpc":"2.0"}\n');
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    for (let count = 0; count < 9; count += 1) input.write(piece);
    input.write('\n');
    asks(1, 'ping');
    await owner.hears('ping');
    assert.deepEqual(
      told.map(({ error }) => error?.code),
      [-32700, -32600, -32600, -32600],
    );
    assert.equal(owner.heard.length, 1);
  });
});

describe('the owner’s end of the bridge', () => {
  it('does not listen to a client that reads none of its answers', async () => {
    const input = new PassThrough();
    const output = new PassThrough({ highWaterMark: 1_000 });
    const transport = new LineTransport(input, output);
    let received = 0;
    transport.onmessage = (message) => {
      received += 1;
      if ('id' in message && message.id !== undefined) {
        void transport.send({ jsonrpc: '2.0', id: message.id, result: { text: 'x'.repeat(2_000) } });
      }
    };
    await transport.start();
    for (let id = 1; id <= 3; id += 1) input.write(`{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`);
    await until(() => received > 0);
    assert.ok(input.isPaused());
    output.resume();
    await until(() => received === 3);
    await transport.close();
  });
});
