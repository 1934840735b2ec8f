/** Timing and its summary. */

export interface Summary {
  readonly median: number;
  readonly p5: number;
  readonly p95: number;
}

export function summarize(values: readonly number[]): Summary {
  return { median: percentile(values, 0.5), p5: percentile(values, 0.05), p95: percentile(values, 0.95) };
}

/** @param share 0.5 for the median. @returns NaN of nothing */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Keeps `callers` calls under way until `count` are done. @returns calls a second, and each call's milliseconds */
export async function drive(
  count: number,
  callers: number,
  call: (index: number) => Promise<unknown>,
): Promise<{ perSecond: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        const sinceMs = performance.now();
        await call(index);
        latenciesMs.push(performance.now() - sinceMs);
      }
    }),
  );
  return { perSecond: count / ((performance.now() - startMs) / 1000), latenciesMs };
}
