/** The passage of a text that best shows why it was found. */

import { wholeBoundary } from './cut.js';
import { normalize } from './normalize.js';
import { scan } from './scan.js';
import { runTokens } from './searchTokens.js';

/** A longer text is looked at only so far, which takes some milliseconds. */
const MAX_SEARCHED_UNITS = 100_000;
/** Longer words do not say more. */
const MAX_WEIGHT = 16;
/** How far a passage may begin earlier or end sooner so as not to cut a word. */
const WORD_SLACK = 20;
const ELLIPSIS = '…';

interface Place {
  readonly at: number;
  readonly end: number;
  /** Equal for places of the same word. */
  readonly token: number;
  /** Whole numbers, so that adding and taking away leaves nothing behind. */
  readonly weight: number;
}

/**
 * At most `maxChars` UTF-16 units of the text, whole code points, with `…` where it was cut: the passage with the
 * most distinct words, longer ones counting more; the beginning when none is found.
 * @param tokens as `searchTokens` makes them
 * @param maxChars at least 3
 */
export function snippet(text: string, tokens: ReadonlySet<string>, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const room = Math.max(maxChars - 2 * ELLIPSIS.length, 1);
  const places = placesOf(text, tokens, room);
  const { from, to } = bestWindow(places, room);
  // What matched stands in the middle, as far as there is text on both sides.
  const centred = Math.round(from - (room - (to - from)) / 2);
  const start = startOfWord(text, Math.max(0, Math.min(centred, text.length - room)), from);
  const end = endOfWord(text, Math.min(text.length, start + room), to);
  return `${start > 0 ? ELLIPSIS : ''}${text.slice(start, end)}${end < text.length ? ELLIPSIS : ''}`;
}

/** So many are enough to see why a text was found. */
const MAX_MATCHES = 100;

/** From and to of the words that the tokens are of, in UTF-16 units, in the order of the text. */
export function matchesIn(text: string, tokens: ReadonlySet<string>): [number, number][] {
  const places = placesOf(text, tokens, Infinity).slice(0, MAX_MATCHES);
  return places.map(({ at, end }) => [at, end]);
}

/** Where words stand that the tokens are of, in the order of the text; single ASCII characters say nothing. */
function placesOf(text: string, tokens: ReadonlySet<string>, room: number): Place[] {
  const numbers = new Map<string, number>();
  const places: Place[] = [];
  for (const run of scan(text.slice(0, MAX_SEARCHED_UNITS))) {
    const { whole, parts } = runTokens({ kind: run.kind, text: normalize(run.text) });
    const token = whole !== null && tokens.has(whole) ? whole : parts.find((part) => tokens.has(part));
    if (token === undefined || /^[a-z0-9]?$/.test(token)) continue;
    const number = numbers.get(token) ?? numbers.size;
    numbers.set(token, number);
    // A run can be longer than the passage: then it is only where it begins that counts.
    const end = run.at + Math.min(run.text.length, room);
    places.push({ at: run.at, end, token: number, weight: Math.min(token.length, MAX_WEIGHT) });
  }
  return places;
}

/** The part of the text, at most `room` long, whose distinct words weigh most; the earliest of equals. */
function bestWindow(places: readonly Place[], room: number): { from: number; to: number } {
  const counts = new Map<number, number>();
  let best = { from: 0, to: 0, weight: 0 };
  let weight = 0;
  let first = 0;
  for (const place of places) {
    const count = counts.get(place.token) ?? 0;
    counts.set(place.token, count + 1);
    if (count === 0) weight += place.weight;
    for (let oldest = places[first]; oldest !== undefined && place.end - oldest.at > room; oldest = places[first]) {
      first += 1;
      const left = (counts.get(oldest.token) ?? 0) - 1;
      counts.set(oldest.token, left);
      if (left === 0) weight -= oldest.weight;
    }
    if (weight > best.weight) best = { from: places[first]?.at ?? place.at, to: place.end, weight };
  }
  return best;
}

/** The next word's first letter at or shortly after `offset`, but never after `limit`. */
function startOfWord(text: string, offset: number, limit: number): number {
  if (offset === 0) return 0;
  const space = text.slice(offset - 1, offset + WORD_SLACK).search(/\s/);
  const moved = offset + space;
  return space >= 0 && moved <= limit ? moved : wholeBoundary(text, offset);
}

/** Just behind a word's last letter at or shortly before `offset`, but never before `limit`. */
function endOfWord(text: string, offset: number, limit: number): number {
  if (offset === text.length) return offset;
  const tailStart = Math.max(0, offset - WORD_SLACK);
  const space = text.slice(tailStart, offset + 1).search(/\s+\S*$/);
  const moved = tailStart + space;
  return space >= 0 && moved >= limit && moved > 0 ? moved : wholeBoundary(text, offset);
}
