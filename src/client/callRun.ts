/**
 * One call of {@link WriteServiceClient} from its first attempt to its answer.
 *
 * A write keeps its idempotency key over all attempts, so each of them may be the one that counts, whoever owns the
 * directory by then: the same worker, the next one, or this process with the lock in its hand. What the caller hears
 * in the end is about all attempts together: once one was sent and not answered, no later refusal makes the outcome
 * `not_written` again.
 */

import type { WorkerUse } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import type { LocalMemory } from '../protocol/localModule.js';
import {
  isOwnerOperation,
  isWriteOperation,
  type InputOf,
  type OperationName,
  type ResultOf,
  type WriteSource,
} from '../protocol/operations.js';
import {
  connectionLost,
  gaveUp,
  lockStayedBusy,
  noWorker,
  outcomeOpen,
  timeIsUp,
  unreachable,
  workerRunning,
} from './callErrors.js';
import type { MemoryLocation } from './dataDirectory.js';
import type { Candidate } from './discovery.js';
import { describeEndpoint } from './endpoint.js';
import type { Exchange, Transport } from './httpTransport.js';
import { localMode, type OpenLocal } from './localStore.js';
import { decodeAnswer, encodeCall } from './rpc.js';
import { backOff, sleep, type Timing } from './timing.js';

/** Who answered: the owner, or the store opened in this process. */
export type Via = 'worker' | 'local';

export interface Routed<K extends OperationName> {
  readonly result: ResultOf<K>;
  readonly via: Via;
}

/** Something the user should know although the call goes on; each kind is reported once per client. */
export interface ClientWarning {
  readonly kind: 'no-worker' | 'endpoint-unreachable' | 'behind-team';
  readonly message: string;
  readonly hint: string;
}

/** What a call works with. */
export interface Parts {
  readonly use: WorkerUse;
  readonly version: string;
  readonly transport: Transport;
  readonly openLocal: OpenLocal;
  readonly timing: Timing;
  locate(): MemoryLocation;
  findCandidates(location: MemoryLocation): Candidate[];
  /** Whether who listens there is the owner of this directory, and may be told what it holds. */
  isOwner(candidate: Candidate, location: MemoryLocation): boolean | Promise<boolean>;
  warn(warning: ClientWarning): void;
  readonly whenNoOwner: (() => GreeumError | null) | undefined;
}

export interface RunOptions {
  readonly source: WriteSource;
  readonly client: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** First and longest pause between two attempts. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 25;
/** An owner that does not say within this who it is does not count as running. */
const PROBE_MS = 1_000;
/** How often an owner may answer that it does not know what became of the write before we pass that on. */
const MOST_UNKNOWN_ANSWERS = 3;

/** `elsewhere`: nobody can be reached, the local path is free. `again`: somebody is there, look for them again. */
type Next = 'elsewhere' | 'again';

export class CallRun<K extends OperationName> {
  readonly #parts: Parts;
  readonly #operation: K;
  readonly #input: InputOf<K>;
  readonly #options: RunOptions;
  /** One for each call: a signal that many calls shared would have to carry a listener for each of them. */
  readonly #giveUp = new AbortController();
  readonly #deadline: number;
  readonly #body: string;
  /** An attempt of this write was sent, and nobody said what became of it. */
  #isOpen = false;
  /** An owner was there at some time during this call. */
  #metOwner = false;
  #unknownAnswers = 0;
  /** A configured owner of maybe another directory that may have carried the write out: nobody else may be asked. */
  #tiedTo: Candidate | null = null;
  /** What stood in the way of the latest attempt; said when the time is up. */
  #trouble: GreeumError | null = null;

  /** @throws GreeumError when the input cannot travel */
  constructor(parts: Parts, operation: K, input: InputOf<K>, options: RunOptions) {
    this.#parts = parts;
    this.#operation = operation;
    this.#input = input;
    this.#options = options;
    this.#deadline = parts.timing.now() + options.timeoutMs;
    this.#body = encodeCall(operation, input);
  }

  async run(): Promise<Routed<K>> {
    const { signal } = this.#options;
    const giveUp = (): void => this.giveUp();
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp);
    try {
      for (let attempt = 0; ; attempt += 1) {
        this.#checkTime();
        const done = await this.#attempt();
        if (done !== null) return done;
        // Who waits for a local writer must not wait longer than those who came later.
        const repetition = this.#trouble?.code === 'lock_busy' ? 0 : attempt;
        const pause = backOff(this.#parts.timing, repetition, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
        await sleep(this.#parts.timing, Math.min(pause, this.#leftMs()), this.#giveUp.signal);
      }
    } catch (error) {
      throw this.#conclude(GreeumError.from(error, this.#isOpen ? 'unknown' : 'not_written'));
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Nobody waits for the answer any more: the call fails at once. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  /** Null: not now, try again. */
  async #attempt(): Promise<Routed<K> | null> {
    const location = this.#parts.locate();
    const mode = localMode(this.#operation);
    if (this.#parts.use === 'never' && mode !== null) return this.#locally(location, mode);
    const answered = await this.#throughWorker(location);
    if (answered === 'again') return null;
    if (answered !== 'elsewhere') return answered;
    if (this.#parts.use === 'auto' && mode !== null && this.#tiedTo === null) return this.#locally(location, mode);
    const error = this.#errorWithoutOwner(location);
    if (error !== null) throw error;
    return null;
  }

  async #throughWorker(location: MemoryLocation): Promise<Routed<K> | Next> {
    for (const candidate of this.#candidates(location)) {
      const isOwner = this.#parts.isOwner(candidate, location);
      // Most are known at once, and then nothing may come between the call and its sending.
      if (!(typeof isOwner === 'boolean' ? isOwner : await isOwner)) continue;
      const exchange = await this.#parts.transport.post(candidate.endpoint, {
        body: this.#body,
        source: this.#options.source,
        client: this.#options.client,
        timeoutMs: this.#leftMs(),
        signal: this.#giveUp.signal,
      });
      const next = exchange.kind === 'answer' ? this.#read(candidate, exchange) : this.#follow(candidate, exchange);
      if (next !== 'elsewhere') return next;
    }
    return 'elsewhere';
  }

  #candidates(location: MemoryLocation): readonly Candidate[] {
    if (this.#tiedTo !== null) return [this.#tiedTo];
    const all = this.#parts.findCandidates(location);
    const first = all[0];
    // Who means one worker does not mean another one: neither where it is required, nor to change something about it.
    const isMeant = this.#parts.use === 'require' || isOwnerOperation(this.#operation);
    return isMeant && first !== undefined && isConfigured(first) ? [first] : all;
  }

  /** The owner's result; its refusals are thrown, except those that the next attempt may turn around. */
  #read(candidate: Candidate, answer: Extract<Exchange, { kind: 'answer' }>): Routed<K> | Next {
    this.#metOwner = true;
    try {
      return { result: decodeAnswer(this.#operation, answer.status, answer.body), via: 'worker' };
    } catch (error) {
      const refusal = GreeumError.from(error);
      this.#trouble = refusal;
      // Orderly: it did not take the call. Its successor, or the lock, is the next to ask.
      if (refusal.code === 'worker_stopping') return 'again';
      if (refusal.outcome === 'unknown' && refusal.retry === 'same-key' && this.#isRepeatable()) {
        this.#leaveOpen(candidate);
        this.#unknownAnswers += 1;
        if (this.#unknownAnswers < MOST_UNKNOWN_ANSWERS) return 'again';
      }
      // The port of a dead owner, taken by another program: nobody we know.
      const isStranger = refusal.code === 'unauthorized' || refusal.code === 'worker_unreachable';
      if (isStranger && candidate.origin === 'discovery-file') return 'elsewhere';
      throw refusal;
    }
  }

  /** What an exchange without an answer means for the next step. */
  #follow(candidate: Candidate, exchange: Exclude<Exchange, { kind: 'answer' }>): Next {
    switch (exchange.kind) {
      case 'unreachable':
        this.#metOwner ||= exchange.isBusy;
        if (isConfigured(candidate) || exchange.isBusy) this.#trouble = unreachable(candidate, exchange.cause);
        if (isConfigured(candidate) && this.#parts.use === 'auto') this.#warnUnreachable(candidate);
        return exchange.isBusy ? 'again' : 'elsewhere';
      case 'lost':
        this.#metOwner = true;
        this.#trouble = connectionLost(this.#operation, exchange.cause);
        if (!this.#isRepeatable()) throw this.#trouble;
        this.#leaveOpen(candidate);
        return 'again';
      case 'answer-too-large':
        throw new GreeumError('read_failed', 'The answer is too large to be read.', {
          hint: 'Ask for fewer memories at once, or for snippets.',
        });
      case 'gave-up':
        if (exchange.isSent) this.#leaveOpen(candidate);
        throw this.#outOfTime();
    }
  }

  async #locally(location: MemoryLocation, mode: 'read' | 'write'): Promise<Routed<K> | null> {
    const memory = await this.#openLocal(location, mode);
    if (memory === null) return null;
    try {
      if (mode === 'write' && this.#parts.use === 'auto') this.#warnNoWorker(location);
      if (mode === 'read' && memory.behindBecause !== null) this.#warnBehind(memory.behindBecause);
      const { source, client } = this.#options;
      const options = { source, client, timeoutMs: this.#leftMs(), signal: this.#giveUp.signal };
      return { result: await memory.call(this.#operation, this.#input, options), via: 'local' };
    } finally {
      await memory.close().catch(() => {
        // The answer is on disk and stays true; the kernel drops the lock with the process at the latest.
      });
    }
  }

  /** Null when another process holds the lock, and waiting for it is right. */
  async #openLocal(location: MemoryLocation, mode: 'read' | 'write'): Promise<LocalMemory | null> {
    try {
      return await this.#parts.openLocal({ dataDir: location.dataDir, mode, version: this.#parts.version });
    } catch (error) {
      if (!(error instanceof Error) || (error as { code?: unknown }).code !== 'lock_busy') throw error;
      this.#trouble = lockStayedBusy(error);
      if (this.#parts.use === 'never') await this.#refuseBesideWorker(location);
      return null;
    }
  }

  /** @throws GreeumError `worker_running` when the lock belongs to a worker, and not to a writer that is soon done */
  async #refuseBesideWorker(location: MemoryLocation): Promise<void> {
    for (const candidate of this.#parts.findCandidates(location)) {
      const { endpoint, isOurs } = candidate;
      if (!isOurs || !(await this.#parts.isOwner(candidate, location))) continue;
      const exchange = await this.#parts.transport.post(endpoint, {
        body: encodeCall('worker_status', {}),
        source: undefined,
        timeoutMs: Math.min(PROBE_MS, this.#leftMs()),
        signal: this.#giveUp.signal,
      });
      if (exchange.kind !== 'answer') continue;
      throw workerRunning(location, decodeAnswer('worker_status', exchange.status, exchange.body).pid);
    }
  }

  /** Null: go on looking. */
  #errorWithoutOwner(location: MemoryLocation): GreeumError | null {
    if (this.#parts.whenNoOwner !== undefined) return this.#parts.whenNoOwner();
    // It was there a moment ago: somebody is taking over.
    if (this.#metOwner) return null;
    return this.#trouble ?? noWorker(location);
  }

  #checkTime(): void {
    if (this.#giveUp.signal.aborted || this.#leftMs() <= 0) throw this.#outOfTime();
  }

  #outOfTime(): GreeumError {
    if (this.#giveUp.signal.aborted) return gaveUp(this.#operation);
    return this.#trouble ?? timeIsUp(this.#operation, this.#options.timeoutMs);
  }

  /** The one place where an error gets its last word on the outcome. */
  #conclude(error: GreeumError): GreeumError {
    const { idempotency_key: key } = this.#input as { idempotency_key?: string };
    return this.#isOpen || error.outcome === 'unknown' ? outcomeOpen(error, key) : error;
  }

  #leaveOpen(candidate: Candidate): void {
    if (!isWriteOperation(this.#operation)) return;
    this.#isOpen = true;
    if (!candidate.isOurs) this.#tiedTo = candidate;
  }

  /** A second `stop` could stop the next owner. */
  #isRepeatable(): boolean {
    return this.#operation !== 'stop';
  }

  #leftMs(): number {
    return this.#deadline - this.#parts.timing.now();
  }

  #warnUnreachable({ endpoint, origin }: Candidate): void {
    this.#parts.warn({
      kind: 'endpoint-unreachable',
      message: `No worker answers at ${describeEndpoint(endpoint)} (${origin}); Greeum goes on without it.`,
      hint: 'Start that worker, or remove the setting; with --use-worker this is an error.',
    });
  }

  #warnBehind(reason: string): void {
    this.#parts.warn({
      kind: 'behind-team',
      message: `What others of the team wrote lately may be missing: ${reason}`,
      hint: 'Shown is what this machine had when it last reached the database.',
    });
  }

  #warnNoWorker({ dataDir }: MemoryLocation): void {
    this.#parts.warn({
      kind: 'no-worker',
      message: `No worker is running for ${dataDir}; Greeum writes to it directly.`,
      hint: 'Adding is much faster through a worker: greeum worker serve --detach',
    });
  }
}

function isConfigured({ origin }: Candidate): boolean {
  return origin !== 'socket' && origin !== 'discovery-file';
}
