/** How good a ranking is, by the usual measures; relevance is yes or no. */

import type { Question } from './dataset.js';

export interface Answered {
  readonly question: Question;
  /** Ids of what was found, best first. */
  readonly found: readonly string[];
  /** Of the first; 0 when nothing was found, null when the system has no scores that mean something. */
  readonly topScore: number | null;
  readonly tookMs: number;
}

export interface Measures {
  readonly questions: number;
  /** Share of the answers that are among the first so many. */
  readonly recall: Readonly<Record<1 | 5 | 10, number>>;
  /** One divided by the rank of the first answer. */
  readonly mrr: number;
  readonly ndcg10: number;
}

/** @param answered questions that have an answer */
export function measure(answered: readonly Answered[]): Measures {
  const mean = (of: (one: Answered) => number): number =>
    answered.reduce((sum, one) => sum + of(one), 0) / Math.max(1, answered.length);
  return {
    questions: answered.length,
    recall: {
      1: mean((one) => recallAt(one, 1)),
      5: mean((one) => recallAt(one, 5)),
      10: mean((one) => recallAt(one, 10)),
    },
    mrr: mean(reciprocalRank),
    ndcg10: mean(ndcg10),
  };
}

export function recallAt({ question: { answers }, found }: Answered, depth: number): number {
  const first = new Set(found.slice(0, depth));
  return answers.filter((id) => first.has(id)).length / answers.length;
}

function reciprocalRank({ question: { answers }, found }: Answered): number {
  const rank = found.findIndex((id) => answers.includes(id));
  return rank < 0 ? 0 : 1 / (rank + 1);
}

function ndcg10({ question: { answers }, found }: Answered): number {
  const gain = (rank: number): number => 1 / Math.log2(rank + 2);
  const gained = found.slice(0, 10).reduce((sum, id, rank) => sum + (answers.includes(id) ? gain(rank) : 0), 0);
  const best = answers.slice(0, 10).reduce((sum, _, rank) => sum + gain(rank), 0);
  return gained / best;
}
