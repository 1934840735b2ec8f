/** Races of real processes for the ownership lock, with some of them killed, and what their notes say afterwards. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';

import type { RaceOrder } from '../../scripts/lockRacer.js';
import type { Random } from './random.js';

const ROOT = resolve(__dirname, '../..');
/** Holding takes at most this long; a kill comes at any time within a few of them. */
const MOST_HOLD_US = 1_500;

export interface RaceOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly races: number;
  readonly processes: number;
  readonly random: Random;
  /** How likely a race is to have one of its processes killed. */
  readonly killRatio: number;
  onRace?: (done: number) => void;
}

export interface Ownership {
  readonly epoch: number;
  readonly from: bigint;
  /** The last instant at which it certainly held the lock: a process that was killed held it for longer. */
  readonly to: bigint;
  readonly wasCutShort: boolean;
}

export interface RaceResult {
  readonly races: number;
  readonly kills: number;
  /** In the order of their beginnings. */
  readonly owners: readonly Ownership[];
}

export async function runLockRaces(options: RaceOptions): Promise<RaceResult> {
  const { folder, races, processes, random, killRatio } = options;
  const script = await bundleRacer(folder);
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  writeFileSync(join(folder, 'epoch'), '000000000000');
  let started = 0;
  const startRacer = (): Promise<Racer> =>
    Racer.start([script, join(folder, 'worker.lock'), join(folder, 'epoch'), join(logs, `${++started}.log`)]);
  const racers = await Promise.all(Array.from({ length: processes }, startRacer));
  let kills = 0;
  try {
    for (let done = 0; done < races; done += 1) {
      const victim = random.next() < killRatio ? random.below(processes) : -1;
      const diesOwning = random.next() < 0.5;
      const racing = racers.map((racer, index) => {
        const holdUs = random.below(MOST_HOLD_US);
        return racer.race({ holdUs, dieAfterUs: index === victim && diesOwning ? random.below(holdUs + 1) : null });
      });
      if (victim >= 0) {
        // Not waiting for a condition: the instant of the kill is what is drawn by lot.
        if (diesOwning) await racing[victim];
        else await new Promise((resume) => setTimeout(resume, random.below(processes * 2)));
        await (racers[victim] as Racer).kill();
        kills += 1;
        racers[victim] = await startRacer();
      }
      await Promise.all(racing);
      options.onRace?.(done + 1);
    }
  } finally {
    await Promise.all(racers.map((racer) => racer.kill()));
  }
  return {
    races,
    kills,
    owners: readdirSync(logs)
      .flatMap((name) => ownerships(join(logs, name)))
      .sort(byBeginning),
  };
}

/** Pairs of owners that certainly held the lock at the same time, or began the same epoch or an older one. */
export function conflicts(owners: readonly Ownership[]): string[] {
  return owners.slice(1).flatMap((next, index) => {
    const before = owners[index] as Ownership;
    const found: string[] = [];
    if (next.from < before.to) {
      found.push(`epochs ${before.epoch} and ${next.epoch} overlap by ${before.to - next.from} ns`);
    }
    // Killed between its note and the file of the epoch, an owner leaves its number to the next one.
    const isHandedOn = before.wasCutShort && next.epoch === before.epoch;
    if (next.epoch <= before.epoch && !isHandedOn) found.push(`epoch ${next.epoch} came after epoch ${before.epoch}`);
    return found;
  });
}

function byBeginning(a: Ownership, b: Ownership): number {
  return a.from < b.from ? -1 : 1;
}

function ownerships(logPath: string): Ownership[] {
  const owners: Ownership[] = [];
  for (const line of readFileSync(logPath, 'utf8').split('\n')) {
    const [word, ...rest] = line.split(' ');
    const last = owners.at(-1);
    if (word === 'own') {
      const from = BigInt(rest[1] ?? 0);
      owners.push({ epoch: Number(rest[0]), from, to: from, wasCutShort: true });
    } else if (last !== undefined && (word === 'hold' || word === 'free')) {
      owners[owners.length - 1] = { ...last, to: BigInt(rest[0] ?? 0), wasCutShort: word !== 'free' };
    }
  }
  return owners;
}

/** One file that Node starts without a loader. */
async function bundleRacer(folder: string): Promise<string> {
  const outfile = join(folder, 'lockRacer.js');
  await build({
    entryPoints: [join(ROOT, 'scripts/lockRacer.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
    plugins: [
      {
        name: 'native-locks',
        setup: (bundling) =>
          bundling.onResolve({ filter: /^fs-native-extensions$/ }, () => ({
            path: require.resolve('fs-native-extensions'),
            external: true,
          })),
      },
    ],
  });
  return outfile;
}

class Racer {
  readonly #child: ChildProcess;
  #onDone: ((error?: Error) => void) | null = null;
  #mayDie = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(args: readonly string[]): Promise<Racer> {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const racer = new Racer(child);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', () => racer.#finish());
    child.once('exit', (code) => racer.#finish(racer.#mayDie ? undefined : new Error(`a racer ended with ${code}`)));
    child.stdin.on('error', () => undefined);
    return racer;
  }

  /** Resolves when it has held the lock and let go, or is dead. */
  race(order: RaceOrder): Promise<void> {
    this.#mayDie ||= order.dieAfterUs !== null;
    return new Promise((resume, reject) => {
      this.#onDone = (error) => (error === undefined ? resume() : reject(error));
      this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    });
  }

  async kill(): Promise<void> {
    this.#mayDie = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #finish(error?: Error): void {
    this.#onDone?.(error);
    this.#onDone = null;
  }
}
