/** Okapi BM25: how well a memory answers a query, from counts alone. */

import type { SearchCandidates, SearchMatch } from '../protocol/search.js';

const K1 = 1.2;
const B = 0.75;

export interface Ranked {
  readonly blockIndex: number;
  /** 0 or more, larger is better. */
  readonly score: number;
}

/**
 * Best first, the newest of equals. Lazy: taking the first few of many costs little more than scoring them all, and
 * nothing is sorted that nobody asks for.
 */
export function* rankCandidates(candidates: SearchCandidates): Generator<Ranked, void, undefined> {
  const { documentCount, averageLength, documentFrequencies, matches } = candidates;
  const weights = documentFrequencies.map((frequency) => inverseDocumentFrequency(frequency, documentCount));
  const heap = matches.map((match) => ({
    blockIndex: match.blockIndex,
    score: scoreOf(match, weights, averageLength),
  }));
  for (let parent = (heap.length >> 1) - 1; parent >= 0; parent--) siftDown(heap, parent);
  for (let best = heap[0]; best !== undefined; best = heap[0]) {
    yield best;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    siftDown(heap, 0);
  }
}

/** Never negative, not even for a token that all memories have. */
function inverseDocumentFrequency(documentFrequency: number, documentCount: number): number {
  return Math.log1p((Math.max(documentCount - documentFrequency, 0) + 0.5) / (documentFrequency + 0.5));
}

function scoreOf({ length, frequencies }: SearchMatch, weights: readonly number[], averageLength: number): number {
  const norm = K1 * (1 - B + (B * length) / Math.max(averageLength, 1));
  let score = 0;
  for (let token = 0; token < weights.length; token++) {
    const frequency = frequencies[token] ?? 0;
    if (frequency > 0) score += ((weights[token] ?? 0) * frequency * (K1 + 1)) / (frequency + norm);
  }
  return score;
}

function comesBefore(a: Ranked, b: Ranked): boolean {
  return a.score === b.score ? a.blockIndex > b.blockIndex : a.score > b.score;
}

/** Restores the heap below `parent`: the best of all is at the top. */
function siftDown(heap: Ranked[], parent: number): void {
  const moving = heap[parent];
  if (moving === undefined) return;
  let hole = parent;
  for (;;) {
    const left = heap[2 * hole + 1];
    const right = heap[2 * hole + 2];
    const child = left !== undefined && right !== undefined && comesBefore(right, left) ? right : left;
    if (child === undefined || !comesBefore(child, moving)) break;
    heap[hole] = child;
    hole = child === right ? 2 * hole + 2 : 2 * hole + 1;
  }
  heap[hole] = moving;
}
