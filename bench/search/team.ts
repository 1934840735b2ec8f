/**
 * `npm run bench:team`: the same memories in an embedded store and in a copy of a team's memory on PostgreSQL: what moving
 * them takes, what they take there, and the held-out questions to both. The exit code is 1 when fewer than 95 of 100 have
 * the same five first answers, or the copy takes more than three times as long.
 *
 *     npm run bench:team                            10 000 memories
 *     npm run bench:team -- --memories 100000       more than two million rows
 */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import type { SearchMemoryResult } from '../../src/protocol/operations.js';
import { greeum } from '../../test/support/greeumProcess.js';
import { PostgresServer } from '../../test/support/postgres.js';
import { Machine } from '../../test/support/teamRig.js';
import { startWorker } from '../cliBench.js';
import { drive, percentile } from '../measure.js';
import { generateCorpus } from './corpus.js';
import { ownDataset } from './dataset.js';
import { addAll } from './systems.js';

const ADDS = 300;
const COMPARED = 5;
const SAME_WANTED = 0.95;
const SLOWER_ALLOWED = 3;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { memories: { type: 'string', default: '10000' } } });
  const memories = Number(values.memories);
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const server = await PostgresServer.start();
  try {
    const own = ownDataset();
    const texts = own.memories.map(({ text }) => text);
    const rest = generateCorpus(memories - texts.length, 0, 1, texts).memories;
    const embedded = join(folder, 'embedded');
    await addAll(embedded, [...rest, ...own.memories]);
    await server.createDatabase('team');
    const url = server.url({ database: 'team', params: { sslmode: 'disable' } });
    const moved = join(folder, 'moved');
    cpSync(embedded, moved, { recursive: true });
    await timed(`${memories} memories moved into the database`, async () => {
      const { status, stderr } = await greeum(['migrate', '--to', url, '--data-dir', moved]);
      if (status !== 0) throw new Error(stderr);
    });
    console.log(await sizeOf(server));
    const questions = own.questions.filter(({ part }) => part === 'held-out').map(({ question }) => question);
    await compare({ embedded, url, memories }, questions);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `ANALYZE`, so that the server knows how many rows there are. */
async function sizeOf(server: PostgresServer): Promise<string> {
  await server.sql('ANALYZE', 'team');
  const rows = await server.sql(
    "SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'greeum'::regnamespace",
    'team',
  );
  const bytes = await server.sql("SELECT pg_size_pretty(pg_database_size('team'))");
  return `There: ${rows.trim()} rows, ${bytes.trim()} with the log and all indexes`;
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const startMs = performance.now();
  await work();
  console.log(`${what}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
}

interface Stores {
  readonly embedded: string;
  readonly url: string;
  readonly memories: number;
}

async function compare({ embedded, url, memories }: Stores, questions: readonly string[]): Promise<void> {
  const worker = await startWorker(embedded);
  const copy = new Machine(url);
  const client = new WriteServiceClient({ source: 'api', dataDir: embedded, env: {}, use: 'require' });
  try {
    await timed('A new copy of them', async () => {
      await copy.start();
      await copy.has(memories);
    });
    const [here, there] = [await askAll(client, questions), await askAll(copy.client, questions)];
    const same = questions.filter((_, at) => firstOf(here[at]) === firstOf(there[at])).length / questions.length;
    const [inEmbedded, inCopy] = [middle(here), middle(there)];
    console.log(
      `${questions.length} held-out questions over ${memories} memories: the same ${COMPARED} first answers for ${(same * 100).toFixed(1)} %; ` +
        `p50 ${inEmbedded.toFixed(2)} ms embedded, ${inCopy.toFixed(2)} ms in a copy (${(inCopy / inEmbedded).toFixed(2)} times)`,
    );
    const adds = await drive(ADDS, 1, (at) => copy.add(`One more memory, number ${at}, behind ${memories} others`));
    console.log(
      `One caller of the copy: an add in ${percentile(adds.latenciesMs, 0.5).toFixed(1)} ms (p50), through the endpoint`,
    );
    if (same < SAME_WANTED || inCopy > SLOWER_ALLOWED * inEmbedded) process.exitCode = 1;
  } finally {
    client.close();
    worker.kill();
    await copy.close();
  }
}

/** Each twice: what is measured is not the first time. */
async function askAll(client: WriteServiceClient, questions: readonly string[]): Promise<SearchMemoryResult[]> {
  const answers: SearchMemoryResult[] = [];
  for (const query of [...questions, ...questions]) {
    answers.push(await client.call('search_memory', { query, limit: COMPARED }));
  }
  return answers.slice(questions.length);
}

function firstOf(answer: SearchMemoryResult | undefined): string {
  return JSON.stringify(answer?.results.map(({ hash }) => hash));
}

function middle(answers: readonly SearchMemoryResult[]): number {
  const times = answers.map(({ took_ms }) => took_ms).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? NaN;
}

void main();
