/** Identifiers, paths and versions: what they are made of, and the one form in which they are kept whole. */

import { firstUnits } from './cut.js';

/** Longest token in UTF-16 units; what is longer is cut. A SHA-256 in hex is exactly this long. */
export const MAX_TOKEN_UNITS = 64;

/** Outermost first: path segments, then the pieces of a name, then the words of a piece. */
const JOINER_LEVELS = [/[/\\]/, /[.-]/, /_/] as const;

/** Most words: nothing in them to split. */
const PLAIN_WORD = new RegExp(`^[A-Za-z][a-z]{0,${MAX_TOKEN_UNITS - 1}}$`);
const ANY_JOINER = /[._\-/\\]/;
const JOINERS = /[._\-/\\]/g;
const JOINED_DIGITS = /(?<=\p{N})[._\-/\\](?=\p{N})/gu;

/** Between `a` and `A`, before the last capital of `HTTPServer`, and between letters and digits. */
const HUMP = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

/** A piece with more parts of one or two characters than this is a code (hash, id, base64): its parts say nothing. */
const MAX_TINY_PARTS = 2;

/**
 * The tokens of one word run: itself, whatever it is made of, and every compound in between, so that `memory.ts` and
 * `decideAdd` both find `src/memory/decideAdd.ts`.
 */
export function identifierTokens(run: string): string[] {
  if (PLAIN_WORD.test(run)) return [run.toLowerCase()];
  const tokens: string[] = [];
  addTokens(run, 0, tokens);
  return tokens;
}

function addTokens(piece: string, level: number, tokens: string[]): void {
  const joiner = JOINER_LEVELS[level];
  if (joiner === undefined) return addHumps(piece, tokens);
  const parts = piece.split(joiner);
  if (parts.length > 1) tokens.push(wholeToken(piece));
  for (const part of parts) addTokens(part, level + 1, tokens);
}

function addHumps(piece: string, tokens: string[]): void {
  tokens.push(wholeToken(piece));
  const parts = piece.length > MAX_TOKEN_UNITS ? [] : piece.split(HUMP);
  if (parts.length < 2 || parts.filter((part) => part.length <= 2).length > MAX_TINY_PARTS) return;
  for (const part of parts) tokens.push(wholeToken(part));
}

/**
 * One token for a compound: joiners are dropped, so that `user_id`, `user-id` and `userId` are the same, except
 * between digits, where they become `·` (U+00B7), so that `1.2.3` is not `123`.
 */
function wholeToken(piece: string): string {
  const cut = firstUnits(piece, MAX_TOKEN_UNITS);
  const joined = ANY_JOINER.test(cut) ? cut.replace(JOINED_DIGITS, '·').replaceAll(JOINERS, '') : cut;
  // Lower case can be longer: İ becomes two characters.
  return firstUnits(joined.toLowerCase(), MAX_TOKEN_UNITS);
}
