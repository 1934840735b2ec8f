import { createHash } from 'node:crypto';
import type { MemoryEntry } from './entries.js';

/** Memories of one moment stand close together. */
const REMEMBERED = 10_000;

/** Counts memories of the same time and text: each of them is a memory of its own, and they cannot be told apart. */
export class Twins {
  readonly #counts = new Map<string, number>();

  /** How many like it came before. */
  count({ timestamp, content }: MemoryEntry['record']): number {
    if (timestamp === undefined) return 0;
    const key = createHash('sha256').update(`${timestamp}\n${content}`).digest('base64');
    const count = this.#counts.get(key) ?? 0;
    this.#counts.delete(key);
    this.#counts.set(key, count + 1);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > REMEMBERED && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }
}
