/**
 * `npm run bench:scale`: how fast memories are found among very many, in the worker and through the command line, what
 * the index costs the adds, and how long it takes to load and to build.
 *
 *     npm run bench:scale                          10 000 and 100 000 memories
 *     npm run bench:scale -- --memories 50000 --seed 7
 */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { rebase } from '../../src/memory/rebase.js';
import { nodeFiles } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { openMemory } from '../../src/storage/recovery.js';
import { SearchIndex } from '../../src/storage/searchIndex.js';
import { startWorker } from '../cliBench.js';
import { summarize, type Summary } from '../measure.js';
import { generateCorpus, type Corpus } from './corpus.js';
import { ownDataset } from './dataset.js';
import { addAll } from './systems.js';

const QUESTIONS = 200;
const CLI_RUNS = 20;
const ADDS = 2_000;
/** As the worker's indexer takes them. */
const STEP_BLOCKS = 64;
const cli = resolve(__dirname, '../../dist/cli.js');

async function measureSearch(
  dataDir: string,
  { questions }: Corpus,
): Promise<{ inWorker: Summary; throughCli: Summary }> {
  const worker = await startWorker(dataDir);
  const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require', whenNoOwner: () => null });
  const ask = async (query: string): Promise<number> => (await client.call('search_memory', { query })).took_ms;
  for (const question of questions.slice(0, 20)) await ask(question);
  const inWorker: number[] = [];
  for (const question of questions) inWorker.push(await ask(question));
  const throughCli = questions.slice(0, CLI_RUNS).map((question) => {
    const startMs = performance.now();
    const args = [cli, 'memory', 'search', question, '--data-dir', dataDir, '--use-worker', '--json'];
    if (spawnSync(process.execPath, args).status !== 0) throw new Error(`The search for "${question}" failed.`);
    return performance.now() - startMs;
  });
  client.close();
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  return { inWorker: summarize(inWorker), throughCli: summarize(throughCli) };
}

interface IndexTimes {
  readonly loadMs: number;
  readonly longestLoadStepMs: number;
  readonly buildMs: number;
  readonly steps: Summary;
  readonly longestStepMs: number;
  readonly millisecondsForAdds: number;
}

/** @param last the number of blocks whose indexing is what the latest adds cost */
async function measureIndex(dataDir: string, last: number): Promise<IndexTimes> {
  const layout = layoutOf(dataDir);
  const { image } = await openMemory(nodeFiles, layout, { rebase });
  const loading: number[] = [];
  const opening = SearchIndex.opening(nodeFiles, layout.index, image.sql);
  for (let stored: SearchIndex | null = null; stored === null;) {
    const startMs = performance.now();
    const step = opening.next();
    loading.push(performance.now() - startMs);
    if (step.done === true) stored = step.value;
    if (stored !== null && stored.lastBlock < 0) throw new Error('There is no stored index to load.');
  }
  const index = SearchIndex.open(null, image.sql);
  const steps: number[] = [];
  for (let isComplete = false; !isComplete;) {
    const startMs = performance.now();
    isComplete = index.catchUp(STEP_BLOCKS);
    steps.push(performance.now() - startMs);
  }
  image.close();
  const forAdds = steps.slice(-Math.ceil(last / STEP_BLOCKS));
  const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0);
  return {
    loadMs: sum(loading),
    longestLoadStepMs: Math.max(...loading),
    buildMs: sum(steps),
    steps: summarize(steps),
    longestStepMs: Math.max(...steps),
    millisecondsForAdds: sum(forAdds),
  };
}

async function bench(count: number, seed: number): Promise<void> {
  const corpus = generateCorpus(
    count + ADDS,
    QUESTIONS,
    seed,
    ownDataset().memories.map(({ text }) => text),
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'greeum-scale-'));
  try {
    await addAll(dataDir, corpus.memories.slice(0, count));
    const addStart = performance.now();
    const opened = await addAll(dataDir, []).then(() => performance.now() - addStart);
    const startMs = performance.now();
    await addAll(dataDir, corpus.memories.slice(count));
    const addsMs = performance.now() - startMs - opened;
    const { inWorker, throughCli } = await measureSearch(dataDir, corpus);
    const index = await measureIndex(dataDir, ADDS);
    const ms = ({ median, p95 }: Summary): string => `${median.toFixed(1)} / ${p95.toFixed(1)} ms`;
    console.log(
      [
        `${count} memories, seed ${seed}`,
        `  search in the worker, p50 / p95        ${ms(inWorker)}`,
        `  search through the CLI, whole process  ${ms(throughCli)}`,
        `  ${ADDS} adds without the index          ${addsMs.toFixed(0)} ms; indexing them ${index.millisecondsForAdds.toFixed(0)} ms ` +
          `(${((100 * index.millisecondsForAdds) / addsMs).toFixed(1)} %)`,
        `  index: loaded in                       ${index.loadMs.toFixed(0)} ms, longest step ${index.longestLoadStepMs.toFixed(1)} ms`,
        `  index: built in                        ${index.buildMs.toFixed(0)} ms, by steps of ${ms(index.steps)}, longest ${index.longestStepMs.toFixed(1)} ms`,
      ].join('\n'),
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { memories: { type: 'string' }, seed: { type: 'string' } } });
  const sizes = values.memories === undefined ? [10_000, 100_000] : [Number(values.memories)];
  for (const size of sizes) await bench(size, Number(values.seed ?? 1));
}

void main();
