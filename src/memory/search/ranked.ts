/** A memory that was found, with its score. */

import type { ScoreParts } from '../../protocol/memories.js';

export interface Ranked {
  readonly document: number;
  readonly blockIndex: number;
  /** 0 to about 1: the share of what was asked for. */
  readonly score: number;
  readonly parts: ScoreParts;
  /** It has none of the words and is not of the time: what it stands beside was found. */
  readonly isNeighbour: boolean;
}

/** Best first, the newest of equals. */
export function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || b.blockIndex - a.blockIndex;
}

/** The same with each part of the score multiplied. */
export function scaled(ranked: Ranked, factor: number): Ranked {
  const { words, meaning, context, time, recency, importance, slot_head } = ranked.parts;
  const parts = {
    words: factor * words,
    meaning: factor * meaning,
    context: factor * context,
    time: factor * time,
    recency: factor * recency,
    importance: factor * importance,
    slot_head: factor * slot_head,
  };
  return { ...ranked, score: factor * ranked.score, parts };
}
