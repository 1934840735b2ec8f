/**
 * `npm run bench:team`: the same 10 000 memories in an embedded store and in a copy of a team's memory on PostgreSQL, and
 * the held-out questions to both. The exit code is 1 when fewer than 95 of 100 have the same five first answers, or the
 * copy takes more than three times as long.
 */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import type { SearchMemoryResult } from '../../src/protocol/operations.js';
import { greeum } from '../../test/support/greeumProcess.js';
import { PostgresServer } from '../../test/support/postgres.js';
import { Machine } from '../../test/support/teamRig.js';
import { startWorker } from '../cliBench.js';
import { generateCorpus } from './corpus.js';
import { ownDataset } from './dataset.js';
import { addAll } from './systems.js';

const MEMORIES = 10_000;
const COMPARED = 5;
const SAME_WANTED = 0.95;
const SLOWER_ALLOWED = 3;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const server = await PostgresServer.start();
  try {
    const own = ownDataset();
    const texts = own.memories.map(({ text }) => text);
    const rest = generateCorpus(MEMORIES - texts.length, 0, 1, texts).memories;
    const embedded = join(folder, 'embedded');
    await addAll(embedded, [...rest, ...own.memories]);
    await server.createDatabase('team');
    const url = server.url({ database: 'team', params: { sslmode: 'disable' } });
    const moved = join(folder, 'moved');
    cpSync(embedded, moved, { recursive: true });
    const { status, stderr } = await greeum(['migrate', '--to', url, '--data-dir', moved]);
    if (status !== 0) throw new Error(stderr);
    const questions = own.questions.filter(({ part }) => part === 'held-out').map(({ question }) => question);
    await compare(embedded, url, questions);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(embedded: string, url: string, questions: readonly string[]): Promise<void> {
  const worker = await startWorker(embedded);
  const copy = await new Machine(url).start();
  const client = new WriteServiceClient({ source: 'api', dataDir: embedded, env: {}, use: 'require' });
  try {
    await copy.has(MEMORIES);
    const [here, there] = [await askAll(client, questions), await askAll(copy.client, questions)];
    const same = questions.filter((_, at) => firstOf(here[at]) === firstOf(there[at])).length / questions.length;
    const [inEmbedded, inCopy] = [middle(here), middle(there)];
    console.log(
      `${questions.length} held-out questions over ${MEMORIES} memories: the same ${COMPARED} first answers for ${(same * 100).toFixed(1)} %; ` +
        `p50 ${inEmbedded.toFixed(2)} ms embedded, ${inCopy.toFixed(2)} ms in a copy (${(inCopy / inEmbedded).toFixed(2)} times)`,
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
