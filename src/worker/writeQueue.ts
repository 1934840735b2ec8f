/**
 * The write queue: commands wait here, one consumer takes them in batches, see `commit.ts`; then every caller of the
 * batch gets its own answer or its own error. While a batch is under way, the next one gathers by itself.
 *
 * Promise: `submit` resolves only after the command is durable; the commands of one caller in the order of their
 * submission, callers in turns.
 */

import type { Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { JsonValue } from '../protocol/json.js';
import type { Commit, Committed, Outcome } from './commit.js';
import { FairQueue } from './fairQueue.js';
import { Samples } from './samples.js';

export interface QueuePorts {
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** Runs `work` once, after everything that has arrived by now was submitted. */
  schedule(work: () => void): void;
}

export interface QueueEvents {
  /** After each batch. `error`: it is not durable; undefined: it is. */
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

/** Large enough that the fsync is shared well, small enough that a batch stays under about 50 ms. */
const MAX_BATCH = 256;

export class WriteQueue {
  readonly waitMs = new Samples();
  readonly commitMs = new Samples();
  readonly batchSize = new Samples();
  readonly #commit: Commit;
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

  constructor(commit: Commit, ports: QueuePorts, events: QueueEvents) {
    this.#commit = commit;
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

  /** Resolves when nothing waits any more, and nothing is under way. */
  drained(): Promise<void> {
    if (this.#waiting.size === 0 && this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#ports.schedule(() => {
      const batch = this.#waiting.take(MAX_BATCH);
      if (batch.length === 0) return this.#goOn();
      const startMs = this.#ports.monotonicMs();
      for (const { sinceMs } of batch) this.waitMs.add(startMs - sinceMs);
      this.batchSize.add(batch.length);
      this.#inFlight = batch.length;
      const committed = this.#commit(batch.map(({ command }) => command));
      if (committed instanceof Promise) void committed.then((late) => this.#finish(batch, startMs, late));
      else this.#finish(batch, startMs, committed);
    });
  }

  #finish(batch: readonly Waiting[], startMs: number, committed: Committed): void {
    this.#inFlight = 0;
    this.commitMs.add(this.#ports.monotonicMs() - startMs);
    if (committed.isLost === true) this.#giveUp(committed.error ?? restarting());
    this.#answer(batch, committed.outcomes, committed.error);
    this.#events.onBatch(committed.error);
    this.#goOn();
  }

  #goOn(): void {
    this.#isScheduled = false;
    if (this.#waiting.size > 0) this.#schedule();
    else for (const done of this.#onDrained.splice(0)) done();
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
