/** Hand-driven stand-ins for the client's ports. */

import type { Disposable } from '../../../src/client/emitter.js';
import type { Endpoint } from '../../../src/client/endpoint.js';
import type { Exchange, Post, Transport } from '../../../src/client/httpTransport.js';
import type { OpenLocal } from '../../../src/client/localStore.js';
import type { Timing } from '../../../src/client/timing.js';
import { GreeumError, type GreeumErrorOptions } from '../../../src/protocol/errors.js';
import type { LocalOptions } from '../../../src/protocol/localModule.js';
import type { WorkerStatus } from '../../../src/protocol/operations.js';

/** Time passes only when somebody waits for it, and then at once. */
export class FakeTiming implements Timing {
  #now = 0;
  #nextId = 0;
  readonly #timers = new Map<number, { at: number; run: () => void }>();
  #isRunning = false;
  /** Runs the timers that come due as soon as everything else has settled. Off: a test advances by hand. */
  readonly #isAutomatic: boolean;

  constructor({ automatic = true } = {}) {
    this.#isAutomatic = automatic;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  schedule(ms: number, run: () => void): Disposable {
    const id = this.#nextId++;
    this.#timers.set(id, { at: this.#now + ms, run });
    if (this.#isAutomatic) this.#runSoon();
    return { dispose: () => void this.#timers.delete(id) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Runs everything that comes due within `ms`, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#first(until); next !== undefined; next = this.#first(until)) this.#fire(next);
    this.#now = until;
  }

  #runSoon(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => {
      this.#isRunning = false;
      const next = this.#first(Infinity);
      if (next !== undefined) this.#fire(next);
      if (this.#timers.size > 0) this.#runSoon();
    });
  }

  #first(until: number): [number, { at: number; run: () => void }] | undefined {
    return [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
  }

  #fire([id, { at, run }]: [number, { at: number; run: () => void }]): void {
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, at);
    run();
  }
}

export interface Sent {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly source: string | undefined;
}

type Answerer = Exchange | ((sent: Sent, post: Post) => Exchange | Promise<Exchange>);

/** Answers each exchange with the next of its answers; the last one stays. */
export class FakeTransport implements Transport {
  readonly sent: Sent[] = [];
  isClosed = false;
  readonly #answers: Answerer[];

  constructor(...answers: Answerer[]) {
    this.#answers = answers;
  }

  async post(endpoint: Endpoint, post: Post): Promise<Exchange> {
    const { method, params } = JSON.parse(post.body) as Pick<Sent, 'method' | 'params'>;
    const sent = { endpoint, method, params, source: post.source };
    this.sent.push(sent);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined) throw new Error('the test gave no answer');
    return typeof answer === 'function' ? answer(sent, post) : answer;
  }

  close(): void {
    this.isClosed = true;
  }

  get keys(): unknown[] {
    return this.sent.map(({ params }) => params['idempotency_key']);
  }
}

export const nobody: Exchange = { kind: 'unreachable', cause: new Error('connect ENOENT'), isBusy: false };
export const busy: Exchange = { kind: 'unreachable', cause: new Error('connect EAGAIN'), isBusy: true };
export const lost: Exchange = { kind: 'lost', cause: new Error('socket hang up') };

export function answer(result: object): Exchange {
  return { kind: 'answer', status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: 1, result }) };
}

export function refusal(code: GreeumError['code'], options: GreeumErrorOptions = {}): Exchange {
  const data = new GreeumError(code, `It is ${code}.`, options).toJSON();
  const error = { code: -32001, message: data.message, data };
  return { kind: 'answer', status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: 1, error }) };
}

/** An exchange that ends only when its caller gives it up. */
export function hangs(_: Sent, { signal, timeoutMs }: Post): Promise<Exchange> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve({ kind: 'gave-up', isSent: true });
    if (timeoutMs < 1000) setImmediate(giveUp);
    signal.addEventListener('abort', giveUp);
  });
}

export const added = {
  block_index: 7,
  hash: 'h',
  status: 'added',
  slot: 'A',
  branch: 'b',
  timestamp: '2025-01-01T00:00:00.000000',
  before: null,
} as const;

/** A local store; `outcomes` are what opening it comes to, one after the other, the last one for ever. */
export class FakeLocal {
  readonly opened: LocalOptions[] = [];
  readonly calls: { operation: string; input: Record<string, unknown>; source: string | undefined }[] = [];
  closed = 0;
  behindBecause: string | null = null;
  readonly #outcomes: (Error | object)[];

  constructor(...outcomes: (Error | object)[]) {
    this.#outcomes = outcomes;
  }

  readonly open: OpenLocal = (options) => {
    this.opened.push(options);
    const outcome = this.#outcomes.length > 1 ? this.#outcomes.shift() : this.#outcomes[0];
    if (outcome === undefined) throw new Error('the test has no local store');
    if (outcome instanceof Error) return Promise.reject(outcome);
    return Promise.resolve({
      behindBecause: this.behindBecause,
      call: (operation, input, callOptions) => {
        this.calls.push({ operation, input: input as Record<string, unknown>, source: callOptions?.source });
        if (outcome instanceof FailingCall) return Promise.reject(outcome.error);
        return Promise.resolve(outcome as never);
      },
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  };
}

/** Opens, and then fails at the call. */
export class FailingCall {
  constructor(readonly error: Error) {}
}

export function lockBusy(pid: number): GreeumError {
  return new GreeumError('lock_busy', `Process ${pid} is writing for this data directory.`, {
    retry: 'after-reconnect',
  });
}

export function workerStatus(changes: Partial<WorkerStatus> = {}): WorkerStatus {
  const none = { p50: 0, p95: 0, p99: 0, max: 0 };
  return {
    running: true,
    pid: 4711,
    host: 'cli',
    version: '0.0.0-test',
    epoch: 3,
    started_at_ms: 0,
    data_dir: '/memory',
    database: '/memory/data/memory.db',
    endpoint: 'http://127.0.0.1:8820/mcp',
    socket: '/memory/data/run/worker.sock',
    blocks: 0,
    last_sequence: 0,
    index: { state: 'ready', indexed: 0, total: 0 },
    embedding: null,
    storage: null,
    queue: {
      depth: 0,
      in_flight: 0,
      accepted: 0,
      applied: 0,
      failed: 0,
      batch_size: none,
      wait_ms: none,
      commit_ms: none,
      journal_bytes: 0,
      checkpoints: 0,
      ms_since_checkpoint: null,
    },
    clients: 0,
    degraded: null,
    ...changes,
  };
}
