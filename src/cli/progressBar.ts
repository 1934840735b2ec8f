import type { TextSink } from './output.js';

const WIDTH = 24;
/** A run that ends sooner needs no bar. */
const FIRST_AFTER_MS = 500;
const EVERY_MS = 100;

/** One line on the terminal that is drawn over and over; nothing where nobody looks. */
export class ProgressBar {
  readonly #sink: TextSink;
  readonly #isShown: boolean;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #drawnAtMs: number;
  #isDrawn = false;

  /** @param isShown whether `sink` is a terminal. @param nowMs a clock that is never set back */
  constructor(sink: TextSink, isShown: boolean, nowMs = () => performance.now()) {
    this.#sink = sink;
    this.#isShown = isShown;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#drawnAtMs = this.#startMs + FIRST_AFTER_MS - EVERY_MS;
  }

  /** @param ratio 0 to 1, and no further however much a source has grown since; null: nobody knows */
  show(ratio: number | null, text: string): void {
    const nowMs = this.#nowMs();
    if (!this.#isShown || nowMs - this.#drawnAtMs < EVERY_MS) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    this.#sink.write(`\r\u001b[K${ratio === null ? '' : `${bar(ratio)} `}${text}`);
  }

  /** How many a second since the beginning. */
  rate(count: number): string {
    const seconds = (this.#nowMs() - this.#startMs) / 1000;
    return `${Math.round(count / Math.max(seconds, 0.001))}/s`;
  }

  end(): void {
    if (this.#isDrawn) this.#sink.write('\r\u001b[K');
  }
}

function bar(ratio: number): string {
  const within = Math.min(Math.max(ratio, 0), 1);
  const done = Math.round(within * WIDTH);
  return `[${'#'.repeat(done)}${'.'.repeat(WIDTH - done)}] ${Math.floor(within * 100)}%`;
}
