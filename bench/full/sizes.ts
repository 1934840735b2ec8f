/**
 * The scale series: one directory grows from size to size; at each, a fresh process opens it and is measured
 * (`atSize.ts`).
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openBenchWriter } from '../benchWriter.js';
import { drive } from '../measure.js';
import { memoryTexts } from '../texts.js';
import type { AtSize } from './atSize.js';

const FILLED_AT_ONCE = 256;
const STEP = 10_000;

/** @param sizes ascending; each larger than the one before by more than the adds of a measurement */
export async function benchSizes(sizes: readonly number[]): Promise<AtSize[]> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const results: AtSize[] = [];
  try {
    for (const size of sizes) {
      await fillTo(folder, size);
      results.push(await measureApart(folder));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fillTo(folder: string, size: number): Promise<void> {
  const writer = await openBenchWriter(folder);
  while (writer.snapshot.blocks < size) {
    const { blocks } = writer.snapshot;
    const texts = memoryTexts(Math.min(STEP, size - blocks), 1_000_000 + blocks);
    await drive(texts.length, FILLED_AT_ONCE, (index) =>
      writer.call('add_memory', { content: texts[index] ?? '' }, { source: 'api', caller: 'bench' }),
    );
  }
  await writer.call('flush', {}, { source: 'api', caller: 'bench' });
  await writer.close(0);
}

async function measureApart(folder: string): Promise<AtSize> {
  const child = fork(join(__dirname, 'atSize.ts'), [folder], { execArgv: process.execArgv });
  const [result] = (await once(child, 'message')) as [AtSize];
  await once(child, 'exit');
  return result;
}
