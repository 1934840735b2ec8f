/**
 * What looking for duplicates costs an add: the same texts with and without the gate, in turns, behind 10 000 others.
 * Run with `npm run bench:gate`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openBenchWriter } from './benchWriter.js';
import { drive, summarize } from './measure.js';
import { memoryTexts } from './texts.js';

const BLOCKS = 10_000;
const ADDS = 1_000;
const ROUNDS = 8;
const CALLERS = 64;

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const writer = await openBenchWriter(dataDir);
  const addAll = async (texts: readonly string[], allow_duplicate: boolean): Promise<number> => {
    const { perSecond } = await drive(texts.length, CALLERS, (index) =>
      writer.call('add_memory', { content: texts[index] ?? '', allow_duplicate }, { source: 'api', caller: 'bench' }),
    );
    return perSecond;
  };
  await addAll(memoryTexts(BLOCKS, 1), true);
  const rates = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    // Whoever comes first also pays for what the round before has left to do.
    const order = round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
    for (const [index, name] of order.entries()) {
      rates[name].push(await addAll(memoryTexts(ADDS, 100 + 2 * round + index), name === 'without'));
    }
  }
  await writer.close(0);
  rmSync(dataDir, { recursive: true });
  const [gated, free] = [summarize(rates.with).median, summarize(rates.without).median];
  console.log(`without the gate  ${Math.round(free)} adds/s (median of ${ROUNDS} rounds of ${ADDS})`);
  console.log(`with the gate     ${Math.round(gated)} adds/s (${Math.round(100 * (1 - gated / free))} % fewer)`);
}

void main();
