import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { HostLog } from '../client/workerHost.js';

/** Two files of this size are the most a log takes. */
const MOST_BYTES = 1024 * 1024;

/** Lines with a time, for this user's eyes only. A log that cannot be written is no reason to stop working. */
export class LogFile {
  readonly #path: string;
  /** Size of the file; null before the first line. */
  #bytes: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  append(level: HostLog['level'], text: string): void {
    const line = `${new Date().toISOString()} ${level} ${text}\n`;
    try {
      let bytes = this.#bytes ?? statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > MOST_BYTES) {
        renameSync(this.#path, `${this.#path}.1`);
        bytes = 0;
      }
      appendFileSync(this.#path, line, { mode: 0o600 });
      this.#bytes = bytes + line.length;
    } catch {
      // Full disk or missing rights: the worker itself says so where it matters, in its answers.
    }
  }
}
