/**
 * `npm run bench:views`: how long the sidebar keeps a real extension host from doing anything else, with very many
 * memories. The exit code is 1 when one step takes longer than the budget.
 *
 *     npm run bench:views                          100 000 memories
 *     npm run bench:views -- --memories 20000 --seed 7
 *     npm run bench:views -- --keep FOLDER         made there once, and used again
 */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { makeTempDir } from '../../test/vscode/harness/paths.js';
import { runInHost } from '../host/run.js';
import { generateCorpus } from '../search/corpus.js';
import { ownDataset } from '../search/dataset.js';
import { addAll } from '../search/systems.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { memories: { type: 'string' }, seed: { type: 'string' }, keep: { type: 'string' } },
  });
  const count = Number(values.memories ?? 100_000);
  const own = ownDataset().memories.map(({ text }) => text);
  const { memories } = generateCorpus(count, 0, Number(values.seed ?? 1), own);
  const dataDir = values.keep ?? (await makeTempDir('views'));
  try {
    if (values.keep === undefined || !existsSync(dataDir)) await addAll(dataDir, memories);
    const load = (): string => loadavg()[0]?.toFixed(1) ?? '';
    console.log(`${count} memories; load of the machine before it begins: ${load()}`);
    process.exitCode = await runInHost(__dirname, {
      GREEUM_DATA_DIR: dataDir,
      GREEUM_BENCH_WORD: frequentWord(memories.map(({ text }) => text)),
    });
    console.log(`load at the end: ${load()}`);
  } finally {
    if (values.keep === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Not one of those that searches leave out. */
function frequentWord(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of texts.join(' ').match(/\b[a-z]{7,}\b/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

void main();
