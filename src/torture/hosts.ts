/** Processes that own the directory or wait for it: what VS Code windows are, without the windows. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export class Hosts {
  readonly #dataDir: string;
  readonly #lockFile: string;
  readonly #running = new Map<number, ChildProcess>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#lockFile = join(dataDir, 'data', 'worker.lock');
  }

  /** A stdio server becomes the owner when there is none, and waits for the owner's end otherwise. */
  start(): void {
    const child = spawn(process.execPath, [join(__dirname, 'cli.js'), 'mcp', 'serve', '--data-dir', this.#dataDir], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    if (child.pid !== undefined) this.#running.set(child.pid, child);
  }

  get pids(): number[] {
    return [...this.#running.keys()];
  }

  /** Pid in the lock file, when it is one of these processes. */
  get ownerPid(): number | null {
    try {
      const pid = Number(/"pid":(\d+)/.exec(readFileSync(this.#lockFile, 'utf8'))?.[1]);
      return this.#running.has(pid) ? pid : null;
    } catch {
      // Not there yet.
      return null;
    }
  }

  /** `kill -9`. */
  async kill(pid: number): Promise<void> {
    const child = this.#running.get(pid);
    if (child === undefined) return;
    this.#running.delete(pid);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  signal(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#running.get(pid)?.kill(signal);
  }

  /** Orderly: a stdio server ends with its input. */
  async stopAll(): Promise<void> {
    const ends = [...this.#running.values()].map(async (child) => {
      const gone = once(child, 'exit');
      child.stdin?.end();
      await gone;
    });
    this.#running.clear();
    await Promise.all(ends);
  }
}
