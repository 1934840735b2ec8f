/**
 * `npm run test:lock-races`: eight processes race for the ownership lock, again and again, and some are killed while
 * they hold it. Never two owners at once: no two intervals overlap, no epoch comes twice. `--races`, `--processes`,
 * `--seed`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { conflicts, runLockRaces } from '../test/support/lockRaces.js';
import { chooseSeed, seededRandom } from '../test/support/random.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      races: { type: 'string', default: '1000' },
      processes: { type: 'string', default: '8' },
      seed: { type: 'string', default: String(chooseSeed()) },
    },
  });
  const races = Number(values.races);
  const folder = mkdtempSync(join(tmpdir(), 'greeum-races-'));
  const startedMs = performance.now();
  console.log(`seed ${values.seed}`);
  try {
    const { owners, kills } = await runLockRaces({
      folder,
      races,
      processes: Number(values.processes),
      random: seededRandom(Number(values.seed)),
      killRatio: 0.5,
      onRace: (done) => done % 100 === 0 && console.log(`${done} races`),
    });
    const found = conflicts(owners);
    console.table({
      races,
      processes: Number(values.processes),
      owners: owners.length,
      kills,
      'killed while owning': owners.filter(({ wasCutShort }) => wasCutShort).length,
      'two owners at once': found.length,
      seconds: Math.round((performance.now() - startedMs) / 1000),
    });
    for (const conflict of found) console.log(conflict);
    if (found.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
