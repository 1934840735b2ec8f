import type { Disposable } from '../client/emitter.js';
import { systemTiming, type Timing } from '../client/timing.js';
import type { WorkerStatus } from '../protocol/operations.js';

/** Fires when a worker has had no client and taken no write for a while. */
export class IdleExit implements Disposable {
  readonly #afterMs: number;
  readonly #onIdle: () => void;
  readonly #timing: Timing;
  #timer: Disposable | null = null;
  #accepted = 0;

  constructor(afterMs: number, onIdle: () => void, timing: Timing = systemTiming) {
    this.#afterMs = afterMs;
    this.#onIdle = onIdle;
    this.#timing = timing;
    this.#rearm();
  }

  /** To be called with each status; a client that stays connected keeps the worker. */
  see({ clients, queue }: WorkerStatus): void {
    if (clients > 0) {
      this.#timer?.dispose();
      this.#timer = null;
    } else if (this.#timer === null || queue.accepted !== this.#accepted) {
      this.#rearm();
    }
    this.#accepted = queue.accepted;
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #rearm(): void {
    this.#timer?.dispose();
    this.#timer = this.#timing.schedule(this.#afterMs, this.#onIdle);
  }
}
