/**
 * Tokens of the search index, the same for a memory and for a query. Each is made of `a`-`z`, `0`-`9` and characters
 * from U+0080 on, so that SQLite's `simple` tokenizer takes it as one, and is at most 64 UTF-16 units long.
 */

import { firstUnits } from './cut.js';
import { identifierTokens, MAX_TOKEN_UNITS } from './identifier.js';
import { normalize } from './normalize.js';
import { scan, type Run } from './scan.js';

/**
 * In the order of the text, as often as they occur: identifiers whole and in parts, Hangul by pairs of syllables and
 * whole, Chinese and Japanese by pairs of characters. Linear in the text, at most four tokens for each character.
 */
export function searchTokens(text: string): string[] {
  const tokens: string[] = [];
  for (const run of scan(normalize(text))) for (const token of tokensOf(run)) tokens.push(token);
  return tokens;
}

function tokensOf({ kind, text }: Run): string[] {
  switch (kind) {
    case 'word':
      return identifierTokens(text);
    case 'hangul': {
      const pairs = bigrams(text);
      // One or two syllables are their own only pair.
      return pairs.length < 2 ? pairs : [...pairs, firstUnits(text, MAX_TOKEN_UNITS)];
    }
    case 'cjk':
      return bigrams(text);
  }
}

/** Neighbouring code points in pairs; a single one as it is. */
function bigrams(text: string): string[] {
  const chars = Array.from(text);
  return chars.length < 2 ? chars : chars.slice(1).map((char, index) => `${chars[index] ?? ''}${char}`);
}
