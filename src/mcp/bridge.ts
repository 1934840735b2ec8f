/**
 * MCP on a process's own stdin and stdout, carried to the owner line by line. What the messages mean is the owner's
 * part (`stdio.ts` at the other end), in either era; this side knows just enough to outlive an owner:
 *
 * - A request stays here until its answer has come. When the owner goes, its successor gets the handshake, the
 *   subscriptions and every open request again.
 * - A tool call gets an idempotency key before it is sent, so that one that was carried out already changes nothing.
 * - An owner that is stopping, or does not know what became of a write, has not answered: the next one is asked.
 *
 * It needs no SDK: a process that starts is at work after a few milliseconds.
 */

import type { Duplex, Readable, Writable } from 'node:stream';
import { GreeumError } from '../protocol/errors.js';
import { RPC_INVALID_REQUEST, RPC_PARSE_ERROR } from '../protocol/jsonRpc.js';
import { MAX_REQUEST_BYTES } from '../protocol/limits.js';
import {
  failedAnswer,
  field,
  isNoAnswer,
  isRequest,
  keyOf,
  lineOf,
  parsed,
  withKey,
  type Message,
} from './bridgeMessages.js';
import { onLines } from './lines.js';
import { LISTEN_METHOD } from './subscriptions.js';

/** How long a request waits for an owner, and, after the input has ended, for its answer. */
const PATIENCE_MS = 30_000;
/** How long an answer that is none is kept back: until then its owner is gone, or is asked again. */
const HOLD_MS = 1_000;
const MOST_ASKED = 3;

export interface BridgeOptions {
  readonly input: Readable;
  readonly output: Writable;
  /**
   * A stream of messages to whoever owns the memory, when there is one: may wait. @throws GreeumError why there is none
   */
  readonly connect: () => Promise<Duplex>;
  /** Ends it as it stands. */
  readonly signal?: AbortSignal;
}

/** What `dist/mcp-stdio.js` exports. */
export interface BridgeModule {
  /** Serves until the input ends and what was asked for by then is answered, or until the reader has gone. */
  bridgeStdio: (options: BridgeOptions) => Promise<void>;
}

export const bridgeStdio: BridgeModule['bridgeStdio'] = (options) => new Bridge(options).closed;

interface Open {
  readonly message: Message;
  asked: number;
  timer: NodeJS.Timeout | undefined;
}

class Bridge {
  readonly #output: Writable;
  readonly #connect: BridgeOptions['connect'];
  readonly #input: Readable;
  /** By id: what the client asked and was not told yet, oldest first. */
  readonly #open = new Map<string, Open>();
  /** What the next owner has to be told of this client: the handshake and what it is subscribed to. */
  #initialize: Message | null = null;
  #initialized: Message | null = null;
  readonly #subscriptions = new Map<unknown, Message>();
  /** Requests of our own: their answers are nobody's. */
  readonly #own = new Map<string, () => void>();
  #ownCount = 0;
  /** Null: nobody is connected who may be told everything. */
  #owner: Duplex | null = null;
  #isConnecting = false;
  #inputEnded = false;
  #isClosed = false;
  readonly closed: Promise<void>;
  #resolveClosed!: () => void;

  constructor({ input, output, connect, signal }: BridgeOptions) {
    this.#input = input;
    this.#output = output;
    this.#connect = connect;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    // Stays for good: a late write to a reader that has gone must not end the process.
    output.on('error', () => this.#close());
    signal?.addEventListener('abort', () => this.#close(), { once: true });
    onLines(input, MAX_REQUEST_BYTES, {
      line: (line) => this.#fromClient(line),
      tooLong: () => this.#refuse(RPC_INVALID_REQUEST, `A message may be at most ${MAX_REQUEST_BYTES} bytes long.`),
      end: () => this.#endInput(),
    });
    void this.#reconnect();
  }

  // --- from the client ------------------------------------------------------------------------------------------

  #fromClient(line: string): void {
    const message = parsed(line);
    if (message === undefined) return this.#refuse(RPC_PARSE_ERROR, 'Parse error: the line is not JSON.');
    if (message === null) {
      return this.#refuse(RPC_INVALID_REQUEST, 'Invalid request: the line is not a JSON-RPC message.');
    }
    const ready = withKey(message);
    this.#note(ready);
    if (isRequest(ready)) {
      const open: Open = { message: ready, asked: 0, timer: undefined };
      this.#open.set(keyOf(ready['id']), open);
      if (this.#owner === null) this.#awaitOwner(open);
      else this.#ask(open);
    } else this.#owner?.write(lineOf(ready));
    if (this.#owner === null) void this.#reconnect();
  }

  #note(message: Message): void {
    const { method, params } = message;
    if (method === 'initialize') this.#initialize = message;
    else if (method === 'notifications/initialized') this.#initialized = message;
    else if (method === 'resources/subscribe') this.#subscriptions.set(field(params, 'uri'), message);
    else if (method === 'resources/unsubscribe') this.#subscriptions.delete(field(params, 'uri'));
    else if (method === 'notifications/cancelled') this.#settle(keyOf(field(params, 'requestId')));
  }

  #refuse(code: number, message: string): void {
    this.#say(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }));
  }

  #endInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    if (!this.#isWaitedFor()) return this.#close();
    setTimeout(() => this.#close(), PATIENCE_MS).unref();
  }

  /** A subscription is answered only when it ends. */
  #isWaitedFor(): boolean {
    return [...this.#open.values()].some(({ message }) => message['method'] !== LISTEN_METHOD);
  }

  // --- to and from the owner --------------------------------------------------------------------------------------

  async #reconnect(): Promise<void> {
    if (this.#isConnecting || this.#isClosed) return;
    this.#isConnecting = true;
    let hasGone = false;
    try {
      const owner = await this.#connect();
      if (this.#isClosed) return void owner.destroy();
      await this.#take(owner);
      hasGone = this.#owner === null;
    } catch (error) {
      if (!this.#isClosed) this.#failAll(GreeumError.from(error));
    } finally {
      this.#isConnecting = false;
    }
    if (hasGone) void this.#reconnect();
  }

  /** Tells a new owner what the last one knew. Resolves when it has all been said, or when the owner has gone. */
  async #take(owner: Duplex): Promise<void> {
    let isThere = true;
    this.#own.clear();
    const gone = new Promise<void>((resolve) => {
      owner.once('close', () => {
        isThere = false;
        resolve();
        if (this.#owner !== owner) return;
        this.#owner = null;
        for (const open of this.#open.values()) this.#awaitOwner(open);
        void this.#reconnect();
      });
    });
    owner.on('error', () => undefined);
    onLines(owner, Infinity, {
      line: (line) => this.#fromOwner(line),
      tooLong: () => undefined,
      end: () => owner.destroy(),
    });
    const again = [...(this.#isOpen(this.#initialize) ? [] : [this.#initialize]), ...this.#subscriptions.values()];
    for (const message of again) {
      if (message === null || this.#isOpen(message)) continue;
      await Promise.race([this.#askForItself(owner, message), gone]);
      if (message === this.#initialize && this.#initialized !== null) owner.write(lineOf(this.#initialized));
    }
    if (!isThere) return;
    this.#owner = owner;
    for (const open of this.#open.values()) this.#ask(open);
  }

  #isOpen(message: Message | null): boolean {
    return message !== null && this.#open.get(keyOf(message['id']))?.message === message;
  }

  /** Repeats a request whose answer the client has had. */
  #askForItself(owner: Duplex, message: Message): Promise<void> {
    const id = `greeum bridge ${(this.#ownCount += 1)}`;
    return new Promise((resolve) => {
      this.#own.set(keyOf(id), resolve);
      owner.write(lineOf({ ...message, id }));
    });
  }

  #ask(open: Open): void {
    clearTimeout(open.timer);
    open.asked += 1;
    this.#owner?.write(lineOf(open.message));
  }

  #awaitOwner(open: Open): void {
    clearTimeout(open.timer);
    open.timer = setTimeout(() => this.#fail(open, nobodyCame()), PATIENCE_MS);
  }

  #fromOwner(line: string): void {
    const message = parsed(line);
    if (message === undefined || message === null || 'method' in message) return this.#say(line);
    const key = keyOf(message['id']);
    const own = this.#own.get(key);
    if (own !== undefined) {
      this.#own.delete(key);
      return own();
    }
    const open = this.#open.get(key);
    if (open !== undefined && isNoAnswer(message) && open.asked < MOST_ASKED) return this.#askAgainSoon(open);
    this.#say(line);
    this.#settle(key);
  }

  /** The owner is about to go, or does not know: when it is still there in a moment, it is asked again. */
  #askAgainSoon(open: Open): void {
    clearTimeout(open.timer);
    open.timer = setTimeout(() => this.#ask(open), HOLD_MS);
  }

  #failAll(error: GreeumError): void {
    for (const open of [...this.#open.values()]) this.#fail(open, error);
  }

  #fail(open: Open, error: GreeumError): void {
    this.#say(JSON.stringify(failedAnswer(open.message, { error, wasSent: open.asked > 0 })));
    this.#settle(keyOf(open.message['id']));
  }

  #settle(key: string): void {
    clearTimeout(this.#open.get(key)?.timer);
    this.#open.delete(key);
    if (this.#inputEnded && !this.#isWaitedFor()) this.#close();
  }

  #say(line: string): void {
    if (this.#isClosed) return;
    if (this.#output.write(`${line}\n`)) return;
    // A reader that takes its time keeps the owner waiting, and so its own questions.
    const owner = this.#owner;
    if (owner === null || owner.isPaused()) return;
    owner.pause();
    this.#output.once('drain', () => owner.resume());
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#owner?.end();
    this.#input.pause();
    this.#resolveClosed();
  }
}

function nobodyCame(): GreeumError {
  return new GreeumError('timeout', `No worker answered in ${PATIENCE_MS / 1000} seconds.`, {
    retry: 'after-reconnect',
    hint: 'See "greeum worker status".',
  });
}
