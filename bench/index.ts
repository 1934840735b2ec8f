/**
 * `npm run bench`: the budgets, and Greeum beside its peers, in minutes. `npm run bench:full`: also the editor's side, the
 * scale series, what the disk is given to write, minutes of mixed load, and profiles. Results are kept in `docs/benchmarks/` and shown in
 * `docs/benchmarks.md`.
 *
 *     npm run bench -- --only peers
 *     npm run bench:full -- --sizes 1000,10000 --minutes 1
 *     npm run bench -- --check          compares the ratios with those that are kept, and keeps nothing
 *
 * `GREEUM_BENCH_PYTHON` names Python Greeum's command, to have it measured as a peer.
 */

import { parseArgs } from 'node:util';

import { checkRatios } from './check.js';
import { benchEditor } from './editor/index.js';
import { benchAmplification } from './full/amplification.js';
import { benchMixed } from './full/mixed.js';
import { benchProfile } from './full/profile.js';
import { benchSizes } from './full/sizes.js';
import { benchPeers } from './peers/index.js';
import { benchRatios } from './ratios.js';
import { writePage } from './report/page.js';
import { record, resultsFolder } from './report/record.js';

const OPTIONS = {
  full: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  only: { type: 'string' },
  sizes: { type: 'string', default: '1000,10000,100000,300000' },
  adds: { type: 'string', default: '50000' },
  minutes: { type: 'string', default: '10' },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.check) return checkRatios(await benchRatios());
  const isWanted = (part: string, isInMinutes: boolean): boolean =>
    values.only === undefined ? isInMinutes || values.full : values.only === part;

  if (isWanted('ratios', true)) await record('ratios', benchRatios);
  if (isWanted('peers', true)) await record('peers', () => benchPeers(process.env['GREEUM_BENCH_PYTHON']));
  if (isWanted('editor', false)) await record('editor', benchEditor);
  if (isWanted('sizes', false)) await record('sizes', () => benchSizes(values.sizes.split(',').map(Number)));
  if (isWanted('amplification', false)) await record('amplification', () => benchAmplification(Number(values.adds)));
  if (isWanted('mixed', false)) await record('mixed', () => benchMixed(Number(values.minutes)));
  if (isWanted('profile', false)) await record('profile', () => benchProfile(resultsFolder));
  await writePage();
}

void main();
