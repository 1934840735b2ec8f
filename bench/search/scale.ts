/**
 * `npm run bench:scale`: how fast memories are found among very many, in the worker and through the command line, also
 * with slips and with questions that mean harm; what the index costs the adds, and how long it takes to load and to
 * build. Beside each figure stands its budget; the exit code is 1 when one of them is missed.
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
import type { SearchMemoryResult } from '../../src/protocol/operations.js';
import { nodeFiles } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { openMemory } from '../../src/storage/recovery.js';
import { SearchIndex } from '../../src/storage/searchIndex.js';
import { Indexer } from '../../src/worker/indexer.js';
import { openBenchWriter } from '../benchWriter.js';
import { startWorker } from '../cliBench.js';
import { drive, summarize, type Summary } from '../measure.js';
import { generateCorpus, type Corpus } from './corpus.js';
import { ownDataset } from './dataset.js';
import { addAll } from './systems.js';

const QUESTIONS = 200;
const CLI_RUNS = 20;
const ROUNDS = 8;
const ADDS_A_ROUND = 500;
const CALLERS = 64;
/** As the worker's indexer takes them. */
const STEP_BLOCKS = 64;
const cli = resolve(__dirname, '../../dist/cli.js');

/** Milliseconds in the middle, by the number of memories; between the sizes, as for the next larger one. */
const SEARCH_BUDGETS = [
  [10_000, 5],
  [100_000, 20],
] as const;
/** What 95 of 100 searches keep to, in medians. */
const P95_BUDGET = 3;
/** Milliseconds for which a search keeps writers waiting, whatever is asked. */
const LONGEST_BUDGET = 20;
/** Share of its time that an add loses to the index. */
const INDEX_COST_BUDGET = 0.2;

interface SearchTimes {
  /** As the worker measures them. */
  readonly inWorker: Summary;
  readonly slips: Summary;
  readonly throughCli: Summary;
  readonly wholeCli: Summary;
  readonly longestHostile: { readonly name: string; readonly ms: number };
}

async function measureSearch(dataDir: string, corpus: Corpus): Promise<SearchTimes> {
  const worker = await startWorker(dataDir);
  const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require', whenNoOwner: () => null });
  const ask = async (query: string): Promise<number> => (await client.call('search_memory', { query })).took_ms;
  const askAll = async (questions: readonly string[]): Promise<number[]> => {
    const times: number[] = [];
    for (const question of questions) times.push(await ask(question));
    return times;
  };
  await askAll(corpus.questions.slice(0, 20));
  const inWorker = summarize(await askAll(corpus.questions));
  const slips = summarize(await askAll(corpus.questions.map(withSlip)));
  let longestHostile = { name: 'none', ms: 0 };
  for (const [name, question] of Object.entries(hostileQuestions(corpus))) {
    const ms = summarize(await askAll(Array.from({ length: 5 }, () => question))).median;
    if (ms > longestHostile.ms) longestHostile = { name, ms };
  }
  const throughCli: number[] = [];
  const wholeCli = corpus.questions.slice(0, CLI_RUNS).map((question) => {
    const startMs = performance.now();
    const args = [cli, 'memory', 'search', question, '--data-dir', dataDir, '--use-worker', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The search for "${question}" failed.`);
    throughCli.push((JSON.parse(stdout) as SearchMemoryResult).took_ms);
    return performance.now() - startMs;
  });
  client.close();
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  return { inWorker, slips, throughCli: summarize(throughCli), wholeCli: summarize(wholeCli), longestHostile };
}

/** The longest word of the question with two letters exchanged. */
function withSlip(question: string): string {
  const [longest = ''] = question.split(' ').sort((a, b) => b.length - a.length);
  const middle = longest.length >> 1;
  const slip = `${longest.slice(0, middle - 1)}${longest[middle] ?? ''}${longest[middle - 1] ?? ''}${longest.slice(middle + 1)}`;
  return question.replace(longest, slip);
}

/** Each asks for as much work as a question of its kind can. */
function hostileQuestions({ memories }: Corpus): Record<string, string> {
  const counts = new Map<string, number>();
  for (const { text } of memories) for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  return {
    'the most frequent words': frequent.slice(0, 40).join(' '),
    'words that nobody wrote': Array.from(
      { length: 40 },
      (_, at) => `quadrilater${'abcdefgh'[at % 8] ?? ''}${at}x`,
    ).join(' '),
    'slips of long words': frequent
      .filter((word) => word.length > 8)
      .slice(0, 40)
      .map(withSlip)
      .join(' '),
    'beginnings of words': frequent
      .slice(0, 40)
      .map((word) => `${word.slice(0, 1)}*`)
      .join(' '),
    'two words again and again': 'log in '.repeat(285),
    'stop words': 'the of and a to in is it that for 그 이 저 것 수 등',
    'quotes and stars': '"* '.repeat(600),
    'a bomb for regular expressions': `${'(a+)+'.repeat(300)}$`,
    'one letter': 'a'.repeat(2000),
  };
}

/** The same adds with the index kept up to date and without, in turns. @returns with : without, of the medians */
async function measureIndexCost(dataDir: string, texts: readonly string[]): Promise<number> {
  const writer = await openBenchWriter(dataDir);
  const origin = { source: 'api', caller: 'bench' } as const;
  const catchUp = (): Promise<unknown> => writer.call('search_memory', { query: 'cache' }, origin);
  const indexer: { afterBatch: () => void } = Indexer.prototype;
  const { afterBatch } = indexer;
  const times = { with: [] as number[], without: [] as number[] };
  let next = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const)) {
      await catchUp();
      if (name === 'without') indexer.afterBatch = () => undefined;
      const startMs = performance.now();
      await drive(ADDS_A_ROUND, CALLERS, () => writer.call('add_memory', { content: texts[next++] ?? '' }, origin));
      if (name === 'with') await catchUp();
      times[name].push(performance.now() - startMs);
      indexer.afterBatch = afterBatch;
    }
  }
  await writer.close(0);
  return summarize(times.with).median / summarize(times.without).median;
}

interface IndexTimes {
  readonly loadMs: number;
  readonly longestLoadStepMs: number;
  readonly buildMs: number;
  readonly steps: Summary;
  readonly longestStepMs: number;
}

async function measureIndex(dataDir: string): Promise<IndexTimes> {
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
  const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0);
  return {
    loadMs: sum(loading),
    longestLoadStepMs: Math.max(...loading),
    buildMs: sum(steps),
    steps: summarize(steps),
    longestStepMs: Math.max(...steps),
  };
}

/** @returns whether every budget is met */
async function bench(count: number, seed: number): Promise<boolean> {
  const own = ownDataset().memories.map(({ text }) => text);
  const corpus = generateCorpus(count + 2 * ROUNDS * ADDS_A_ROUND, QUESTIONS, seed, own);
  const dataDir = mkdtempSync(join(tmpdir(), 'greeum-scale-'));
  try {
    await addAll(dataDir, corpus.memories.slice(0, count));
    const search = await measureSearch(dataDir, corpus);
    const index = await measureIndex(dataDir);
    const later = corpus.memories.slice(count).map(({ text }) => text);
    const indexCost = (await measureIndexCost(dataDir, later)) - 1;
    const budget = SEARCH_BUDGETS.find(([size]) => count <= size)?.[1] ?? NaN;
    const ms = ({ median, p95 }: Summary): string => `${median.toFixed(1)} / ${p95.toFixed(1)} ms`;
    const isQuick = ({ median, p95 }: Summary): boolean => median <= budget && p95 <= P95_BUDGET * budget;
    const said = (isMet: boolean, text: string): string => `${text}: ${isMet ? 'met' : 'MISSED'}`;
    const asked = `budget ${budget} / ${P95_BUDGET * budget}`;
    const met = {
      inWorker: isQuick(search.inWorker),
      slips: isQuick(search.slips),
      throughCli: isQuick(search.throughCli),
      hostile: search.longestHostile.ms <= LONGEST_BUDGET,
      indexCost: indexCost <= INDEX_COST_BUDGET,
    };
    console.log(
      [
        `${count} memories, seed ${seed}`,
        `  search in the worker, p50 / p95        ${ms(search.inWorker)}, ${said(met.inWorker, asked)}`,
        `  the same with a slip in the question   ${ms(search.slips)}, ${said(met.slips, asked)}`,
        `  search asked for by the CLI            ${ms(search.throughCli)}, ${said(met.throughCli, asked)}`,
        `  the CLI's whole process                ${ms(search.wholeCli)}`,
        `  the worst of what means harm           ${search.longestHostile.ms.toFixed(1)} ms (${search.longestHostile.name}), ` +
          said(met.hostile, `budget ${LONGEST_BUDGET}`),
        `  an add is slower with the index by     ${(100 * indexCost).toFixed(1)} %, ` +
          said(met.indexCost, `budget ${100 * INDEX_COST_BUDGET}`),
        `  index: loaded in                       ${index.loadMs.toFixed(0)} ms, longest step ${index.longestLoadStepMs.toFixed(1)} ms`,
        `  index: built in                        ${index.buildMs.toFixed(0)} ms, by steps of ${ms(index.steps)}, longest ${index.longestStepMs.toFixed(1)} ms`,
      ].join('\n'),
    );
    return Object.values(met).every((isMet) => isMet);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { memories: { type: 'string' }, seed: { type: 'string' } } });
  const sizes = values.memories === undefined ? [10_000, 100_000] : [Number(values.memories)];
  for (const size of sizes) if (!(await bench(size, Number(values.seed ?? 1)))) process.exitCode = 1;
}

void main();
