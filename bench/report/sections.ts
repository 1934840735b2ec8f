/** The parts of the page, each of what one part of the benchmarks kept. */

import type { LoopDelay } from '../editor/inHost.js';
import type { EditorResults } from '../editor/index.js';
import type { Amplification } from '../full/amplification.js';
import type { AtSize } from '../full/atSize.js';
import type { Period } from '../full/mixed.js';
import type { Profile } from '../full/profile.js';
import { percentile, summarize } from '../measure.js';
import type { PeerResults, PeerRound } from '../peers/index.js';
import type { RatioResults } from '../ratios.js';
import type { Chart } from './charts.js';
import { figure, megabytes, table } from './markdown.js';
import { ratioRows } from './ratioRows.js';

/** Smaller ones are not worth a row. */
const LEAST_SHARE = 0.005;

/** Charts by the name of their file. */
export interface Section {
  readonly text: string;
  readonly charts: Readonly<Record<string, Chart>>;
}

export function ratioSection(results: RatioResults): Section {
  const { adds, rounds } = results.queue;
  const rows = ratioRows(results).map(({ what, value, ratio, budget }) => [what, value, ratio, budget]);
  const text = `## Budgets

Median (5th–95th percentile) of ${rounds.length} rounds of ${adds} adds, memories of 300 characters; whole processes 25 times. Queue and
\`node:sqlite\` ran in Node ${results.queueNode.slice(1)}; the endpoint's worker, a new process each round, is warm before it is timed.

${table([['what', 'measured', 'ratio', 'budget'], ...rows])}`;
  return { text, charts: {} };
}

/** Of those that have a figure. */
function medianOf(rounds: readonly PeerRound[], pick: (round: PeerRound) => number): number {
  return percentile(rounds.map(pick).filter(Number.isFinite), 0.5);
}

export function peerSection({ filled, rounds }: PeerResults): Section {
  const names = [...new Set(rounds.map(({ peer }) => peer))];
  const callers = [...new Set(rounds.map((round) => round.callers))];
  const roundsOf = (peer: string, count: number): PeerRound[] =>
    rounds.filter((round) => round.peer === peer && round.callers === count);
  const rowOf = (peer: string, count: number): string[] => {
    const own = roundsOf(peer, count);
    const median = (pick: (round: PeerRound) => number): number => medianOf(own, pick);
    const sum = (pick: (round: PeerRound) => number): number => own.reduce((total, round) => total + pick(round), 0);
    return [
      peer,
      String(count),
      figure(median((round) => round.addsPerSecond)),
      [median(({ addMs }) => addMs.p50), median(({ addMs }) => addMs.p95), median(({ addMs }) => addMs.p99)]
        .map(figure)
        .join(' / '),
      String(sum((round) => round.refused)),
      `${sum((round) => round.found)} of ${sum((round) => round.acknowledged)}`,
      figure(median((round) => round.searchP50Ms ?? NaN)),
      figure(median((round) => round.startMs)),
      figure(median((round) => round.residentMiB ?? NaN)),
      megabytes(median((round) => round.diskBytes)),
      figure(median((round) => round.writtenPerTextByte ?? NaN)),
    ];
  };
  const head = [
    'peer',
    'callers',
    'adds/s',
    'add p50 / p95 / p99, ms',
    'refused',
    'found after `kill -9`',
    'search p50, ms',
    'start, ms',
    'resident, MiB',
    'on disk',
    'bytes written a byte of text',
  ];
  const body = callers.flatMap((count) => names.map((name) => rowOf(name, count)));
  const most = Math.max(...callers);
  const rateOf = (peer: string): number => medianOf(roundsOf(peer, most), (round) => round.addsPerSecond);
  const ratios = names.slice(1).map((name) => `${figure(rateOf(names[0] ?? '') / rateOf(name))} × as many as ${name}`);
  const text = `## Beside what people use

${filled} memories are there before the first add; each peer is a process of its own, asked by another one. What each
acknowledged, a fresh reader looks for after the process was killed; adds a second are acknowledged ones. With
${most} callers ${names[0] ?? ''} makes ${ratios.join(' and ')}.

${table([head, ...body])}`;
  return { text, charts: {} };
}

export function editorSection({ vsixBytes, rounds }: EditorResults): Section {
  const row = (what: string, pick: (round: EditorResults['rounds'][number]) => number, budget = ''): string[] => {
    const { median, p5, p95 } = summarize(rounds.map(pick));
    return [what, `${figure(median)} (${figure(p5)}–${figure(p95)})`, budget];
  };
  const delays = (when: string, pick: (round: EditorResults['rounds'][number]) => LoopDelay): string[][] => [
    row(`${when}: delay of the event loop, p50, ms`, (round) => pick(round).p50),
    row(`${when}: p99, ms`, (round) => pick(round).p99),
    row(`${when}: longest block of the main thread, ms`, (round) => pick(round).longestBlock, '≤ 15'),
  ];
  const text = `## The editor's side

A new window each of ${rounds.length} times: what the extension takes of its host's main thread to activate, and how that
thread is held up while 64 callers of another process write to the worker in its window. Median, least and
most. The package for installing has ${megabytes(vsixBytes)}.

${table([
  ['what', 'measured', 'budget'],
  row('activation, ms', ({ activationMs }) => activationMs, '≤ 50'),
  ...delays('nothing to do', ({ idle }) => idle),
  ...delays('64 writers', ({ writing }) => writing),
  row('adds a second by them', ({ addsPerSecond }) => addsPerSecond),
])}`;
  return { text, charts: {} };
}

export function sizeSection(sizes: readonly AtSize[]): Section {
  const line = (name: string, pick: (at: AtSize) => number): Chart['lines'][number] => ({
    name,
    points: sizes.map((at) => [at.memories, pick(at)]),
  });
  const x = { title: 'memories', isLogarithmic: true };
  const milliseconds = { title: 'ms', isLogarithmic: true };
  const rows = sizes.map((at) => [
    String(at.memories),
    [at.add.p50, at.add.p99, at.add.p999].map(figure).join(' / '),
    [at.addDuringCheckpoint.p50, at.addDuringCheckpoint.p99, at.addDuringCheckpoint.p999].map(figure).join(' / '),
    [at.search.p50, at.search.p95].map(figure).join(' / '),
    figure(at.openMs),
    figure(at.checkpointMs),
    `${at.residentMiB} MiB`,
    megabytes(at.databaseBytes),
    `${figure(at.diskBytes / at.memories / 1000)} kB`,
  ]);
  const head = [
    'memories',
    'add p50 / p99 / p99.9, ms',
    'while a checkpoint runs, ms',
    'search p50 / p95, ms',
    'open to first answer, ms',
    'checkpoint, ms',
    'resident',
    'memory.db',
    'on disk a memory',
  ];
  const text = `## From a thousand memories to very many

One caller in the worker; memories of 300 characters.

${table([head, ...rows])}

![Latency of adds by size](benchmarks/adds-by-size.svg)

![Opening, checkpoint and search by size](benchmarks/times-by-size.svg)

![Memory and disk by size](benchmarks/space-by-size.svg)`;
  return {
    text,
    charts: {
      'adds-by-size': {
        title: 'One add, one caller',
        x,
        y: milliseconds,
        lines: [
          line('p50', ({ add }) => add.p50),
          line('p99', ({ add }) => add.p99),
          line('p99.9', ({ add }) => add.p999),
          line('p99.9 in a checkpoint', ({ addDuringCheckpoint }) => addDuringCheckpoint.p999),
        ],
      },
      'times-by-size': {
        title: 'Opening, checkpoint, search',
        x,
        y: milliseconds,
        lines: [
          line('open', ({ openMs }) => openMs),
          line('checkpoint', ({ checkpointMs }) => checkpointMs),
          line('search p50', ({ search }) => search.p50),
          line('search p95', ({ search }) => search.p95),
        ],
      },
      'space-by-size': {
        title: 'Memory and disk',
        x,
        y: { title: 'MB', isLogarithmic: true },
        lines: [
          line('resident', ({ residentMiB }) => residentMiB * 1.048576),
          line('memory.db', ({ databaseBytes }) => databaseBytes / 1e6),
          line('all files', ({ diskBytes }) => diskBytes / 1e6),
        ],
      },
    },
  };
}

export function amplificationSection({ adds, writtenBytes, textBytes, diskBytes }: Amplification): Section {
  const text = `## What the disk is given to write

${adds} adds by 64 callers, checkpoints included: ${megabytes(writtenBytes)} were written for ${megabytes(textBytes)} of text, of which
${megabytes(diskBytes)} are on disk in the end: ${figure(writtenBytes / diskBytes)} bytes written for each that stays, ${figure(writtenBytes / textBytes)} for each byte of text.`;
  return { text, charts: {} };
}

export function mixedSection(periods: readonly Period[]): Section {
  const [first, last] = [periods[1], periods.at(-1)];
  const rows = [first, last].flatMap((period) =>
    period === undefined
      ? []
      : [
          [
            String(period.memories),
            `${figure(period.addP50Ms)} / ${figure(period.addP99Ms)}`,
            figure(period.searchP50Ms),
            `${period.residentMiB} MiB`,
            String(period.descriptors),
          ],
        ],
  );
  const line = (name: string, pick: (period: Period) => number): Chart['lines'][number] => ({
    name,
    points: periods.map((period, index) => [index + 1, pick(period)]),
  });
  const text = `## Minutes of mixed load

Eight callers through the endpoint, four calls a second each, nine adds for each search; early, and at the end. All eight
call at the same moments, so a search waits for up to seven others.

${table([['memories', 'add p50 / p99, ms', 'search p50, ms', 'resident', 'descriptors'], ...rows])}

![Latency over the time of a mixed load](benchmarks/mixed-load.svg)`;
  return {
    text,
    charts: {
      'mixed-load': {
        title: 'Mixed load',
        x: { title: 'twentieths of the time' },
        y: { title: 'ms', isLogarithmic: true },
        lines: [
          line('add p50', ({ addP50Ms }) => addP50Ms),
          line('add p99', ({ addP99Ms }) => addP99Ms),
          line('search p50', ({ searchP50Ms }) => searchP50Ms),
        ],
      },
    },
  };
}

export function profileSection({ adds, time, heap }: Profile): Section {
  const percent = (share: number): string => `${figure(100 * share)} %`;
  const listed = time.filter(({ share }) => share >= LEAST_SHARE);
  const rows = listed.map(({ area, share }) => {
    const allocated = heap.find((other) => other.area === area)?.share ?? 0;
    return [area, percent(share), percent(allocated)];
  });
  const text = `## Where the time of an add goes

The writer's thread while 64 callers make ${adds} adds; the profiles themselves are in \`benchmarks/writer.cpuprofile.gz\` and
\`benchmarks/writer.heapprofile.gz\`, for the developer tools of a browser. What follows from them, and what was tried and did not
help, is in the [checklist](perf_tuning_checklist.md).

${table([['where', 'processor time', 'memory held'], ...rows])}`;
  return { text, charts: {} };
}
