/** The processes that add memories, and what they were told. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import type { AddMemoryResult } from '../protocol/operations.js';
import type { ClientLine, ClientSettings } from './clientProcess.js';

const CALLERS_EACH = 4;
/** One client in so many writes by itself while there is no owner. */
const LOCAL_WRITERS = 4;

export class Clients {
  /** By key: the answer that was heard. */
  readonly acknowledged = new Map<string, AddMemoryResult>();
  /** Keys that were sent, heard or not. */
  readonly sent = new Set<string>();
  failed = 0;
  readonly #dataDir: string;
  readonly #seed: number;
  readonly #running: ChildProcess[] = [];
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  #started = 0;

  constructor(dataDir: string, seed: number) {
    this.#dataDir = dataDir;
    this.#seed = seed;
  }

  start(): void {
    const name = `c${this.#started}`;
    this.#started += 1;
    const settings: ClientSettings = {
      dataDir: this.#dataDir,
      name,
      callers: CALLERS_EACH,
      seed: this.#seed * 100 + this.#started,
      waitsForOwner: this.#started % LOCAL_WRITERS !== 0,
    };
    const child = spawn(process.execPath, [join(__dirname, 'torture-client.js'), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(JSON.parse(line) as ClientLine));
    this.#running.push(child);
  }

  /** Kills one of them; what it had said by then counts. */
  async kill(index: number): Promise<void> {
    const [child] = this.#running.splice(index % this.#running.length, 1);
    if (child !== undefined) await killed(child);
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(killed));
  }

  /** Resolves when so many more writes than now were acknowledged. */
  moreAcknowledged(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count: this.acknowledged.size + count, resolve }));
  }

  #hear(line: ClientLine): void {
    switch (line.type) {
      case 'sent':
        this.sent.add(line.key);
        return;
      case 'failed':
        this.failed += 1;
        return;
      case 'acknowledged':
        this.acknowledged.set(line.key, line.answer);
        for (const waiting of [...this.#waiting]) {
          if (this.acknowledged.size < waiting.count) continue;
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          waiting.resolve();
        }
    }
  }
}

/** `close`, not `exit`: everything it wrote has been read by then. */
async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
