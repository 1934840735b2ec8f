/**
 * One process of the races in `lockRaces.ts`. For each order on stdin it takes the ownership lock as soon as it can,
 * begins a new epoch, holds the lock for a while and lets go. What it holds, it notes in a log of its own, so that a
 * `kill -9` takes no note back: `own <epoch> <ns>`, again and again `hold <ns>`, and `free <ns>`.
 */

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { nodeFiles } from '../src/storage/files.js';
import { OwnershipLock } from '../src/worker/ownership.js';

/** What the parent says, one line of JSON each. */
export interface RaceOrder {
  readonly holdUs: number;
  /** Kills itself after so long in possession, as `kill -9` would. */
  readonly dieAfterUs: number | null;
}

const [lockPath, epochPath, logPath] = process.argv.slice(2) as [string, string, string];
const WAIT_MS = 20_000;

async function race({ holdUs, dieAfterUs }: RaceOrder, log: number): Promise<void> {
  // As a local writer, because nobody waits for a worker's lock.
  const holder = { pid: process.pid, role: 'local' } as const;
  const lock = await OwnershipLock.acquireSoon(nodeFiles, lockPath, holder, WAIT_MS);
  const takenAt = process.hrtime.bigint();
  const epoch = Number(readFileSync(epochPath, 'utf8')) + 1;
  writeSync(log, `own ${epoch} ${takenAt}\n`);
  writeFileSync(epochPath, String(epoch).padStart(12, '0'), { flag: 'r+' });
  for (const endsAt = takenAt + BigInt(1_000 * holdUs); ;) {
    const now = process.hrtime.bigint();
    writeSync(log, `hold ${now}\n`);
    if (dieAfterUs !== null && now - takenAt >= BigInt(1_000 * dieAfterUs)) process.kill(process.pid, 'SIGKILL');
    if (now >= endsAt) break;
  }
  writeSync(log, `free ${process.hrtime.bigint()}\n`);
  lock.release();
}

async function main(): Promise<void> {
  const log = openSync(logPath, 'a');
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    await race(JSON.parse(line) as RaceOrder, log);
    process.stdout.write('done\n');
  }
  closeSync(log);
}

void main();
