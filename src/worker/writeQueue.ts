/**
 * The write queue: commands wait here, one consumer takes them in batches. A batch is one transaction with a
 * savepoint for each command, one append to the journal and one wait for the disk; then every caller of the batch
 * gets its own answer or its own error. While the disk works, the next batch gathers by itself.
 *
 * Promise: `submit` resolves only after the command's frame is on disk; the commands of one caller in the order of
 * their submission, callers in turns.
 */

import type { Change } from '../protocol/change.js';
import type { Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { JsonValue } from '../protocol/json.js';
import { decide } from '../memory/decide.js';
import type { Facts } from '../protocol/facts.js';
import { FairQueue } from './fairQueue.js';
import { Samples } from './samples.js';

/** What the queue needs of a store. */
export interface QueueStore {
  gather(command: Command): Facts;
  write(change: Change): void;
  savepoint<T>(work: () => T): T;
  transaction<T>(work: () => T, journalled: (result: T) => void): T;
  appendToJournal(changes: readonly Change[], nowMs: number): void;
}

export interface QueuePorts {
  nowMs(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** Runs `work` once, after everything that has arrived by now was submitted. */
  schedule(work: () => void): void;
}

export interface QueueEvents {
  /** After each batch. `error`: the journal refused it; undefined: it is on disk. */
  onBatch(error: GreeumError | undefined): void;
  /** The image no longer agrees with the journal: nothing may be answered from it any more. */
  onFatal(error: GreeumError): void;
}

export interface QueueCounters {
  depth: number;
  in_flight: number;
  accepted: number;
  applied: number;
  failed: number;
}

interface Waiting {
  readonly command: Command;
  readonly sinceMs: number;
  resolve(answer: JsonValue): void;
  reject(error: GreeumError): void;
}

type Outcome = { readonly answer: JsonValue; readonly change: Change | null } | { readonly error: GreeumError };

/** Large enough that the fsync is shared well, small enough that a batch stays under about 50 ms. */
const MAX_BATCH = 256;

export class WriteQueue {
  readonly waitMs = new Samples();
  readonly commitMs = new Samples();
  readonly batchSize = new Samples();
  readonly #store: QueueStore;
  readonly #ports: QueuePorts;
  readonly #events: QueueEvents;
  readonly #waiting = new FairQueue<Waiting>();
  #isScheduled = false;
  #inFlight = 0;
  #accepted = 0;
  #applied = 0;
  #failed = 0;
  #refusal: GreeumError | null = null;
  #isLost = false;
  readonly #onDrained: (() => void)[] = [];

  constructor(store: QueueStore, ports: QueuePorts, events: QueueEvents) {
    this.#store = store;
    this.#ports = ports;
    this.#events = events;
  }

  get counters(): QueueCounters {
    return {
      depth: this.#waiting.size,
      in_flight: this.#inFlight,
      accepted: this.#accepted,
      applied: this.#applied,
      failed: this.#failed,
    };
  }

  /**
   * Resolves with the command's answer when it is durable.
   * @param caller whose turn it takes
   * @throws GreeumError of the command, the disk or a refusal
   */
  submit(command: Command, caller: string): Promise<JsonValue> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    this.#accepted += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push(caller, { command, sinceMs: this.#ports.monotonicMs(), resolve, reject });
      this.#schedule();
    });
  }

  /** From now on `submit` fails with this error; null lifts it. What waits already is still written. */
  refuse(error: GreeumError | null): void {
    if (!this.#isLost) this.#refusal = error;
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#ports.schedule(() => {
      this.#isScheduled = false;
      this.#commitBatch(this.#waiting.take(MAX_BATCH));
      if (this.#waiting.size > 0) this.#schedule();
      else for (const done of this.#onDrained.splice(0)) done();
    });
  }

  #commitBatch(batch: readonly Waiting[]): void {
    if (batch.length === 0) return;
    const startMs = this.#ports.monotonicMs();
    for (const { sinceMs } of batch) this.waitMs.add(startMs - sinceMs);
    this.batchSize.add(batch.length);
    this.#inFlight = batch.length;
    const { outcomes, error } = this.#run(batch);
    this.#inFlight = 0;
    this.commitMs.add(this.#ports.monotonicMs() - startMs);
    this.#answer(batch, outcomes, error);
    this.#events.onBatch(error);
  }

  /** `error` is set when the batch as a whole is not durable. */
  #run(batch: readonly Waiting[]): { outcomes: Outcome[]; error: GreeumError | undefined } {
    const outcomes: Outcome[] = [];
    let isJournalled = false;
    try {
      this.#store.transaction(
        () => {
          for (const { command } of batch) outcomes.push(this.#apply(command));
          return outcomes.flatMap((outcome) =>
            'change' in outcome && outcome.change !== null ? [outcome.change] : [],
          );
        },
        (changes) => {
          this.#store.appendToJournal(changes, this.#ports.nowMs());
          isJournalled = true;
        },
      );
      return { outcomes, error: undefined };
    } catch (error) {
      const failure = isJournalled ? imageLost(error) : GreeumError.from(error);
      if (isJournalled) this.#giveUp(failure);
      return { outcomes, error: failure };
    }
  }

  #apply(command: Command): Outcome {
    try {
      return this.#store.savepoint(() => {
        const { answer, change } = decide(command, this.#store.gather(command));
        if (change !== null) this.#store.write(change);
        return { answer, change };
      });
    } catch (error) {
      return { error: GreeumError.from(error) };
    }
  }

  /** Decided on an image that lacks frames, the next batch would contradict the journal. So there is none. */
  #giveUp(failure: GreeumError): void {
    this.#isLost = true;
    this.#refusal = restarting();
    for (const waiting of this.#waiting.take(Number.MAX_SAFE_INTEGER)) {
      this.#failed += 1;
      waiting.reject(this.#refusal);
    }
    this.#events.onFatal(failure);
  }

  #answer(batch: readonly Waiting[], outcomes: readonly Outcome[], batchError: GreeumError | undefined): void {
    for (const [index, waiting] of batch.entries()) {
      const outcome = outcomes[index];
      const failure = outcome !== undefined && 'error' in outcome ? outcome.error : batchError;
      if (failure !== undefined) {
        this.#failed += 1;
        waiting.reject(failure);
      } else if (outcome !== undefined && 'answer' in outcome) {
        this.#applied += 1;
        waiting.resolve(outcome.answer);
      }
    }
  }
}

function restarting(): GreeumError {
  return new GreeumError('worker_stopping', 'The worker restarts after an error inside.', {
    retry: 'after-reconnect',
    hint: 'Nothing of this was written. Try again: another worker, or the local path, takes over.',
  });
}

/** Behind the journal nothing should be able to fail; if it does, the frames are on disk and the image lacks them. */
function imageLost(cause: unknown): GreeumError {
  return new GreeumError('internal', 'The write is on disk, but the worker could not go on after it and restarts.', {
    outcome: 'written',
    retry: 'same-key',
    hint: 'Ask again with the same idempotency key for its answer.',
    cause,
  });
}
