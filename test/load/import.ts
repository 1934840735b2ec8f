/**
 * `npm run test:load:import`: 100 000 lines imported through a worker, exported, imported again (all are there) and
 * previewed. The processes that read and write the files must not grow with them: what each holds resident in its last
 * third is what it held in its second, but for a share. Linux only: it reads `/proc`. `--lines` takes another number.
 */

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cliPath, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { resourcesOf } from '../support/processResources.js';

const LINES = 100_000;
const SAMPLE_MS = 50;
const MOST_GROWTH_RATIO = 1.15;
/** A run that is too short to be sampled says nothing. */
const LEAST_SAMPLES = 30;
/** Whatever the garbage collector has not got round to. */
const MOST_RESIDENT_MIB = 300;

interface Ran {
  readonly title: string;
  readonly seconds: number;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly residentMiB: readonly number[];
}

async function main(): Promise<void> {
  const { lines = String(LINES) } = parseArgs({ options: { lines: { type: 'string' } } }).values;
  const folder = scratchFolder();
  // No export goes into the memory itself.
  const dataDir = path.join(folder.path, 'memory');
  const worker = await WorkerProcess.start(dataDir);
  const [source, target] = ['notes.jsonl', 'out.jsonl'].map((name) => path.join(folder.path, name)) as [string, string];
  const at = ['--json', '--data-dir', dataDir];
  try {
    await pipeline(Readable.from(notes(Number(lines))), createWriteStream(source));
    judge(Number(lines), [
      await run('import', ['import', source, ...at]),
      await run('export', ['export', target, ...at]),
      await run('import again', ['import', target, ...at]),
      await run('preview', ['import', source, '--dry-run', ...at]),
    ]);
  } finally {
    await worker.end('SIGKILL');
    folder.remove();
  }
}

/** With tags, links between them and times, so that everything that an import remembers is remembered. */
function* notes(count: number): Generator<string> {
  for (let id = 0; id < count; id += 1) {
    const [day, second] = [1 + (Math.floor(id / 80_000) % 28), id % 80_000];
    const time = new Date(Date.UTC(2025, 0, day, 0, 0, second)).toISOString().slice(0, 19);
    const note = {
      id,
      timestamp: `${time}.${String(id % 1_000_000).padStart(6, '0')}`,
      content: `note ${id}: ${WORDS[id % WORDS.length] ?? ''} ${WORDS[(id * 7 + 3) % WORDS.length] ?? ''} ${id * 7919}`,
      tags: [`tag${id % 50}`],
      ...(id === 0 ? {} : { before: id - 1 }),
      ...(id % 10 === 9 ? { links: [{ to: id - 5, type: 'because', strength: 0.5 }] } : {}),
    };
    yield `${JSON.stringify(note)}\n`;
  }
}

const WORDS = ['deploys wait for Friday', 'the queue has one consumer', 'tabs, not spaces', 'staging is in Lisbon'];

async function run(title: string, args: readonly string[]): Promise<Ran> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new AbortController();
  const closed = once(child, 'close').finally(() => ended.abort());
  const residentMiB: number[] = [];
  while (!ended.signal.aborted) {
    await sleep(SAMPLE_MS);
    const found = child.exitCode === null && child.pid !== undefined ? residentOf(child.pid) : null;
    if (found !== null) residentMiB.push(found);
  }
  await closed;
  const answer = JSON.parse(text) as Record<string, unknown>;
  return { title, seconds: (performance.now() - startMs) / 1000, answer, residentMiB };
}

function residentOf(pid: number): number | null {
  try {
    return resourcesOf(pid)?.residentMiB || null;
  } catch {
    // It ended between the question and the answer.
    return null;
  }
}

function judge(lines: number, runs: readonly Ran[]): void {
  const problems: string[] = [];
  for (const { title, seconds, answer, residentMiB } of runs) {
    const third = Math.floor(residentMiB.length / 3);
    const [middle, late] = [median(residentMiB.slice(third, 2 * third)), median(residentMiB.slice(2 * third))];
    const most = Math.max(...residentMiB);
    const counts = ['added', 'present', 'rejected', 'memories', 'links']
      .filter((name) => answer[name] !== undefined)
      .map((name) => `${name} ${String(answer[name])}`);
    console.log(
      `${title.padEnd(13)} ${seconds.toFixed(1)} s, resident ${middle} MiB, then ${late} MiB, at most ${most} MiB ` +
        `(${residentMiB.length} samples); ${counts.join(', ')}`,
    );
    const isComplete = [answer['added'], answer['present'], answer['memories']].includes(lines);
    if (!isComplete) problems.push(`${title}: not ${lines}: ${JSON.stringify(answer)}`);
    if (residentMiB.length < LEAST_SAMPLES) problems.push(`${title}: too short to be measured`);
    else if (late > middle * MOST_GROWTH_RATIO) problems.push(`${title}: memory grew`);
    if (most > MOST_RESIDENT_MIB) problems.push(`${title}: more than ${MOST_RESIDENT_MIB} MiB`);
  }
  console.log(problems.length === 0 ? 'Flat.' : `Not as promised: ${problems.join('; ')}.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
