/**
 * `GET /watch`: the worker's status as a stream, one JSON line at once and one at each change, at most five a second.
 * A client that loses the stream knows at once that the owner has gone.
 */

import type { ServerResponse } from 'node:http';
import type { WorkerStatus } from '../../protocol/operations.js';

const MIN_INTERVAL_MS = 200;

export interface WatchSource {
  status: () => WorkerStatus;
  onStatus: (listener: () => void) => () => void;
}

export class WatchStreams {
  readonly #source: WatchSource;
  readonly #stopListening: () => void;
  readonly #streams = new Set<ServerResponse>();
  /** Readers that have not taken the last line yet: they get the newest one when they have, and nothing in between. */
  readonly #behind = new Set<ServerResponse>();
  #lastSentAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(source: WatchSource) {
    this.#source = source;
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
      if (this.#behind.delete(res)) this.#write(res, this.#line());
    });
    this.#write(res, this.#line());
  }

  /** Ends every stream, and takes no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    for (const res of this.#streams) res.end();
  }

  #changed(): void {
    if (this.#closed || this.#timer !== undefined || this.#streams.size === 0) return;
    const waitMs = this.#lastSentAtMs + MIN_INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.#sendAll();
    else this.#timer = setTimeout(() => this.#sendAll(), waitMs);
  }

  #sendAll(): void {
    this.#timer = undefined;
    this.#lastSentAtMs = performance.now();
    const line = this.#line();
    for (const res of this.#streams) {
      if (res.writableNeedDrain) this.#behind.add(res);
      else this.#write(res, line);
    }
  }

  #write(res: ServerResponse, line: string): void {
    res.write(line);
  }

  #line(): string {
    return `${JSON.stringify(this.#source.status())}\n`;
  }
}
