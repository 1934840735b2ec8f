/** Processes that own the directory or come to: three windows, and the server that an agent has started. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each is started anew when it was killed. */
const KINDS = ['window', 'window', 'window', 'server'] as const;
type Kind = (typeof KINDS)[number];

interface Host {
  readonly kind: Kind;
  readonly process: ChildProcess;
}

export class Hosts {
  readonly #dataDir: string;
  readonly #lockFile: string;
  readonly #running = new Map<number, Host>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#lockFile = join(dataDir, 'data', 'worker.lock');
  }

  startAll(): void {
    for (const kind of KINDS) this.start(kind);
  }

  /** A window stands by while another process owns; a stdio server only carries lines until it notices a need. */
  start(kind: Kind): void {
    const args =
      kind === 'window'
        ? [join(__dirname, 'torture-host.js'), this.#dataDir]
        : [join(__dirname, 'cli.js'), 'mcp', 'serve', '--data-dir', this.#dataDir];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    if (child.pid !== undefined) this.#running.set(child.pid, { kind, process: child });
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

  /** `kill -9`. @returns what it was */
  async kill(pid: number): Promise<Kind> {
    const host = this.#running.get(pid);
    if (host === undefined) throw new Error(`${pid} is none of the hosts.`);
    this.#running.delete(pid);
    const gone = once(host.process, 'exit');
    host.process.kill('SIGKILL');
    await gone;
    return host.kind;
  }

  signal(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#running.get(pid)?.process.kill(signal);
  }

  /** Orderly: each of them ends with its input. */
  async stopAll(): Promise<void> {
    const ends = [...this.#running.values()].map(async ({ process: child }) => {
      const gone = once(child, 'exit');
      child.stdin?.end();
      await gone;
    });
    this.#running.clear();
    await Promise.all(ends);
  }
}
