/**
 * `GET /watch`: the worker's status as a stream, one JSON line at once and one at each change, at most five a second.
 * A client that loses the stream knows at once that the owner has gone.
 */

import type { ServerResponse } from 'node:http';
import type { WorkerStatus } from '../../protocol/operations.js';

export interface WatchSource {
  status: () => WorkerStatus;
  onStatus: (listener: () => void) => () => void;
}

/** The time, so that a test can choose it. */
export interface Clock {
  nowMs: () => number;
  /** Returns what cancels it. */
  schedule: (delayMs: number, run: () => void) => () => void;
}

const systemClock: Clock = {
  nowMs: () => performance.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

export class WatchStreams {
  readonly #minIntervalMs: number;
  readonly #clock: Clock;
  readonly #source: WatchSource;
  readonly #stopListening: () => void;
  readonly #streams = new Set<ServerResponse>();
  /** Readers that have not taken the last line yet: they get the newest one when they have, and nothing in between. */
  readonly #behind = new Set<ServerResponse>();
  #lastSentAtMs = -Infinity;
  #cancelNext: (() => void) | undefined;
  #closed = false;

  constructor(source: WatchSource, minIntervalMs: number, clock: Clock = systemClock) {
    this.#source = source;
    this.#minIntervalMs = minIntervalMs;
    this.#clock = clock;
    this.#stopListening = source.onStatus(() => this.#changed());
  }

  add(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    if (this.#closed) {
      res.end();
      return;
    }
    this.#streams.add(res);
    res.once('close', () => {
      this.#streams.delete(res);
      this.#behind.delete(res);
    });
    res.on('drain', () => {
      if (this.#behind.delete(res)) res.write(this.#line());
    });
    res.write(this.#line());
  }

  /** Ends every stream, and takes no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#cancelNext?.();
    for (const res of this.#streams) res.end();
  }

  #changed(): void {
    if (this.#closed || this.#cancelNext !== undefined || this.#streams.size === 0) return;
    const waitMs = this.#lastSentAtMs + this.#minIntervalMs - this.#clock.nowMs();
    if (waitMs <= 0) this.#sendAll();
    else this.#cancelNext = this.#clock.schedule(waitMs, () => this.#sendAll());
  }

  #sendAll(): void {
    this.#cancelNext = undefined;
    this.#lastSentAtMs = this.#clock.nowMs();
    const line = this.#line();
    for (const res of this.#streams) {
      if (res.writableNeedDrain) this.#behind.add(res);
      else res.write(line);
    }
  }

  #line(): string {
    return `${JSON.stringify(this.#source.status())}\n`;
  }
}
