/** Runs checkpoints: one at a time, when they are due, when writing pauses, and when somebody asks. */

import { GreeumError } from '../protocol/errors.js';
import type { FlushResult } from '../protocol/operations.js';
import type { BuiltCheckpoint } from '../storage/checkpoint.js';
import { IDLE_MS, isCheckpointDue } from './checkpointPolicy.js';

/** What a checkpoint needs of the store. */
export interface CheckpointStore {
  readonly lastSequence: number;
  readonly journalBytes: number;
  readonly databaseBytes: number;
  beginCheckpoint(): number;
  finishCheckpoint(built: BuiltCheckpoint): void;
}

export interface CheckpointPorts {
  monotonicMs(): number;
  build(throughSequence: number): Promise<BuiltCheckpoint>;
  onDone(built: BuiltCheckpoint, tookMs: number): void;
  onFailed(error: GreeumError): void;
}

export class Checkpointer {
  readonly #store: CheckpointStore;
  readonly #ports: CheckpointPorts;
  #running: Promise<FlushResult> | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
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

  /** Makes everything acknowledged so far part of `memory.db`. @throws GreeumError `checkpoint_failed`, `database_changed` */
  async flush(): Promise<FlushResult> {
    // A checkpoint under way may have begun before the latest writes.
    if (this.#running !== null) await this.#running.catch(() => undefined);
    return this.#start();
  }

  /** No further checkpoint begins by itself; resolves when the one under way is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    // Its failure was reported when it happened.
    await this.#running?.catch(() => undefined);
  }

  #restartIdleTimer(): void {
    if (this.#idleTimer === null) this.#idleTimer = setTimeout(() => this.#onIdle(), IDLE_MS).unref();
    else this.#idleTimer.refresh();
  }

  #onIdle(): void {
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
        this.#ports.onDone(built, this.#ports.monotonicMs() - startMs);
      }
      this.#lastDoneMs = this.#ports.monotonicMs();
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
      throw failure;
    }
  }
}
