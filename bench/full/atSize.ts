/** What a writer costs at the size that its directory has: a process of its own, which sends what it measured. */

import { resourcesOf } from '../../test/support/processResources.js';
import { openBenchWriter } from '../benchWriter.js';
import { drive, percentile } from '../measure.js';
import { folderBytes } from '../processes.js';
import { memoryTexts } from '../texts.js';

const ADDS = 5_000;
const SEARCHES = 300;
const WARM_UP = 200;
const ORIGIN = { source: 'api', caller: 'bench' } as const;

/** Milliseconds, one caller. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

export interface AtSize {
  readonly memories: number;
  /** From nothing to the first answer of a search. */
  readonly openMs: number;
  readonly add: Latencies;
  readonly addDuringCheckpoint: Latencies;
  readonly checkpointMs: number;
  readonly search: Latencies;
  readonly residentMiB: number;
  readonly databaseBytes: number;
  readonly diskBytes: number;
}

async function measure(dataDir: string): Promise<AtSize> {
  const startMs = performance.now();
  const writer = await openBenchWriter(dataDir);
  const search = (query: string): Promise<unknown> => writer.call('search_memory', { query }, ORIGIN);
  await search('viro minulro');
  const openMs = performance.now() - startMs;
  const { blocks: memories } = writer.snapshot;

  const texts = memoryTexts(4 * ADDS, 77 + memories);
  let next = 0;
  const add = (): Promise<unknown> => writer.call('add_memory', { content: texts[(next += 1)] ?? '' }, ORIGIN);
  await drive(WARM_UP, 1, add);
  const alone = await drive(ADDS, 1, add);

  const residentMiB = resourcesOf(process.pid)?.residentMiB ?? 0;
  const flushMs = performance.now();
  let checkpointMs = 0;
  const flushed = writer.call('flush', {}, ORIGIN).finally(() => (checkpointMs = performance.now() - flushMs));
  const during: number[] = [];
  while (checkpointMs === 0) {
    const sinceMs = performance.now();
    await add();
    during.push(performance.now() - sinceMs);
  }
  const { database_bytes } = await flushed;

  const queries = texts.slice(0, SEARCHES).map((text) => text.split(' ').slice(3, 6).join(' '));
  await drive(SEARCHES / 10, 1, (index) => search(queries[index] ?? ''));
  const searched = await drive(SEARCHES, 1, (index) => search(queries[index] ?? ''));
  await writer.close(0);
  return {
    memories,
    openMs,
    add: latencies(alone.latenciesMs),
    addDuringCheckpoint: latencies(during),
    checkpointMs,
    search: latencies(searched.latenciesMs),
    residentMiB,
    databaseBytes: database_bytes,
    diskBytes: folderBytes(dataDir),
  };
}

function latencies(values: readonly number[]): Latencies {
  return {
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    p999: percentile(values, 0.999),
  };
}

const dataDir = process.argv[2];
if (dataDir !== undefined) void measure(dataDir).then((result) => process.send?.(result));
