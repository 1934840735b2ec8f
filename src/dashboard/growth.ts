/** Memories over the days and weeks. Pure; days are `YYYY-MM-DD` of the local time that memories carry. */

export const PERIODS = ['day', 'week'] as const;
export type Period = (typeof PERIODS)[number];

/** How many of each are drawn. */
const SHOWN: { readonly [P in Period]: number } = { day: 60, week: 53 };

const DAY_MS = 24 * 3600 * 1000;

/** One day with memories. */
export interface DayCount {
  day: string;
  blocks: number;
}

export interface Growth {
  /** Unix seconds of each day, or of the Monday of each week, at midnight UTC: a date, not a moment. */
  times: number[];
  added: number[];
  /** All memories there were at its end, those from before the first included. */
  totals: number[];
}

/** The latest periods up to that of `today`, those without memories included; memories of the future count as today's. */
export function growthOf(days: readonly DayCount[], period: Period, today: string): Growth {
  const last = startOf(today, period);
  const step = period === 'day' ? DAY_MS : 7 * DAY_MS;
  const first = last - (SHOWN[period] - 1) * step;
  const added = new Array<number>(SHOWN[period]).fill(0);
  let before = 0;
  for (const { day, blocks } of days) {
    const at = startOf(day, period);
    // A timestamp that is no date is older than every date.
    if (!(at >= first)) before += blocks;
    else {
      const index = Math.min(SHOWN[period] - 1, Math.round((at - first) / step));
      added[index] = (added[index] ?? 0) + blocks;
    }
  }
  let sum = before;
  return {
    times: added.map((_, index) => (first + index * step) / 1000),
    added,
    totals: added.map((count) => (sum += count)),
  };
}

function startOf(day: string, period: Period): number {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  if (period === 'day') return atMs;
  // 1970 began on a Thursday: Monday is three days earlier.
  const weekday = (Math.floor(atMs / DAY_MS) + 3) % 7;
  return atMs - weekday * DAY_MS;
}
