/**
 * Where the time of adds goes: processor and heap profiles of the writer's thread under 64 callers. The profiles are kept
 * whole for a browser's developer tools, and summed up by the folder in which the time was spent.
 */

import { Session } from 'node:inspector/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HeapProfiler, Profiler } from 'node:inspector';

import { openBenchWriter } from '../benchWriter.js';
import { drive } from '../measure.js';
import { memoryTexts } from '../texts.js';

const CALLERS = 64;
const WARM_UP = 2_000;
const ADDS = 4_000;
const SAMPLING_INTERVAL_US = 500;
const HEAP_INTERVAL_BYTES = 16 * 1024;

export interface Profile {
  readonly adds: number;
  /** Shares of the processor time, largest first; they sum to 1. */
  readonly time: readonly Share[];
  /** Shares of what was allocated and still there at the end of each sampling, largest first. */
  readonly heap: readonly Share[];
}

export interface Share {
  readonly area: string;
  readonly share: number;
}

/** @param folder where the profiles go, as `writer.cpuprofile.gz` and `writer.heapprofile.gz` */
export async function benchProfile(folder: string): Promise<Profile> {
  const dataDir = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const writer = await openBenchWriter(dataDir);
  const texts = memoryTexts(WARM_UP + 2 * ADDS, 21);
  let next = 0;
  const addMany = (count: number): Promise<unknown> =>
    drive(count, CALLERS, () =>
      writer.call('add_memory', { content: texts[(next += 1) - 1] ?? '' }, { source: 'api', caller: 'bench' }),
    );
  try {
    await addMany(WARM_UP);
    const { cpu, heap } = await profile(() => addMany(ADDS));
    writeFileSync(join(folder, 'writer.cpuprofile.gz'), gzipSync(JSON.stringify(cpu)));
    writeFileSync(join(folder, 'writer.heapprofile.gz'), gzipSync(JSON.stringify(heap)));
    return { adds: ADDS, time: shares(timeByArea(cpu)), heap: shares(heapByArea(heap)) };
  } finally {
    await writer.close(0);
    rmSync(dataDir, { recursive: true });
  }
}

/** Runs `work` twice: each profile would disturb the other. */
async function profile(
  work: () => Promise<unknown>,
): Promise<{ cpu: Profiler.Profile; heap: HeapProfiler.SamplingHeapProfile }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await session.post('Profiler.start');
  await work();
  const { profile: cpu } = await session.post('Profiler.stop');
  await session.post('HeapProfiler.startSampling', { samplingInterval: HEAP_INTERVAL_BYTES });
  await work();
  const { profile: heap } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return { cpu, heap };
}

function timeByArea({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const areas = new Map(nodes.map(({ id, callFrame }) => [id, areaOf(callFrame.url, callFrame.functionName)]));
  const sums = new Map<string, number>();
  for (const [index, node] of samples.entries()) {
    const area = areas.get(node) ?? OTHER;
    if (area !== IDLE) sums.set(area, (sums.get(area) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return sums;
}

function heapByArea({ head }: HeapProfiler.SamplingHeapProfile): Map<string, number> {
  const sums = new Map<string, number>();
  const visit = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    const area = areaOf(callFrame.url, callFrame.functionName);
    sums.set(area, (sums.get(area) ?? 0) + selfSize);
    for (const child of children) visit(child);
  };
  visit(head);
  return sums;
}

const OTHER = 'Node itself';
const IDLE = 'idle';

function areaOf(url: string, functionName: string): string {
  if (functionName === '(idle)') return IDLE;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url.startsWith('wasm:')) return 'SQLite (WebAssembly)';
  if (url.includes('sql-wasm') || url.includes('node_modules/sql.js')) return 'sql.js around it';
  if (functionName === 'fdatasync' || functionName === 'writeBuffer') return 'waiting for the disk';
  const folder = /\/src\/(?:([\w/]+)\/)?[\w.]+$/.exec(url)?.[1];
  if (folder !== undefined) return `src/${folder}`;
  return url.includes('/bench/') ? 'the benchmark' : OTHER;
}

function shares(sums: ReadonlyMap<string, number>): Share[] {
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
  return [...sums].map(([area, value]) => ({ area, share: value / total })).sort((a, b) => b.share - a.share);
}
