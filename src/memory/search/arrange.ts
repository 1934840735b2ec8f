/** From a ranking to what is shown: near-duplicates are told once, and what says something new may come earlier. */

import { sharedCount } from '../likeness.js';
import type { Ranked } from './ranked.js';

export interface Arranged {
  readonly ranked: Ranked;
  /** Blocks that say the same and rank lower. */
  readonly alike: readonly number[];
}

export interface Arrangement {
  /** How many are wanted. */
  readonly count: number;
  /** 0: by score alone, 1: as different from each other as can be. */
  readonly diversity: number;
  /** Whether near-duplicates are told once. */
  readonly collapse: boolean;
  /** The words of a block. */
  wordsOf(blockIndex: number): ReadonlySet<string>;
}

/** As many words in common, of those that either has, make a near-duplicate: all but one in ten. */
const NEARLY_ALL = 0.9;
/** So many of the best are mixed for diversity; what comes after them stays in order. */
const DIVERSITY_POOL = 50;

/** @param found best first; only as many as are needed are looked at */
export function arrange(found: readonly Ranked[], arrangement: Arrangement): Arranged[] {
  const { count, diversity, collapse } = arrangement;
  const words = new Map<number, ReadonlySet<string>>();
  const wordsOf = (blockIndex: number): ReadonlySet<string> => {
    const known = words.get(blockIndex) ?? arrangement.wordsOf(blockIndex);
    words.set(blockIndex, known);
    return known;
  };
  const wanted = diversity > 0 ? Math.max(count, DIVERSITY_POOL) : count;
  const kept = collapse
    ? collapsed(found, wanted, wordsOf)
    : found.slice(0, wanted).map((ranked) => ({ ranked, alike: [] }));
  const order = diversity > 0 ? diversified(kept, diversity, wordsOf) : kept;
  return order.slice(0, count);
}

type WordsOf = (blockIndex: number) => ReadonlySet<string>;

function collapsed(found: readonly Ranked[], count: number, wordsOf: WordsOf): Arranged[] {
  const kept: Kept[] = [];
  const byWord = new Map<string, Kept[]>();
  for (const ranked of found) {
    const own = wordsOf(ranked.blockIndex);
    const telling = tellingWords(own);
    const candidates = telling.flatMap((word) => byWord.get(word) ?? []).sort((a, b) => a.rank - b.rank);
    const same = candidates.find((other) => isNearDuplicate(own, wordsOf(other.ranked.blockIndex)));
    if (same !== undefined) same.alike.push(ranked.blockIndex);
    else if (kept.length < count) {
      const next = { ranked, alike: [], rank: kept.length };
      kept.push(next);
      for (const word of telling) byWord.set(word, [...(byWord.get(word) ?? []), next]);
    } else break;
  }
  return kept.map(({ ranked, alike }) => ({ ranked, alike }));
}

interface Kept {
  readonly ranked: Ranked;
  readonly alike: number[];
  readonly rank: number;
}

/**
 * Two that share nine of ten words share one of these: each leaves out less than the shared ones, by the same order. So
 * few are compared, however many there are.
 */
function tellingWords(words: ReadonlySet<string>): string[] {
  return [...words].sort().slice(0, words.size - Math.floor(NEARLY_ALL * words.size) + 1);
}

/** Never when a number differs: `timeout 30` and `timeout 60` do not say the same, however long the rest. */
export function isNearDuplicate(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return overlap(a, b) >= NEARLY_ALL && !hasOwnNumber(a, b) && !hasOwnNumber(b, a);
}

function hasOwnNumber(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const word of words) if (!others.has(word) && /\d/.test(word)) return true;
  return false;
}

/** |a ∩ b| / |a ∪ b| */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = sharedCount(a, b);
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}

/** Maximal marginal relevance (Carbonell and Goldstein 1998) over the first of them. */
function diversified(kept: readonly Arranged[], diversity: number, wordsOf: WordsOf): Arranged[] {
  const left = kept.slice(0, DIVERSITY_POOL).map((arranged) => ({ arranged, nearest: 0 }));
  const top = Math.max(left[0]?.arranged.ranked.score ?? 0, Number.MIN_VALUE);
  const worth = ({ arranged, nearest }: (typeof left)[number]): number =>
    (1 - diversity) * (arranged.ranked.score / top) - diversity * nearest;
  const order: Arranged[] = [];
  while (left.length > 0) {
    const best = left.reduce((a, b) => (worth(b) > worth(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    order.push(best.arranged);
    const chosen = wordsOf(best.arranged.ranked.blockIndex);
    for (const each of left) {
      each.nearest = Math.max(each.nearest, overlap(wordsOf(each.arranged.ranked.blockIndex), chosen));
    }
  }
  return [...order, ...kept.slice(DIVERSITY_POOL)];
}
