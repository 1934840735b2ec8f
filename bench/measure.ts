/** Timing and its summary. */

export interface Summary {
  readonly median: number;
  readonly p5: number;
  readonly p95: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p5: at(0.05), p95: at(0.95) };
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

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly ratio: string;
  readonly budget: string;
}

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'ratio', 'budget'],
    ...rows.map((row) => [row.what, row.value, row.ratio, row.budget]),
  ];
  const [head = [], ...body] = cells.map((row) => `| ${row.join(' | ')} |`);
  return [head, '|---|---|---|---|', ...body].join('\n');
}
