import { PerformanceObserver } from 'node:perf_hooks';

import { countMainThreadTime } from '../../src/extension/mainThreadTime.js';

/** As often as timers come. */
const PROBE_MS = 1;
/** The processor's clock moves in ticks of 4 ms while a thread runs, and is exact when the thread has just slept. */
const NAP_MS = 0.01;
const napCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

export interface Blocks {
  /** The longest time for which nothing else could run: by the smaller of the processor's and the wall's clock. */
  longestMs: number;
  /** By the wall's clock, which also moves while other processes have the processor. */
  longestWallMs: number;
  /** The longest collection of garbage, which is a part of such a time. */
  longestGcMs: number;
}

/** Resolves when the thread has not been held up for a while: what other extensions do as they start is not ours. */
export async function untilQuiet(quietMs = 1500): Promise<void> {
  let blocks: Blocks;
  do {
    blocks = await blocksOf(() => new Promise((resolve) => setTimeout(resolve, quietMs)));
  } while (blocks.longestMs > 2);
}

/** Watches for how long the thread is held up while `work` is under way. */
export async function blocksOf(work: () => Promise<void>): Promise<Blocks> {
  const blocks: Blocks = { longestMs: 0, longestWallMs: 0, longestGcMs: 0 };
  let thread = countExactly();
  let wall = performance.now();
  const look = (): void => {
    const wallMs = Math.max(0, performance.now() - wall - PROBE_MS);
    nap();
    blocks.longestMs = Math.max(blocks.longestMs, Math.min(thread(), wallMs));
    blocks.longestWallMs = Math.max(blocks.longestWallMs, wallMs);
    thread = countMainThreadTime();
    wall = performance.now();
  };
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) blocks.longestGcMs = Math.max(blocks.longestGcMs, duration);
  });
  collections.observe({ entryTypes: ['gc'] });
  const probe = setInterval(look, PROBE_MS);
  try {
    await work();
    // What the last step left to do.
    await new Promise((resolve) => setTimeout(resolve, 10 * PROBE_MS));
    look();
  } finally {
    clearInterval(probe);
    collections.disconnect();
  }
  return blocks;
}

function countExactly(): () => number {
  nap();
  return countMainThreadTime();
}

function nap(): void {
  Atomics.wait(napCell, 0, 0, NAP_MS);
}
