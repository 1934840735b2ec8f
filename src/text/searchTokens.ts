/**
 * Tokens of the search index, the same for a memory and for a query. Each is made of `a`-`z`, `0`-`9` and characters
 * from U+0080 on, and is at most 64 UTF-16 units long.
 */

import { firstUnits } from './cut.js';
import { identifierTokens, MAX_TOKEN_UNITS } from './identifier.js';
import { koreanStem } from './korean.js';
import { normalize } from './normalize.js';
import { scan, type Run } from './scan.js';
import { stemEnglish } from './stem.js';

/** What a run of text is in the index. */
export interface RunTokens {
  /** The run as one token; null when it is only found by its parts. */
  readonly whole: string | null;
  /** Words of an identifier, pairs of syllables or characters. */
  readonly parts: readonly string[];
}

/**
 * In the order of the text, as often as they occur: English words without their endings, identifiers whole and in
 * parts, Korean without particles whole and by pairs of syllables, Chinese and Japanese by pairs of characters. Linear
 * in the text, at most two tokens for each character.
 */
export function searchTokens(text: string): string[] {
  const tokens: string[] = [];
  for (const run of scan(normalize(text))) {
    const { whole, parts } = runTokens(run);
    if (whole !== null) tokens.push(whole);
    for (const part of parts) tokens.push(part);
  }
  return tokens;
}

/** @param run of a normalised text */
export function runTokens({ kind, text }: Run): RunTokens {
  switch (kind) {
    case 'word': {
      const [whole = null, ...parts] = identifierTokens(text);
      return { whole: whole === null ? null : stemEnglish(whole), parts: parts.map(stemEnglish) };
    }
    case 'hangul': {
      const stem = koreanStem(text);
      const pairs = bigrams(stem);
      return { whole: firstUnits(stem, MAX_TOKEN_UNITS), parts: pairs.length < 2 ? [] : pairs };
    }
    case 'cjk':
      return { whole: null, parts: bigrams(text) };
  }
}

/** Neighbouring code points in pairs; a single one as it is. */
function bigrams(text: string): string[] {
  const chars = Array.from(text);
  return chars.length < 2 ? chars : chars.slice(1).map((char, index) => `${chars[index] ?? ''}${char}`);
}
