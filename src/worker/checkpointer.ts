/** Runs checkpoints: one at a time, when they are due, when writing pauses, and when somebody asks. */

import { GreeumError } from '../protocol/errors.js';
import type { FlushResult } from '../protocol/operations.js';
import type { BuiltCheckpoint } from '../storage/checkpoint.js';
import { AFTER_OPEN_MS, idleDelayMs, isCheckpointDue, MANY_REPLAYED_FRAMES } from './checkpointPolicy.js';

/** What a checkpoint needs of the store. */
export interface CheckpointStore {
  readonly lastSequence: number;
  readonly journalBytes: number;
  readonly databaseBytes: number;
  beginCheckpoint(): number;
  finishCheckpoint(built: BuiltCheckpoint): void;
}

export interface Timer {
  close(): void;
}

export interface CheckpointPorts {
  monotonicMs(): number;
  /** Runs `work` once; keeps no process alive. */
  startTimer(work: () => void, delayMs: number): Timer;
  build(throughSequence: number): Promise<BuiltCheckpoint>;
  onDone(built: BuiltCheckpoint, tookMs: number): void;
  onFailed(error: GreeumError): void;
}

export class Checkpointer {
  readonly #store: CheckpointStore;
  readonly #ports: CheckpointPorts;
  #running: Promise<FlushResult> | null = null;
  #idleTimer: Timer | null = null;
  #afterOpenTimer: Timer | null = null;
  #appliedSequence: number;
  #count = 0;
  #lastDoneMs: number | null = null;
  #lastFailedMs: number | null = null;
  #isClosed = false;

  /** @param appliedSequence what `memory.db` holds at the start */
  constructor(store: CheckpointStore, ports: CheckpointPorts, appliedSequence: number) {
    this.#store = store;
    this.#ports = ports;
    this.#appliedSequence = appliedSequence;
  }

  get count(): number {
    return this.#count;
  }

  get msSinceLast(): number | null {
    return this.#lastDoneMs === null ? null : this.#ports.monotonicMs() - this.#lastDoneMs;
  }

  /** To be called once, when the store was opened. */
  afterOpen(): void {
    if (this.#store.lastSequence - this.#appliedSequence < MANY_REPLAYED_FRAMES) return;
    this.#afterOpenTimer = this.#ports.startTimer(() => this.#whenPending(), AFTER_OPEN_MS);
  }

  /** To be called after each batch. */
  afterBatch(): void {
    if (this.#isClosed) return;
    const now = this.#ports.monotonicMs();
    const isDue = isCheckpointDue({
      journalBytes: this.#store.journalBytes,
      imageBytes: this.#store.databaseBytes,
      framesSinceCheckpoint: this.#store.lastSequence - this.#appliedSequence,
      msSinceFailure: this.#lastFailedMs === null ? null : now - this.#lastFailedMs,
    });
    if (isDue) this.#startUnasked();
    this.#restartIdleTimer();
  }

  /**
   * Makes everything acknowledged so far part of `memory.db`.
   * @throws GreeumError `checkpoint_failed`, `database_changed`, `worker_stopping`
   */
  async flush(): Promise<FlushResult> {
    // A checkpoint under way may have begun before the latest writes.
    if (this.#running !== null) await this.#running.catch(() => undefined);
    if (this.#isClosed) throw stopping();
    return this.#start();
  }

  /** No further checkpoint begins by itself; resolves when the one under way is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleTimer?.close();
    this.#afterOpenTimer?.close();
    // Its failure was reported when it happened.
    await this.#running?.catch(() => undefined);
  }

  #restartIdleTimer(): void {
    this.#idleTimer?.close();
    const delayMs = idleDelayMs(this.#store.databaseBytes, this.msSinceLast);
    this.#idleTimer = this.#ports.startTimer(() => this.#whenPending(), delayMs);
  }

  #whenPending(): void {
    if (!this.#isClosed && this.#store.lastSequence > this.#appliedSequence) this.#startUnasked();
  }

  #startUnasked(): void {
    // `onFailed` has told of a failure; nobody waits for this one.
    this.#start().catch(() => undefined);
  }

  #start(): Promise<FlushResult> {
    this.#running ??= this.#checkpoint().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #checkpoint(): Promise<FlushResult> {
    const startMs = this.#ports.monotonicMs();
    try {
      if (this.#store.lastSequence > this.#appliedSequence) {
        const built = await this.#ports.build(this.#store.beginCheckpoint());
        this.#store.finishCheckpoint(built);
        this.#appliedSequence = built.sequence;
        this.#count += 1;
        this.#lastDoneMs = this.#ports.monotonicMs();
        this.#ports.onDone(built, this.#ports.monotonicMs() - startMs);
      }
      this.#lastFailedMs = null;
      return {
        status: 'flushed',
        applied_sequence: this.#appliedSequence,
        database_bytes: this.#store.databaseBytes,
      };
    } catch (error) {
      this.#lastFailedMs = this.#ports.monotonicMs();
      const failure = GreeumError.from(error, 'written');
      this.#ports.onFailed(failure);
      // Tried again even if nothing more is written.
      if (!this.#isClosed) this.#restartIdleTimer();
      throw failure;
    }
  }
}

function stopping(): GreeumError {
  return new GreeumError('worker_stopping', 'The worker is stopping.', {
    retry: 'after-reconnect',
    hint: 'Nothing is lost: the journal holds every acknowledged write.',
  });
}
