/** The processes that add memories, and what they were told. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import type { AddMemoryResult } from '../protocol/operations.js';
import type { Acknowledged, ClientLine, ClientSettings } from './clientProcess.js';

/** One client in so many writes by itself while there is no owner. */
const LOCAL_WRITERS = 4;

interface Client {
  readonly process: ChildProcess;
  /** By caller: what it waited for since the kill. */
  readonly waits: Map<string, Wait>;
}

/** Milliseconds from a kill, or from the sending where that came later, until an answer was heard. */
interface Wait {
  longestMs: number;
  /** From the kill until the answer to the first write that was sent after it; null: not heard yet. */
  firstMs: number | null;
}

/** How long a kill was felt, in milliseconds. */
export interface Waits {
  /** Until anybody heard the answer to a write that was sent after it. */
  readonly firstMs: number;
  /** By caller: the longest that it waited for one answer, until it heard one to a write that was sent after the kill. */
  readonly longestMs: readonly number[];
}

export interface ClientsOptions {
  readonly dataDir: string;
  readonly seed: number;
  /** Whether all of them wait for an owner, as windows do. */
  readonly allWait: boolean;
  /** Writes that a client has under way at once. */
  readonly callersEach: number;
  readonly onlyAdds?: boolean;
  /** Where `torture-client.js` lies; default: beside this file. */
  readonly distDir?: string;
}

export class Clients {
  /** By key: the answer that was heard. */
  readonly acknowledged = new Map<string, AddMemoryResult>();
  /** Keys that were sent, heard or not. */
  readonly sent = new Set<string>();
  failed = 0;
  readonly #options: ClientsOptions;
  readonly #running: Client[] = [];
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  #started = 0;
  /** Infinity: nobody asks. */
  #killedAtMs = Infinity;
  #whenAllAnswered: (() => void) | null = null;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  start(): void {
    const name = `c${this.#started}`;
    this.#started += 1;
    const settings: ClientSettings = {
      dataDir: this.#options.dataDir,
      name,
      callers: this.#options.callersEach,
      seed: this.#options.seed * 100 + this.#started,
      onlyAdds: this.#options.onlyAdds ?? false,
      waitsForOwner: this.#options.allWait || this.#started % LOCAL_WRITERS !== 0,
    };
    const script = join(this.#options.distDir ?? __dirname, 'torture-client.js');
    const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const client: Client = { process: child, waits: new Map() };
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(client, JSON.parse(line) as ClientLine));
    this.#running.push(client);
  }

  /** Kills one of them; what it had said by then counts. */
  async kill(index: number): Promise<void> {
    const [client] = this.#running.splice(index % this.#running.length, 1);
    if (client !== undefined) await killed(client.process);
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(({ process }) => killed(process)));
  }

  /**
   * Resolves when every caller of every client has heard the answer to a write that it sent after a kill: one that it
   * sent before may have been answered by the owner that is dead now. One question at a time.
   * @param killedAtMs Unix milliseconds: the owner had its `SIGKILL` by then
   */
  async waitsSince(killedAtMs: number): Promise<Waits> {
    this.#killedAtMs = killedAtMs;
    for (const { waits } of this.#running) waits.clear();
    await new Promise<void>((resolve) => (this.#whenAllAnswered = resolve));
    this.#killedAtMs = Infinity;
    const waits = this.#running.flatMap((client) => [...client.waits.values()]);
    return {
      firstMs: Math.min(...waits.map(({ firstMs }) => firstMs ?? Infinity)),
      longestMs: waits.map(({ longestMs }) => longestMs),
    };
  }

  /** Resolves when so many more writes than now were acknowledged. */
  moreAcknowledged(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count: this.acknowledged.size + count, resolve }));
  }

  #hear(client: Client, line: ClientLine): void {
    switch (line.type) {
      case 'sent':
        this.sent.add(line.key);
        return;
      case 'failed':
        this.failed += 1;
        return;
      case 'acknowledged':
        this.acknowledged.set(line.key, line.answer);
        if (line.heardAtMs > this.#killedAtMs) noteWait(client.waits, line, this.#killedAtMs);
        this.#tellWhoWaits();
    }
  }

  #tellWhoWaits(): void {
    if (this.#running.every(({ waits }) => countAnswered(waits) === this.#options.callersEach)) {
      this.#whenAllAnswered?.();
    }
    for (const waiting of [...this.#waiting]) {
      if (this.acknowledged.size < waiting.count) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.resolve();
    }
  }
}

/** A key is its caller's name and a number. */
function callerOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

function noteWait(waits: Map<string, Wait>, line: Acknowledged, killedAtMs: number): void {
  const caller = callerOf(line.key);
  const wait = waits.get(caller) ?? { longestMs: 0, firstMs: null };
  if (wait.firstMs !== null) return;
  wait.longestMs = Math.max(wait.longestMs, line.heardAtMs - Math.max(line.sentAtMs, killedAtMs));
  if (line.sentAtMs > killedAtMs) wait.firstMs = line.heardAtMs - killedAtMs;
  waits.set(caller, wait);
}

function countAnswered(waits: ReadonlyMap<string, Wait>): number {
  return [...waits.values()].filter(({ firstMs }) => firstMs !== null).length;
}

/** `close`, not `exit`: everything it wrote has been read by then. */
async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
