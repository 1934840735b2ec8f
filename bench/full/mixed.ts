/**
 * Minutes of mixed load through the endpoint, nine adds for each search: latency, memory and descriptors over time. The
 * load has a rate, that of many busy agents, and the directory holds much already: as fast as it goes, ten minutes would
 * make it seven times as large, and what grows with it would hide what leaks.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { resourcesOf } from '../../test/support/processResources.js';
import { percentile } from '../measure.js';
import { greeum, startGreeum } from '../peers/greeum.js';
import { memoryText, memoryTexts, seededRandom } from '../texts.js';

const FILLED = 100_000;
const CALLERS = 8;
/** Of each caller, from the beginning of one to the beginning of the next. */
const CALL_EVERY_MS = 250;
const CALLS_PER_SEARCH = 10;
const PERIODS = 20;

/** One twentieth of the time. */
export interface Period {
  readonly memories: number;
  readonly addP50Ms: number;
  readonly addP99Ms: number;
  readonly searchP50Ms: number;
  readonly residentMiB: number;
  readonly descriptors: number;
}

export async function benchMixed(minutes: number): Promise<Period[]> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  await greeum.fill(folder, memoryTexts(FILLED, 12));
  const running = await startGreeum(folder);
  const random = seededRandom(11);
  const periods: Period[] = [];
  let number = 0;
  const caller = async (endMs: number, addsMs: number[], searchesMs: number[]): Promise<void> => {
    for (let call = 1; performance.now() < endMs; call += 1) {
      const text = memoryText(random);
      const startMs = performance.now();
      if (call % CALLS_PER_SEARCH === 0) {
        await running.search(text.split(' ').slice(0, 3).join(' '));
        searchesMs.push(performance.now() - startMs);
      } else {
        await running.add(text, (number += 1));
        addsMs.push(performance.now() - startMs);
      }
      await pause(Math.max(0, startMs + CALL_EVERY_MS - performance.now()));
    }
  };
  try {
    for (let period = 0; period < PERIODS; period += 1) {
      const endMs = performance.now() + (minutes * 60_000) / PERIODS;
      const [addsMs, searchesMs]: [number[], number[]] = [[], []];
      await Promise.all(Array.from({ length: CALLERS }, () => caller(endMs, addsMs, searchesMs)));
      const resources = running.pid === null ? null : resourcesOf(running.pid);
      periods.push({
        memories: FILLED + number,
        addP50Ms: percentile(addsMs, 0.5),
        addP99Ms: percentile(addsMs, 0.99),
        searchP50Ms: percentile(searchesMs, 0.5),
        residentMiB: resources?.residentMiB ?? 0,
        descriptors: resources?.descriptors ?? 0,
      });
    }
    return periods;
  } finally {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
