/**
 * Every number of the ranking, tuned on the tuning part of `bench/data` alone. Scores are shares: 1 is a memory that
 * has all that was asked for.
 */

export interface RankingWeights {
  /** BM25: how soon more of the same word stops to count, and how much long memories are held back. */
  readonly k1: number;
  readonly b: number;
  /** Share of a neighbour's score that a memory gets: the one it continues, those that continue it, before, after. */
  readonly parent: number;
  readonly child: number;
  readonly beside: number;
  /** Two steps before or after. */
  readonly near: number;
  /** Of a link, times its strength. */
  readonly linked: number;
  /** A neighbour's share for a memory that has none of the words itself. */
  readonly silent: number;
  /** The most that the day, the importance and a slot that points at it add. */
  readonly recency: number;
  readonly importance: number;
  readonly slotHead: number;
  /** What a memory keeps of its score when another replaces it. */
  readonly superseded: number;
  /** The most that nearness in meaning adds, when memories have vectors. */
  readonly meaning: number;
  /** How much a match in the time that was asked for counts, as if it were a rare word. */
  readonly time: number;
}

export const RANKING: RankingWeights = {
  k1: 1.5,
  b: 0.5,
  parent: 0.1,
  child: 0.03,
  beside: 0.25,
  near: 0.03,
  linked: 0.1,
  silent: 0.5,
  recency: 0.005,
  importance: 0.01,
  slotHead: 0.01,
  superseded: 0.5,
  meaning: 0.5,
  time: 1,
};

/** Days after which a memory's recency is worth half. */
export const RECENCY_HALF_LIFE_DAYS = 60;
