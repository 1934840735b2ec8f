/**
 * How well each document answers the words of a query: BM25 for each word, over whatever form of it a document has.
 * Works on plain arrays, one entry a document, that are used again by the next query.
 */

import type { SearchCorpus } from '../../protocol/search.js';
import type { QueryForm, QueryWord } from '../../text/queryWords.js';
import type { RankingWeights } from './weights.js';

/** A word that no memory has may be a slip; in shorter ones a letter more or less makes another word. */
const MIN_SLIP_LETTERS = 4;
const MAX_SIMILAR = 4;
/** Each costs a look at every term of the index, and a question with more unknown words is not one with slips. */
const MAX_SLIPS = 8;
const SIMILAR_WEIGHT = 0.7;

/** `guess` and `guessable`: the shorter is long enough to say something, the longer not much longer. */
const MIN_STEM_LETTERS = 4;
const MAX_ADDED_LETTERS = 4;
const MAX_RELATED = 32;
/** Of the words that begin as asked, the most frequent; looked for among so many. */
const MAX_PREFIXED = 64;
const MAX_PREFIX_CANDIDATES = 4096;
const RELATED_WEIGHT = 0.4;
const SOUND_WEIGHT = 0.8;

export type FormKind = QueryForm['kind'] | 'similar' | 'related' | 'sound' | 'prefix';

/** One way in which documents may have a word. */
export interface ResolvedForm {
  readonly kind: FormKind;
  readonly weight: number;
  /** Tokens that a full match needs; those that no document has are not in `terms`. */
  readonly size: number;
  readonly terms: readonly { readonly term: number; readonly token: string; readonly idf: number }[];
}

export interface ResolvedWord {
  readonly text: string;
  /** What a document that has the word gets: its weight times how rare it is. */
  readonly worth: number;
  readonly forms: readonly ResolvedForm[];
}

/** @returns words with the terms they have in this corpus; a word that is nowhere keeps its worth and has no forms */
export function resolveWords(corpus: SearchCorpus, words: readonly QueryWord[]): ResolvedWord[] {
  let slipsLeft = MAX_SLIPS;
  return words.map((word) => {
    const own = word.forms.filter(({ kind }) => kind !== 'synonym').map((form) => resolveForm(corpus, form));
    const known = own.filter(({ terms }) => terms.length > 0);
    const prefixed = word.isPrefix === true ? prefixForms(corpus, word) : [];
    const isSlip = known.length + prefixed.length === 0 && isLongEnoughForSlips(word) && slipsLeft-- > 0;
    const similar = isSlip ? similarForms(corpus, word) : [];
    const related = [...relatedForms(corpus, word), ...soundForms(corpus, word)];
    const synonyms = word.forms.filter(({ kind }) => kind === 'synonym').map((form) => resolveForm(corpus, form));
    const forms = [...known, ...prefixed, ...similar, ...related, ...synonyms.filter(({ terms }) => terms.length > 0)];
    const rarity = known[0] ?? prefixed[0] ?? similar[0] ?? related[0] ?? forms[0];
    const idf = rarity === undefined ? inverseDocumentFrequency(0, corpus.documentCount) : meanIdf(rarity);
    return { text: word.text, worth: word.weight * idf, forms: forms.map((form) => noRarerThan(form, idf)) };
  });
}

function resolveForm(corpus: SearchCorpus, { kind, tokens, weight }: QueryForm): ResolvedForm {
  const terms = tokens.flatMap((token) => {
    const term = corpus.find(token);
    return term < 0 ? [] : [{ term, token, idf: idfOf(corpus, term) }];
  });
  return { kind, weight, size: tokens.length, terms };
}

function isLongEnoughForSlips(word: QueryWord): boolean {
  return plainToken(word).length >= MIN_SLIP_LETTERS;
}

function similarForms(corpus: SearchCorpus, word: QueryWord): ResolvedForm[] {
  const token = plainToken(word);
  return corpus.similarTo(token, MAX_SIMILAR).map((term) => ({
    kind: 'similar',
    weight: SIMILAR_WEIGHT,
    size: 1,
    terms: [{ term, token, idf: idfOf(corpus, term) }],
  }));
}

/** The most frequent first. */
function prefixForms(corpus: SearchCorpus, { text }: QueryWord): ResolvedForm[] {
  const terms = corpus.withPrefix(text.toLowerCase(), MAX_PREFIX_CANDIDATES);
  terms.sort((a, b) => corpus.documentFrequency(b) - corpus.documentFrequency(a));
  return terms.slice(0, MAX_PREFIXED).map((term) => ({
    kind: 'prefix',
    weight: 1,
    size: 1,
    terms: [{ term, token: corpus.token(term), idf: idfOf(corpus, term) }],
  }));
}

/** `guess` and `guessable`: one begins with the other, and little is added. */
function relatedForms(corpus: SearchCorpus, word: QueryWord): ResolvedForm[] {
  const token = plainToken(word);
  if (token.length < MIN_STEM_LETTERS) return [];
  const longer = corpus.withPrefix(token, MAX_RELATED).filter((term) => {
    const added = corpus.token(term).length - token.length;
    return added > 0 && added <= MAX_ADDED_LETTERS;
  });
  const shorter: number[] = [];
  for (let cut = 1; cut <= MAX_ADDED_LETTERS && token.length - cut >= MIN_STEM_LETTERS; cut++) {
    const term = corpus.find(token.slice(0, -cut));
    if (term >= 0) shorter.push(term);
  }
  return [...longer, ...shorter].map((term) => ({
    kind: 'related',
    weight: RELATED_WEIGHT,
    size: 1,
    terms: [{ term, token, idf: idfOf(corpus, term) }],
  }));
}

/** 클릭하우스 for `ClickHouse`. */
function soundForms(corpus: SearchCorpus, { forms: [first] }: QueryWord): ResolvedForm[] {
  const token = first?.kind === 'word' ? (first.tokens[0] ?? '') : '';
  return corpus.soundingLike(token).map((term) => ({
    kind: 'sound',
    weight: SOUND_WEIGHT,
    size: 1,
    terms: [{ term, token, idf: idfOf(corpus, term) }],
  }));
}

/** The token of a word of Latin letters; empty for others. */
function plainToken({ forms: [first] }: QueryWord): string {
  const token = first?.kind === 'word' ? (first.tokens[0] ?? '') : '';
  return /^[a-z]+$/.test(token) ? token : '';
}

/** Another word for a frequent one must not count more because it is rare itself. */
function noRarerThan(form: ResolvedForm, idf: number): ResolvedForm {
  if (form.kind === 'word' || form.kind === 'parts') return form;
  return { ...form, terms: form.terms.map((entry) => ({ ...entry, idf: Math.min(entry.idf, idf) })) };
}

function meanIdf({ terms }: ResolvedForm): number {
  return terms.reduce((sum, { idf }) => sum + idf, 0) / Math.max(1, terms.length);
}

function idfOf(corpus: SearchCorpus, term: number): number {
  return inverseDocumentFrequency(corpus.documentFrequency(term), corpus.documentCount);
}

/** Never negative, not even for a word that all memories have. */
export function inverseDocumentFrequency(documentFrequency: number, documentCount: number): number {
  return Math.log1p((Math.max(documentCount - documentFrequency, 0) + 0.5) / (documentFrequency + 0.5));
}

/** A sum for each document, with a list of those that have one, so that it is emptied in no time. */
class Sums {
  values = new Float32Array(0);
  touched = new Uint32Array(0);
  count = 0;

  makeRoom(documents: number): void {
    if (this.values.length >= documents) return;
    const length = Math.ceil(documents * 1.25);
    this.values = new Float32Array(length);
    this.touched = new Uint32Array(length);
    this.count = 0;
  }

  clear(): void {
    for (let at = 0; at < this.count; at++) this.values[this.touched[at] ?? 0] = 0;
    this.count = 0;
  }
}

export class WordScores {
  readonly #strength = new Sums();
  readonly #word = new Sums();
  readonly #form = new Sums();

  /** Documents that have any of the words. */
  get count(): number {
    return this.#strength.count;
  }

  document(at: number): number {
    return this.#strength.touched[at] ?? 0;
  }

  /** 0 to 1, and somewhat above for repeated words: the share of what was asked for. */
  of(document: number): number {
    return this.#strength.values[document] ?? 0;
  }

  /**
   * Scores all documents; what the last query left is gone.
   * @param onWord for explaining: called with each word's share for each document
   */
  run(
    corpus: SearchCorpus,
    words: readonly ResolvedWord[],
    weights: RankingWeights,
    onWord?: (word: number, document: number, share: number) => void,
  ): void {
    const all = [this.#strength, this.#word, this.#form];
    for (const sums of all) {
      sums.makeRoom(corpus.documentCount);
      sums.clear();
    }
    const total = words.reduce((sum, { worth }) => sum + worth, 0);
    if (total === 0) return;
    for (const [index, word] of words.entries()) {
      for (const form of word.forms) this.#addForm(corpus, form, weights);
      this.#addWord(word.worth / total, onWord === undefined ? undefined : (...match) => onWord(index, ...match));
    }
  }

  /** Adds one form's BM25, each term as a share of the form, to the best form of each document. */
  #addForm(corpus: SearchCorpus, { terms, size, weight }: ResolvedForm, { k1, b }: RankingWeights): void {
    const sums = this.#form;
    const { lengths } = corpus;
    const base = k1 * (1 - b);
    const slope = (k1 * b) / corpus.averageLength;
    const worth = terms.reduce((sum, { idf }) => sum + idf, 0) * (size / Math.max(1, terms.length));
    for (const { term, idf } of terms) {
      const share = (weight * idf * (k1 + 1)) / Math.max(worth, Number.MIN_VALUE);
      corpus.each(term, (document, frequency) => {
        const before = sums.values[document] ?? 0;
        if (before === 0) sums.touched[sums.count++] = document;
        sums.values[document] = before + (share * frequency) / (frequency + base + slope * (lengths[document] ?? 0));
      });
    }
    const best = this.#word;
    for (let at = 0; at < sums.count; at++) {
      const document = sums.touched[at] ?? 0;
      const score = sums.values[document] ?? 0;
      sums.values[document] = 0;
      const before = best.values[document] ?? 0;
      if (before === 0) best.touched[best.count++] = document;
      if (score > before) best.values[document] = score;
    }
    sums.count = 0;
  }

  #addWord(worth: number, onMatch?: (document: number, share: number) => void): void {
    const word = this.#word;
    for (let at = 0; at < word.count; at++) {
      const document = word.touched[at] ?? 0;
      const score = word.values[document] ?? 0;
      word.values[document] = 0;
      const strength = this.#strength;
      const before = strength.values[document] ?? 0;
      if (before === 0) strength.touched[strength.count++] = document;
      strength.values[document] = before + worth * score;
      onMatch?.(document, worth * score);
    }
    word.count = 0;
  }
}
