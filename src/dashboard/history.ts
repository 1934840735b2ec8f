/** What the worker said about itself lately: a bounded history, and what charts draw of a part of it. Pure. */

import type { WorkerStatus } from '../protocol/operations.js';
import { LIVE_SERIES, type LiveColumns, type LiveSeries } from './live.js';

/** Statuses come five a second at most; of one second one point is kept, with the longest queue of that second. */
const POINT_MS = 1000;

/** An hour in which something happens every second; a quiet one needs less. */
export const HISTORY_POINTS = 3600;

interface Point {
  /** Start of its second. */
  atMs: number;
  /** Null: from here on nothing is known, because there was no worker to tell. */
  values: Readonly<Record<LiveSeries, number>> | null;
  /** Memories since the point before it. */
  added: number;
}

export class StatusHistory {
  readonly #points: (Point | undefined)[];
  readonly #capacity: number;
  #count = 0;
  #blocks: number | null = null;

  constructor(capacity = HISTORY_POINTS) {
    this.#capacity = capacity;
    this.#points = [];
  }

  /** @param status null when there is no worker, or none that is known */
  record(status: WorkerStatus | null, atMs: number): void {
    if (status === null) return this.#recordGap(atMs);
    const last = this.#last();
    const second = Math.max(Math.floor(atMs / POINT_MS) * POINT_MS, last?.atMs ?? 0);
    // The first status tells nothing of how fast memories came, and neither does one of another directory.
    const added = this.#blocks === null ? 0 : Math.max(0, status.blocks - this.#blocks);
    this.#blocks = status.blocks;
    const values = valuesOf(status);
    if (last?.atMs !== second || last.values === null) return this.#push({ atMs: second, values, added });
    last.values = { ...values, waiting: Math.max(values.waiting, last.values.waiting) };
    last.added += added;
  }

  /** How many points are kept now. */
  get size(): number {
    return Math.min(this.#count, this.#capacity);
  }

  /**
   * The time before `untilMs` in `buckets` equal parts, the last of which holds `untilMs`. Where nothing was said the
   * last word still holds, but for the queue: the worker speaks when that changes, so silence is an empty one.
   */
  columns(untilMs: number, bucketMs: number, buckets: number): LiveColumns {
    const endMs = (Math.floor(untilMs / bucketMs) + 1) * bucketMs;
    const startMs = endMs - buckets * bucketMs;
    const columns: LiveColumns = { times: [], added: [], ...emptySeries() };
    let known: Point['values'] = null;
    let index = 0;
    const points = this.#ordered();
    for (; (points[index]?.atMs ?? Infinity) < startMs; index++) known = points[index]?.values ?? null;
    for (let fromMs = startMs; fromMs < endMs; fromMs += bucketMs) {
      const within: Point[] = [];
      for (let point = points[index]; point !== undefined && point.atMs < fromMs + bucketMs; point = points[++index]) {
        within.push(point);
      }
      const last = within[within.length - 1];
      if (last !== undefined) known = last.values;
      const wasKnown = known !== null || within.some(({ values }) => values !== null);
      columns.times.push(fromMs / 1000);
      columns.added.push(wasKnown ? total(within) / (bucketMs / 1000) : null);
      for (const name of LIVE_SERIES) columns[name].push(known?.[name] ?? null);
      if (wasKnown) columns.waiting[columns.waiting.length - 1] = longest(within);
    }
    return columns;
  }

  #recordGap(atMs: number): void {
    this.#blocks = null;
    const last = this.#last();
    if (last === undefined || last.values === null) return;
    // A second of its own, so that what was known of the last one stays.
    this.#push({ atMs: Math.max(last.atMs + 1, atMs), values: null, added: 0 });
  }

  #push(point: Point): void {
    this.#points[this.#count % this.#capacity] = point;
    this.#count += 1;
  }

  #last(): Point | undefined {
    return this.#count === 0 ? undefined : this.#points[(this.#count - 1) % this.#capacity];
  }

  #ordered(): Point[] {
    const first = this.#count % this.#capacity;
    const inOrder =
      this.#count <= this.#capacity ? this.#points : [...this.#points.slice(first), ...this.#points.slice(0, first)];
    return inOrder.filter((point) => point !== undefined);
  }
}

function valuesOf({ queue }: WorkerStatus): Record<LiveSeries, number> {
  return {
    waiting: queue.depth + queue.in_flight,
    commitP50: queue.commit_ms.p50,
    commitP95: queue.commit_ms.p95,
    commitP99: queue.commit_ms.p99,
    waitP50: queue.wait_ms.p50,
    waitP95: queue.wait_ms.p95,
    waitP99: queue.wait_ms.p99,
    batchP50: queue.batch_size.p50,
    batchP95: queue.batch_size.p95,
    batchMax: queue.batch_size.max,
    journalBytes: queue.journal_bytes,
    checkpoints: queue.checkpoints,
  };
}

function emptySeries(): Record<LiveSeries, (number | null)[]> {
  return Object.fromEntries(LIVE_SERIES.map((name) => [name, []])) as unknown as Record<LiveSeries, (number | null)[]>;
}

function total(points: readonly Point[]): number {
  return points.reduce((sum, { added }) => sum + added, 0);
}

function longest(points: readonly Point[]): number {
  return points.reduce((most, { values }) => Math.max(most, values?.waiting ?? 0), 0);
}
