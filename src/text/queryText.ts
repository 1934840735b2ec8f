/** What a question says besides its words: `"exact phrases"` and the `beginning*` of a word. */

import { normalize } from './normalize.js';

export interface QueryText {
  /** The question without the signs. */
  readonly plain: string;
  /** Each must be in a memory as it stands, but for case, width and the kind of white space. */
  readonly phrases: readonly string[];
  /** Words of which only the beginning was given, in lower case. */
  readonly prefixes: ReadonlySet<string>;
}

const PHRASE = /["“”]([^"“”]+)["“”]/gu;
const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
/** Shorter beginnings say nothing. */
const MIN_PREFIX_UNITS = 2;

/** A quotation mark without its other one is nothing special, nor is an asterisk elsewhere. */
export function readQueryText(question: string): QueryText {
  const phrases = [...question.matchAll(PHRASE)].map(([, phrase]) => foldText(phrase ?? ''));
  const plain = question.replace(PHRASE, ' $1 ').trim();
  const prefixes = new Set<string>();
  for (const word of plain.split(/\s+/u)) {
    if (!word.endsWith('*')) continue;
    const last = word.toLowerCase().match(WORDS)?.at(-1) ?? '';
    if (last.length >= MIN_PREFIX_UNITS && word.toLowerCase().endsWith(`${last}*`)) prefixes.add(last);
  }
  return { plain, phrases: phrases.filter((phrase) => phrase !== ''), prefixes };
}

/** Equal for texts that differ in case, in the width of characters or in white space alone. */
export function foldText(text: string): string {
  return normalize(text).toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * Whether the phrase stands in the text, not as part of longer Latin words or numbers. Korean particles may follow.
 * @param text and phrase as `foldText` makes them
 */
export function containsPhrase(text: string, phrase: string): boolean {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if (!isInsideWord(text, at) && !isInsideWord(text, at + phrase.length)) return true;
  }
  return false;
}

/** Between two letters or digits of a script that puts spaces between words. */
function isInsideWord(text: string, at: number): boolean {
  return /^[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}\p{N}]{2}$/u.test(text.slice(Math.max(0, at - 1), at + 1));
}
