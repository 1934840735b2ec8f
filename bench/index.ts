/** `npm run bench`: the first budgets, side by side in one run, as a table in `docs/benchmarks.md` and JSON beside it. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { ensureCodeServer } from '../test/vscode/harness/codeServer.js';
import { benchCli } from './cliBench.js';
import { summarize, table, type Row, type Summary } from './measure.js';
import type { Round } from './queueBench.js';
import { benchStdio } from './stdioBench.js';

const root = resolve(__dirname, '..');

interface QueueRounds {
  readonly adds: number;
  readonly rounds: readonly Round[];
}

/** `node:sqlite` came with Node 22.5: an older one borrows the Node that the editor tests install. */
async function nodeWithSqlite(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 5) ? process.execPath : (await ensureCodeServer()).node;
}

function runQueueBench(node: string): QueueRounds {
  const { stdout, status } = spawnSync(node, ['--import', 'tsx', join(root, 'bench/queueBench.ts')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`queueBench ended with ${String(status)}`);
  return JSON.parse(stdout) as QueueRounds;
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

function cliRows({ node, withWorker, withoutWorker, searchWithWorker }: Awaited<ReturnType<typeof benchCli>>): Row[] {
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

function stdioRows({ node, era2025, era2026 }: Awaited<ReturnType<typeof benchStdio>>): Row[] {
  const row = (what: string, times: Summary): Row => ({
    what: `\`greeum mcp serve\` beside a worker: start to the first list of tools, ${what}`,
    value: show(times, 'ms'),
    ratio: `${(times.median / node.median).toFixed(2)} × node -e 0`,
    budget: '≤ 2.5',
  });
  return [row('2025 handshake', era2025), row('2026', era2026)];
}

async function main(): Promise<void> {
  const busy = (loadavg()[0] ?? 0).toFixed(1);
  const node = await nodeWithSqlite();
  const queue = runQueueBench(node);
  const cli = await benchCli();
  const stdio = await benchStdio();
  const rows = table([...queueRows(queue), ...cliRows(cli), ...stdioRows(stdio)]);
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  const machine = `${cpus().length} × ${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const page = `# Benchmarks

Written by \`npm run bench\`, every round of it to \`benchmarks/results.json\`. Median (5th–95th percentile) of several rounds in one run; compare the ratios, not the
times: machines differ. Memories of 300 characters; ${queue.adds} adds a round, ${queue.rounds.length} rounds.

Machine: ${machine}; load average before the run ${busy}, which is what else it was busy with. Queue and \`node:sqlite\`: Node ${version.slice(1)}. Command line: Node ${process.versions.node}.

${rows}
`;
  const results = { machine, loadBefore: busy, node: version, commandLineNode: process.version, queue, cli, stdio };
  mkdirSync(join(root, 'docs/benchmarks'), { recursive: true });
  writeFileSync(join(root, 'docs/benchmarks/results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const options = await resolveConfig(join(root, 'docs/benchmarks.md'));
  writeFileSync(join(root, 'docs/benchmarks.md'), await format(page, { ...options, parser: 'markdown' }));
  console.log(rows);
}

void main();
