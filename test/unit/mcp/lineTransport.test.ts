import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { LineTransport } from '../../../src/mcp/lineTransport.js';
import { MAX_REQUEST_BYTES } from '../../../src/protocol/limits.js';

interface Rig {
  input: PassThrough;
  output: PassThrough;
  transport: LineTransport;
  received: JSONRPCMessage[];
  /** Everything written so far, parsed. */
  answers: () => unknown[];
}

async function start(): Promise<Rig> {
  const input = new PassThrough();
  const output = new PassThrough();
  const transport = new LineTransport(input, output);
  const received: JSONRPCMessage[] = [];
  transport.onmessage = (message) => received.push(message);
  await transport.start();
  const answers = (): unknown[] => {
    const text = (output.read() as Buffer | null)?.toString('utf8') ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  };
  return { input, output, transport, received, answers };
}

const request = (id: number, method = 'ping'): string => `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;
const answer = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, result: {} });
/** Lets the streams hand over what was written. */
const handedOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the line transport', () => {
  it('puts messages together from whatever pieces arrive, without cutting characters', async () => {
    const { input, received } = await start();
    const line = Buffer.from(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { a: '기억 😀' } })}\n`,
    );
    for (const byte of line) input.write(Buffer.from([byte]));
    await handedOver();
    assert.deepEqual(received, [{ jsonrpc: '2.0', id: 1, method: 'ping', params: { a: '기억 😀' } }]);
  });

  it('takes several messages in one piece, and lines that end in CR LF', async () => {
    const { input, received } = await start();
    input.write(request(1) + request(2).replace('\n', '\r\n') + '\n' + request(3));
    await handedOver();
    assert.deepEqual(
      received.map((message) => 'id' in message && message.id),
      [1, 2, 3],
    );
  });

  it('answers what is not JSON, and what is not a message, and goes on', async () => {
    const { input, received, answers } = await start();
    input.write(`{"jsonrpc"\n[]\n{"jsonrpc":"1.0","id":1,"method":"x"}\n${request(2)}`);
    await handedOver();
    assert.deepEqual(
      (answers() as { id: null; error: { code: number } }[]).map(({ id, error }) => [id, error.code]),
      [
        [null, -32700],
        [null, -32600],
        [null, -32600],
      ],
    );
    assert.equal(received.length, 1);
  });

  it('refuses a line that is too long without keeping it, and reads the next one', async () => {
    const { input, received, answers } = await start();
    const piece = Buffer.alloc(1024 * 1024, 0x61);
    for (let bytes = 0; bytes <= MAX_REQUEST_BYTES; bytes += piece.length) input.write(piece);
    input.write(`\n${request(1)}`);
    await handedOver();
    const [refused] = answers() as { error: { code: number; message: string } }[];
    assert.equal(refused?.error.code, -32600);
    assert.match(refused.error.message, /at most/);
    assert.equal(received.length, 1);
  });

  it('reads a last line that has no newline', async () => {
    const { input, received, transport } = await start();
    input.end(request(1).trim());
    await handedOver();
    await transport.send(answer(1));
    await transport.closed;
    assert.equal(received.length, 1);
  });

  it('closes at once when the input ends and nothing is to be answered', async () => {
    const { input, transport } = await start();
    input.end();
    await transport.closed;
  });

  it('lets the answers under way leave before it closes', async () => {
    const { input, transport, answers } = await start();
    input.end(request(1) + request(2));
    await once(input, 'end');
    let closed = false;
    void transport.closed.then(() => (closed = true));
    await transport.send(answer(1));
    await handedOver();
    assert.equal(closed, false);
    await transport.send(answer(2));
    await transport.closed;
    assert.equal(answers().length, 2);
  });

  it('does not wait for a call that was cancelled, nor for a subscription', async () => {
    const { input, transport } = await start();
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    input.end(`${request(1)}${request(2, 'subscriptions/listen')}${JSON.stringify(cancel)}\n`);
    await transport.closed;
  });

  it('closes when nobody reads any more', async () => {
    const { output, transport } = await start();
    const errors: Error[] = [];
    transport.onerror = (error) => errors.push(error);
    output.destroy(new Error('EPIPE'));
    await transport.closed;
    assert.equal(errors.length, 1);
    await assert.rejects(transport.send(answer(1)));
  });
});
