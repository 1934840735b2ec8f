import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadBundle } from '../client/distFiles.js';
import { FAULTS, isWhole, type Fault, type Spread, type TortureReport } from '../torture/options.js';
import type { TortureModule } from '../torture/torture.js';
import { command, InvalidValue, type CommandSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import type { Shell } from './shell.js';
import { wholeNumber } from './values.js';

interface TortureCommandOptions {
  rounds?: number;
  clients?: number;
  killRate?: number;
  prefill?: number;
  seed?: number;
  faults?: readonly Fault[];
  dataDir?: string;
  allWait?: true;
  keep?: true;
}

const DEFAULTS = { rounds: 20, clients: 8, killRate: 25, prefill: 0 };

export const TORTURE_COMMAND: CommandSpec = command<TortureCommandOptions>({
  name: 'torture',
  says: 'kill workers and clients again and again, and check that nothing acknowledged is lost',
  options: [
    { flags: '--rounds <number>', says: `faults to make (default: ${DEFAULTS.rounds})`, read: countFrom(1) },
    { flags: '--clients <number>', says: `processes that write (default: ${DEFAULTS.clients})`, read: countFrom(1) },
    {
      flags: '--kill-rate <number>',
      says: `faults for every 1 000 acknowledged writes (default: ${DEFAULTS.killRate})`,
      read: rate,
    },
    { flags: '--prefill <number>', says: 'memories to add before the first fault', read: wholeNumber },
    { flags: '--seed <number>', says: 'makes the choices of an earlier run again', read: countFrom(0) },
    { flags: '--faults <list>', says: `which faults, by comma (default: all): ${FAULTS.join(', ')}`, read: readFaults },
    { flags: '--all-wait', says: 'no client writes by itself while there is no worker' },
    { flags: '--keep', says: 'leave the scratch directory for a look' },
  ],
  run: torture,
});

async function torture(shell: Shell, options: TortureCommandOptions): Promise<void> {
  const { rounds, clients, killRate, prefill } = { ...DEFAULTS, ...options };
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'greeum-torture-'));
  shell.output.note(`greeum: torture with seed ${seed} in ${dataDir}`);
  const { runTorture } = loadBundle('torture.js') as TortureModule;
  const report = await runTorture({
    dataDir: path.resolve(dataDir),
    rounds,
    clients,
    killRate,
    prefill,
    seed,
    faults: options.faults ?? FAULTS,
    allWait: options.allWait === true,
    onProgress: (line) => shell.output.note(line),
  });
  const whole = isWhole(report);
  if (!whole) shell.setExitCode(EXIT.failed);
  // What went wrong can only be understood with the files.
  if (whole && options.keep === undefined && options.dataDir === undefined) rmSync(dataDir, { recursive: true });
  shell.output.result(report, () => describeReport(report, whole));
}

function describeReport(report: TortureReport, whole: boolean): string {
  const rows: readonly (readonly [string, string | number])[] = [
    ['rounds', report.rounds],
    ['acknowledged', report.acknowledged],
    ['found', report.found],
    ['doubled', report.doubled],
    ['missing', report.missing],
    ['half written', report.half],
    ['changed answers', report.changedAnswers],
    ['never heard of, whole', report.unheard],
    ['failed writes', report.failedWrites],
    ['kills', report.kills],
    ['suspensions', report.suspensions],
    ['takeovers', report.takeovers],
    ['worst takeover', `${report.firstAnswerMs.worst} ms`],
    ['owners (epochs)', report.epochs],
    ['first answer after a kill', describeSpread(report.firstAnswerMs)],
    ['each caller’s longest wait', describeSpread(report.longestWaitMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const verdict = whole ? 'Every promise held.' : `A promise was broken (seed ${report.seed}).`;
  return [...table, '', ...report.problems, verdict].join('\n');
}

function describeSpread({ median, p90, p99, worst }: Spread): string {
  return `${median} ms (median), ${p90} ms (90 of 100), ${p99} ms (99 of 100), ${worst} ms (worst)`;
}

function countFrom(least: number): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text);
    if (value < least) throw new InvalidValue(`It must be ${least} or more.`);
    return value;
  };
}

/** May be a fraction: 0.5 is one fault in 2 000 writes. */
function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000)) throw new InvalidValue('It must be above 0, and 1000 at most.');
  return value;
}

function readFaults(list: string): readonly Fault[] {
  return list.split(',').map((name) => {
    const fault = FAULTS.find((known) => known === name.trim());
    if (fault === undefined) throw new InvalidValue(`"${name}" is not one of ${FAULTS.join(', ')}.`);
    return fault;
  });
}
