/** Which memories answer a query best. Pure: everything it knows comes from the corpus and the request. */

import type { ScoreParts } from '../../protocol/memories.js';
import type { SearchCorpus } from '../../protocol/search.js';
import type { QueryWord } from '../../text/queryWords.js';
import { BestOf, type Seed } from './bestOf.js';
import { byScore, type Ranked } from './ranked.js';
import { belowReplacements } from './replaced.js';
import { RANKING, RECENCY_HALF_LIFE_DAYS, type RankingWeights } from './weights.js';
import { inverseDocumentFrequency, resolveWords, WordScores, type ResolvedWord } from './wordScores.js';

export interface RankRequest {
  readonly words: readonly QueryWord[];
  /** When what is looked for happened, as the query says it; local time as in `SearchDocument.whenMs`. */
  readonly time: TimeSpan | null;
  /** Now, likewise. */
  readonly nowMs: number;
  /** How many are wanted; near-duplicates count. */
  readonly count: number;
  /** How near each document is in meaning, see `nearness.ts`; null without vectors. */
  readonly nearness: Float32Array | null;
  /** Null: all documents. */
  readonly accepts: ((document: number) => boolean) | null;
  /** Blocks that the slots point at. */
  readonly slotHeads: readonly number[];
  /** Linked blocks, with strengths from 0 to 1. */
  links(blockIndex: number): readonly { blockIndex: number; strength: number }[];
  /** Block that replaces this one, or null. Called for few. */
  replacementOf(blockIndex: number): number | null;
  /** Whether memories that have none of the words, and only stand beside some that have, are found too. */
  readonly neighbours: boolean;
}

export interface TimeSpan {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What one word of the question gave a memory. */
export interface WordPart {
  /** As it was asked. */
  readonly word: string;
  score: number;
}

export interface Ranking {
  /** Best first, the newest of equals; at most as many as were wanted. */
  readonly found: Ranked[];
  /** Of the words that were asked for, in every form in which memories have them. */
  readonly tokens: ReadonlySet<string>;
}

/** So many of the best are looked at together with their neighbours. */
const MIN_SEEDS = 400;
/** Links are read from the database: only those of the very best. */
const LINKED_SEEDS = 4;
/** A memory that has none of the words is shown only if its neighbours bring it this near to the best. */
const SILENT_FLOOR = 0.1;
const MS_PER_DAY = 86_400_000;

/** Made once and used for query after query: it holds arrays as long as the corpus. */
export class Ranker {
  readonly #scores = new WordScores();
  readonly #weights: RankingWeights;
  /** Of the score that the time makes up in the query at hand, 0 to 1. */
  #share = 0;

  constructor(weights: RankingWeights = RANKING) {
    this.#weights = weights;
  }

  rank(corpus: SearchCorpus, request: RankRequest): Ranking {
    const words = resolveWords(corpus, request.words);
    this.#scores.run(corpus, words, this.#weights);
    this.#share = timeShare(corpus, words, request.time, this.#weights);
    const seeds = this.#seeds(corpus, request, Math.max(MIN_SEEDS, request.count));
    const context = this.#context(corpus, seeds, request);
    const found: Ranked[] = [];
    for (const document of new Set([...seeds.map((seed) => seed.document), ...context.keys()])) {
      if (request.accepts?.(document) === false) continue;
      found.push(this.#ranked(corpus, document, context.get(document) ?? 0, request));
    }
    found.sort(byScore);
    const leastSilent = SILENT_FLOOR * (found[0]?.score ?? 0);
    const telling = found.filter(({ score, isNeighbour }) =>
      isNeighbour ? request.neighbours && score >= leastSilent : true,
    );
    const tokens = words.flatMap(({ forms }) =>
      forms.flatMap(({ terms }) => terms.map(({ term }) => corpus.token(term))),
    );
    const best = belowReplacements(telling, request, this.#weights.superseded);
    return { found: best, tokens: new Set(tokens) };
  }

  /** What each word gave each of these, see `ScoreParts.words`. @param request as it was ranked */
  explain(corpus: SearchCorpus, request: RankRequest, found: readonly Ranked[]): Map<number, WordPart[]> {
    const words = resolveWords(corpus, request.words);
    const parts = new Map<number, WordPart[]>(found.map(({ document }) => [document, []]));
    this.#scores.run(corpus, words, this.#weights, (word, document, share) => {
      parts.get(document)?.push({ word: words[word]?.text ?? '', score: share });
    });
    for (const { document, parts: whole } of found) {
      const own = parts.get(document) ?? [];
      const total = own.reduce((sum, { score }) => sum + score, 0);
      for (const part of own) part.score *= total === 0 ? 0 : whole.words / total;
    }
    return parts;
  }

  /** The best by their words and time alone. Those that the filter keeps out find nothing, not even neighbours. */
  #seeds(corpus: SearchCorpus, request: RankRequest, count: number): Seed[] {
    const heap = new BestOf(count);
    for (let at = 0; at < this.#scores.count; at++) {
      const document = this.#scores.document(at);
      if (request.accepts?.(document) === false) continue;
      heap.add(document, this.#own(corpus, document, request));
    }
    if (request.time !== null || request.nearness !== null) {
      for (let document = 0; document < corpus.documentCount; document++) {
        if (this.#scores.of(document) > 0) continue;
        const score = this.#own(corpus, document, request);
        if (score > 0 && request.accepts?.(document) !== false) heap.add(document, score);
      }
    }
    return heap.sorted();
  }

  #own(corpus: SearchCorpus, document: number, request: RankRequest): number {
    const meaning = this.#meaningScore(document, request);
    return this.#wordScore(document) + meaning + this.#timeScore(corpus, document, request.time);
  }

  #meaningScore(document: number, { nearness }: RankRequest): number {
    return this.#weights.meaning * (nearness?.[document] ?? 0);
  }

  #wordScore(document: number): number {
    return (1 - this.#share) * this.#scores.of(document);
  }

  #timeScore(corpus: SearchCorpus, document: number, time: TimeSpan | null): number {
    return time !== null && isWithin(corpus, document, time) ? this.#share : 0;
  }

  /** What each document gets from the seeds around it. */
  #context(corpus: SearchCorpus, seeds: readonly Seed[], request: RankRequest): Map<number, number> {
    const { parent, child, beside, near, linked } = this.#weights;
    const gained = new Map<number, number>();
    const give = (to: number, score: number): void => {
      if (to < 0 || to >= corpus.documentCount) return;
      gained.set(to, Math.max(gained.get(to) ?? 0, score));
    };
    for (const [rank, seed] of seeds.entries()) {
      const self = corpus.document(seed.document);
      // A memory lends to the one it continues what that one's child is worth, and the other way round.
      give(self.parent, child * seed.score);
      for (const next of corpus.children(seed.document)) give(next, parent * seed.score);
      for (const [step, share] of [
        [1, beside],
        [2, near],
      ] as const) {
        for (const other of [seed.document - step, seed.document + step]) {
          if (isSameSession(corpus, seed.document, other)) give(other, share * seed.score);
        }
      }
      if (rank >= LINKED_SEEDS) continue;
      const replacement = request.replacementOf(self.blockIndex);
      if (replacement !== null) give(corpus.documentOf(replacement), seed.score);
      for (const { blockIndex, strength } of request.links(self.blockIndex)) {
        give(corpus.documentOf(blockIndex), linked * strength * seed.score);
      }
    }
    return gained;
  }

  #ranked(corpus: SearchCorpus, document: number, context: number, request: RankRequest): Ranked {
    const weights = this.#weights;
    const { blockIndex, whenMs, importance } = corpus.document(document);
    const words = this.#wordScore(document);
    const meaning = this.#meaningScore(document, request);
    const ageDays = Math.max(0, request.nowMs - whenMs) / MS_PER_DAY;
    const parts: ScoreParts = {
      words,
      meaning,
      context: words + meaning > 0 ? context : context * weights.silent,
      time: this.#timeScore(corpus, document, request.time),
      recency: weights.recency * 2 ** (-ageDays / RECENCY_HALF_LIFE_DAYS),
      importance: weights.importance * importance,
      slot_head: request.slotHeads.includes(blockIndex) ? weights.slotHead : 0,
    };
    const isNeighbour = words + meaning + parts.time === 0;
    const { context: lent, time, recency, importance: weight, slot_head } = parts;
    const score = words + meaning + lent + time + recency + weight + slot_head;
    return { document, blockIndex, score, parts, isNeighbour };
  }
}

/** As if the time were one more word, as rare as what happened in it. */
function timeShare(
  corpus: SearchCorpus,
  words: readonly ResolvedWord[],
  time: TimeSpan | null,
  weights: RankingWeights,
): number {
  if (time === null) return 0;
  let inside = 0;
  for (let document = 0; document < corpus.documentCount; document++) if (isWithin(corpus, document, time)) inside += 1;
  const worth = weights.time * inverseDocumentFrequency(inside, corpus.documentCount);
  return worth / (worth + words.reduce((sum, word) => sum + word.worth, 0));
}

function isWithin({ whensMs }: SearchCorpus, document: number, { firstMs, lastMs }: TimeSpan): boolean {
  const when = whensMs[document] ?? 0;
  return when >= firstMs && when <= lastMs;
}

/** Written one after the other about the same thing: same project, at most a day apart. */
function isSameSession(corpus: SearchCorpus, document: number, other: number): boolean {
  if (other < 0 || other >= corpus.documentCount) return false;
  const here = corpus.document(document);
  const there = corpus.document(other);
  return here.project === there.project && Math.abs(here.whenMs - there.whenMs) <= MS_PER_DAY;
}
