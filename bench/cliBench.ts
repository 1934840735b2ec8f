/** Whole processes, interleaved: `node -e 0`, `greeum memory add` through a worker, and with the worker absent. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { summarize, type Summary } from './measure.js';
import { memoryTexts } from './texts.js';

const RUNS = 25;
/** The program, as it is built. */
export const cli = resolve(__dirname, '../dist/cli.js');

export interface CliTimes {
  /** Milliseconds of the whole process. */
  readonly node: Summary;
  readonly withWorker: Summary;
  readonly withoutWorker: Summary;
  readonly searchWithWorker: Summary;
}

function timeProcess(args: readonly string[]): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args[0] ?? ''} ended with ${String(status)}: ${stderr}`);
  return performance.now() - startMs;
}

/** Resolves when the worker has said where it listens. */
export async function startWorker(dataDir: string): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [cli, 'worker', 'serve', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: worker.stdout }), 'line');
  return worker;
}

export async function benchCli(): Promise<CliTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const served = join(folder, 'served');
  const alone = join(folder, 'alone');
  const worker = await startWorker(served);
  const texts = memoryTexts(RUNS, 7);
  const times = {
    node: [] as number[],
    withWorker: [] as number[],
    withoutWorker: [] as number[],
    search: [] as number[],
  };
  try {
    for (const text of texts) {
      times.node.push(timeProcess(['-e', '0']));
      times.withWorker.push(timeProcess([cli, 'memory', 'add', text, '--data-dir', served, '--use-worker']));
      times.withoutWorker.push(timeProcess([cli, 'memory', 'add', text, '--data-dir', alone]));
      times.search.push(
        timeProcess([cli, 'memory', 'search', text.slice(0, 30), '--data-dir', served, '--use-worker']),
      );
    }
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    rmSync(folder, { recursive: true });
  }
  return {
    node: summarize(times.node),
    withWorker: summarize(times.withWorker),
    withoutWorker: summarize(times.withoutWorker),
    searchWithWorker: summarize(times.search),
  };
}
