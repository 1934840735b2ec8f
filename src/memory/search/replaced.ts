/** What was replaced comes after what replaces it. */

import { byScore, scaled, type Ranked } from './ranked.js';

/** Of the score of the memory that replaces it, what a replaced one has at most. */
const BELOW = 0.99;

interface Request {
  /** How many are wanted. */
  readonly count: number;
  /** Block that replaces this one, or null. */
  replacementOf(blockIndex: number): number | null;
}

/**
 * The first of them, those that are replaced put lower. Only as many are asked about as can be among the first.
 * @param found best first
 * @param kept what a replaced memory keeps of its score, 0 to 1
 */
export function belowReplacements(found: readonly Ranked[], request: Request, kept: number): Ranked[] {
  const final = new Map<number, Ranked>();
  const given = new Map(found.map((ranked) => [ranked.blockIndex, ranked]));
  const settle = (ranked: Ranked): Ranked => {
    const known = final.get(ranked.blockIndex);
    if (known !== undefined) return known;
    const settled = lowered(ranked);
    final.set(ranked.blockIndex, settled);
    return settled;
  };
  const lowered = (ranked: Ranked): Ranked => {
    const by = request.replacementOf(ranked.blockIndex);
    if (by === null) return ranked;
    // A memory replaces older ones only; the table may have been written by others.
    const newer = by > ranked.blockIndex ? given.get(by) : undefined;
    const most = newer === undefined ? Infinity : BELOW * settle(newer).score;
    return scaled(ranked, Math.min(kept, most / ranked.score));
  };
  const { count } = request;
  let order = [...found];
  while (order.slice(0, count).some(({ blockIndex }) => !final.has(blockIndex))) {
    const first = new Set(order.slice(0, count));
    order = order.map((ranked) => (first.has(ranked) ? settle(ranked) : (final.get(ranked.blockIndex) ?? ranked)));
    order.sort(byScore);
  }
  return order.slice(0, count);
}
