/** The table of budgets, of what `ratios.ts` measured. */

import type { CliTimes } from '../cliBench.js';
import { summarize, type Summary } from '../measure.js';
import type { QueueRounds, Round } from '../queueBench.js';
import type { RatioResults } from '../ratios.js';
import type { StdioTimes } from '../stdioBench.js';

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly ratio: string;
  readonly budget: string;
}

export function ratioRows({ queue, cli, stdio }: RatioResults): Row[] {
  return [...queueRows(queue), ...cliRows(cli), ...stdioRows(stdio)];
}

function show({ median, p5, p95 }: Summary, unit: string, digits = 0): string {
  return `${median.toFixed(digits)} ${unit} (${p5.toFixed(digits)}–${p95.toFixed(digits)})`;
}

function ratios(values: readonly number[]): string {
  return summarize(values).median.toFixed(2);
}

function queueRows({ adds, rounds }: QueueRounds): Row[] {
  const of = (pick: (round: Round) => number): number[] => rounds.map(pick);
  return [
    {
      what: '`node:sqlite`, WAL, FULL: the same rows, one transaction an add',
      value: show(summarize(of((round) => round.sqlite)), 'adds/s'),
      ratio: '1',
      budget: '',
    },
    {
      what: '`node:sqlite`, WAL, NORMAL: the latest may be lost in a power cut',
      value: show(summarize(of((round) => round.sqliteNormal)), 'adds/s'),
      ratio: `${ratios(of((round) => round.sqliteNormal / round.sqlite))} × FULL`,
      budget: '',
    },
    {
      what: 'WriteQueue, 64 callers',
      value: show(summarize(of((round) => round.sixtyFour)), 'adds/s'),
      ratio: `${ratios(of((round) => round.sixtyFour / round.sqlite))} × node:sqlite`,
      budget: '≥ 3',
    },
    {
      what: '64 callers through the endpoint, from another process',
      value: show(summarize(of((round) => round.endpoint)), 'adds/s'),
      ratio: `${ratios(of((round) => round.endpoint / round.sqlite))} × node:sqlite`,
      budget: '≥ 2',
    },
    {
      what: 'acknowledged by the endpoint, then `kill -9`: not found',
      value: `${of((round) => round.lost).reduce((sum, lost) => sum + lost, 0)} of ${adds * rounds.length}`,
      ratio: '',
      budget: '0',
    },
    {
      what: 'WriteQueue, 1 caller',
      value: show(summarize(of((round) => round.one)), 'adds/s'),
      ratio: `${ratios(of((round) => round.one / round.sqlite))} × node:sqlite`,
      budget: '',
    },
    {
      what: 'append + fdatasync of the same bytes, p50',
      value: show(summarize(of((round) => round.floorP50Ms)), 'ms', 2),
      ratio: '1',
      budget: '',
    },
    {
      what: 'WriteQueue, 1 caller, p50 of an add',
      value: show(summarize(of((round) => round.oneP50Ms)), 'ms', 2),
      ratio: `${ratios(of((round) => round.oneP50Ms / round.floorP50Ms))} × floor`,
      budget: '≤ 2.5',
    },
  ];
}

function cliRows({ node, withWorker, withoutWorker, searchWithWorker }: CliTimes): Row[] {
  const row = (what: string, times: Summary, budget: string): Row => ({
    what,
    value: show(times, 'ms'),
    ratio: `${(times.median / node.median).toFixed(2)} × node -e 0`,
    budget,
  });
  return [
    { what: '`node -e 0`, whole process', value: show(node, 'ms'), ratio: '1', budget: '' },
    row('`greeum memory add` through a worker', withWorker, '≤ 1.7'),
    row('`greeum memory search` through a worker', searchWithWorker, ''),
    row('`greeum memory add` without a worker', withoutWorker, ''),
  ];
}

function stdioRows({ node, era2025, era2026 }: StdioTimes): Row[] {
  const row = (what: string, times: Summary): Row => ({
    what: `\`greeum mcp serve\` beside a worker: start to the first list of tools, ${what}`,
    value: show(times, 'ms'),
    ratio: `${(times.median / node.median).toFixed(2)} × node -e 0`,
    budget: '≤ 2.5',
  });
  return [row('2025 handshake', era2025), row('2026', era2026)];
}
