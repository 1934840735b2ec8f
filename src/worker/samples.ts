/** The latest measurements of one kind, and their percentiles. */

import type { Percentiles } from '../protocol/operations.js';

const WINDOW = 1024;

export class Samples {
  readonly #values = new Float64Array(WINDOW);
  #count = 0;

  add(value: number): void {
    this.#values[this.#count % WINDOW] = value;
    this.#count += 1;
  }

  /** All zero before the first measurement. Rounded to three digits. */
  percentiles(): Percentiles {
    const sorted = this.#values.slice(0, Math.min(this.#count, WINDOW)).sort();
    const at = (share: number): number => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return Math.round(value * 1000) / 1000;
    };
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}
