/** What the live charts draw: names of the series, and the spans of time to choose from. */

export const LIVE_SERIES = [
  'waiting',
  'commitP50',
  'commitP95',
  'commitP99',
  'waitP50',
  'waitP95',
  'waitP99',
  'batchP50',
  'batchP95',
  'batchMax',
  'journalBytes',
  'checkpoints',
] as const;
export type LiveSeries = (typeof LIVE_SERIES)[number];

/** Columns of one length, oldest first; null where nothing is known. */
export type LiveColumns = Record<LiveSeries, (number | null)[]> & {
  /** Unix seconds at which each part of the time begins. */
  times: number[];
  /** Memories a second. */
  added: (number | null)[];
};

/** Minutes that the charts can show. */
export const SPANS = [1, 10, 60] as const;
export type Span = (typeof SPANS)[number];

/** Into how many parts of which length a span is cut: so many that a line looks like one, and no more. */
export const BUCKETS: { readonly [S in Span]: { readonly ms: number; readonly count: number } } = {
  1: { ms: 1_000, count: 60 },
  10: { ms: 5_000, count: 120 },
  60: { ms: 30_000, count: 120 },
};
