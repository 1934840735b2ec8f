/**
 * MCP over a pair of streams, one JSON message a line. Unlike the SDK's own transport it answers a line that is not a
 * message, bounds the length of a line, and, when the input ends, lets the answers under way leave before it closes:
 * a write that was asked for is then never left without its acknowledgement.
 */

import type { Readable, Writable } from 'node:stream';
import { parseJSONRPCMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { RPC_INVALID_REQUEST, RPC_PARSE_ERROR } from '../protocol/jsonRpc.js';
import { isDeeperThan } from '../protocol/jsonDepth.js';
import { MAX_JSON_DEPTH, MAX_REQUEST_BYTES } from '../protocol/limits.js';
import { LISTEN_METHOD } from './subscriptions.js';

/** How long answers may take to leave after the input has ended. */
const MAX_DRAIN_MS = 30_000;
const NEWLINE = 0x0a;

export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #onReceived: (message: JSONRPCMessage) => void;
  /** Parts of a line that has not ended yet. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #skippingLine = false;
  readonly #unanswered = new Set<string | number>();
  #inputEnded = false;
  #drainTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Resolves when the connection has closed, for whatever reason. */
  readonly closed: Promise<void>;
  #resolveClosed!: () => void;

  /** @param onReceived sees each message before its receiver does */
  constructor(input: Readable, output: Writable, onReceived: (message: JSONRPCMessage) => void = () => undefined) {
    this.#input = input;
    this.#output = output;
    this.#onReceived = onReceived;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  start(): Promise<void> {
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#onEnd);
    this.#input.on('close', this.#onEnd);
    this.#input.on('error', this.#onInputError);
    // Stays for good: a late write to a reader that has gone must not end the process.
    this.#output.on('error', this.#onOutputError);
    if (this.#input.readableEnded || this.#input.destroyed) setImmediate(this.#onEnd);
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('The connection is closed.'));
    return new Promise((resolve) => {
      // Resolves on failure too: a broken output is told once, by its error event, and closes the connection.
      this.#output.write(`${JSON.stringify(message)}\n`, () => {
        if ('id' in message && !('method' in message)) this.#settle(message.id);
        resolve();
      });
      if (this.#output.writableNeedDrain) this.#waitForReader();
    });
  }

  /** Who does not read its answers is not listened to: what waits for it is bounded. */
  #waitForReader(): void {
    if (this.#input.isPaused()) return;
    this.#input.pause();
    this.#output.once('drain', () => !this.#closed && this.#input.resume());
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    clearTimeout(this.#drainTimer);
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    this.#input.off('close', this.#onEnd);
    this.#input.off('error', this.#onInputError);
    this.#input.pause();
    this.#parts = [];
    this.onclose?.();
    this.#resolveClosed();
    return Promise.resolve();
  }

  readonly #onData = (chunk: Buffer | string): void => {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0 && !this.#closed; end = rest.indexOf(NEWLINE)) {
      this.#hold(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      this.#endLine();
    }
    if (rest.length > 0) this.#hold(rest);
  };

  #hold(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > MAX_REQUEST_BYTES) {
      this.#skippingLine = true;
      this.#parts = [];
    }
    if (!this.#skippingLine) this.#parts.push(part);
  }

  #endLine(): void {
    const line = Buffer.concat(this.#parts).toString('utf8').trim();
    const tooLong = this.#skippingLine;
    this.#parts = [];
    this.#partBytes = 0;
    this.#skippingLine = false;
    if (tooLong) this.#refuse(RPC_INVALID_REQUEST, `A message may be at most ${MAX_REQUEST_BYTES} bytes long.`);
    else if (line !== '') this.#receive(line);
  }

  #receive(line: string): void {
    if (isDeeperThan(line, MAX_JSON_DEPTH)) {
      this.#refuse(RPC_PARSE_ERROR, `Parse error: the line nests deeper than ${MAX_JSON_DEPTH} levels.`);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#refuse(RPC_PARSE_ERROR, 'Parse error: the line is not JSON.');
      return;
    }
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch {
      this.#refuse(RPC_INVALID_REQUEST, 'Invalid request: the line is not a JSON-RPC message.');
      return;
    }
    if ('method' in message) this.#note(message);
    this.#onReceived(message);
    this.onmessage?.(message);
  }

  /** Keeps track of what still has to be answered. A subscription is answered only when it ends, so it is not waited for. */
  #note(message: Extract<JSONRPCMessage, { method: string }>): void {
    if ('id' in message && message.method !== LISTEN_METHOD) this.#unanswered.add(message.id);
    if (message.method !== 'notifications/cancelled') return;
    const id = message.params?.['requestId'];
    if (typeof id === 'string' || typeof id === 'number') this.#settle(id);
  }

  #settle(id: string | number | undefined): void {
    if (id !== undefined) this.#unanswered.delete(id);
    if (this.#inputEnded && this.#unanswered.size === 0) void this.close();
  }

  #refuse(code: number, message: string): void {
    const answer = { jsonrpc: '2.0', id: null, error: { code, message } };
    if (!this.#closed) this.#output.write(`${JSON.stringify(answer)}\n`);
  }

  readonly #onEnd = (): void => {
    if (this.#inputEnded || this.#closed) return;
    this.#inputEnded = true;
    // The last line need not end in a newline.
    if (this.#partBytes > 0) this.#endLine();
    if (this.#unanswered.size === 0) void this.close();
    else this.#drainTimer = setTimeout(() => void this.close(), MAX_DRAIN_MS);
  };

  readonly #onInputError = (error: Error): void => {
    this.onerror?.(error);
    this.#onEnd();
  };

  readonly #onOutputError = (error: Error): void => {
    if (!this.#closed) this.onerror?.(error);
    void this.close();
  };
}
