/**
 * Whether a memory says what another one says already. Two texts are the same when they have the same words in the
 * same order, whatever their case, spacing, punctuation and Unicode form. From seven words on they may differ a little:
 * their similarity is twice the number of words that both have in the same order (the longest common subsequence), by
 * all the words of both. So one word in seven may differ, and “a calls b” is not “b calls a”.
 *
 * What makes another statement of nearly the same words is no duplicate: other numbers (and names with digits), and
 * more or fewer negations. In doubt a memory is written: one too many is found, one too few is lost.
 */

import type { SimilarFacts } from '../protocol/facts.js';
import { normalize } from '../text/normalize.js';

/** Greeum's own number. */
export const DUPLICATE_SIMILARITY = 0.85;
/** Longer texts are the same letter by letter or not at all: documents that differ in a paragraph are two documents. */
const MAX_COMPARED_CHARS = 4_000;
/** In shorter texts one word more or less is another statement. */
const MIN_WORDS = 7;

export interface Duplicate {
  readonly of: SimilarFacts;
  /** At least {@link DUPLICATE_SIMILARITY}, at most 1; four decimals. */
  readonly similarity: number;
}

/** The candidate most like the text, if it is like enough; the newest of equals. */
export function findDuplicate(content: string, candidates: readonly SimilarFacts[]): Duplicate | null {
  if (candidates.length === 0) return null;
  const words = content.length > MAX_COMPARED_CHARS ? [] : wordsOf(content);
  const rated = candidates
    .map((of): Duplicate => ({ of, similarity: similarity(content, words, of.content) }))
    .filter((duplicate) => duplicate.similarity >= DUPLICATE_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity || b.of.blockIndex - a.of.blockIndex);
  return rated[0] ?? null;
}

/** From 0 to 1; 0 also for what cannot be a duplicate. */
export function textSimilarity(a: string, b: string): number {
  return similarity(a, a.length > MAX_COMPARED_CHARS ? [] : wordsOf(a), b);
}

function similarity(content: string, words: readonly string[], other: string): number {
  if (content === other) return 1;
  if (Math.max(content.length, other.length) > MAX_COMPARED_CHARS) return 0;
  const otherWords = wordsOf(other);
  // Nothing but signs: then the signs count.
  if (words.length + otherWords.length === 0) return content.trim() === other.trim() ? 1 : 0;
  if (words.join(' ') === otherWords.join(' ')) return 1;
  if (Math.min(words.length, otherWords.length) < MIN_WORDS) return 0;
  if (numbersOf(words) !== numbersOf(otherWords) || negations(content) !== negations(other)) return 0;
  const ratioOf = (shared: number): number => (2 * shared) / (words.length + otherWords.length);
  // Bounds first: what cannot be like enough is nearly all there is.
  if (ratioOf(Math.min(words.length, otherWords.length)) < DUPLICATE_SIMILARITY) return 0;
  if (ratioOf(sharedAtAll(words, otherWords)) < DUPLICATE_SIMILARITY) return 0;
  return Math.round(ratioOf(sharedInOrder(words, otherWords)) * 10_000) / 10_000;
}

function wordsOf(text: string): string[] {
  return (
    normalize(text)
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Numbers, versions, ticket names: what has a digit in it. Their order tells nothing, how often they stand there does. */
function numbersOf(words: readonly string[]): string {
  return words
    .filter((word) => /\p{N}/u.test(word))
    .sort()
    .join(' ');
}

const NEGATIONS =
  /\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot|stop|avoid)\b|n['’]t\b|(?<!\p{L})(?:안|못)(?=\s)|않|없|아니|마라|말라|말고|금지/giu;

function negations(text: string): number {
  return normalize(text).match(NEGATIONS)?.length ?? 0;
}

/** How many words both have, in whatever order: never fewer than in the same order. */
function sharedAtAll(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    shared += 1;
    left.set(word, count - 1);
  }
  return shared;
}

/** Length of the longest common subsequence. */
function sharedInOrder(a: readonly string[], b: readonly string[]): number {
  let row = new Uint16Array(b.length + 1);
  for (const word of a) {
    const next = new Uint16Array(b.length + 1);
    for (const [index, other] of b.entries()) {
      const without = Math.max(next[index] ?? 0, row[index + 1] ?? 0);
      next[index + 1] = word === other ? (row[index] ?? 0) + 1 : without;
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
