/** The passage of a text that best shows why it was found. */

import { wholeBoundary } from './cut.js';

/** Enough to find the best passage, and a bound on the work for a text that repeats one word. */
const MAX_PLACES_PER_TOKEN = 50;
/** How far a passage may begin earlier or end sooner so as not to cut a word. */
const WORD_SLACK = 20;
const ELLIPSIS = '…';

interface Place {
  readonly at: number;
  readonly end: number;
  readonly token: number;
}

/**
 * At most `maxChars` UTF-16 units of the text, whole code points, with `…` where it was cut: the passage with the
 * most distinct tokens, longer ones counting more; the beginning when none is found.
 * @param tokens as `searchTokens` makes them; those that do not stand in the text literally are not seen
 * @param maxChars at least 3
 */
export function snippet(text: string, tokens: readonly string[], maxChars: number): string {
  if (text.length <= maxChars) return text;
  const room = Math.max(maxChars - 2 * ELLIPSIS.length, 1);
  const places = placesOf(text, tokens, room);
  const { from, to } = bestWindow(places, tokens, room);
  // What matched stands in the middle, as far as there is text on both sides.
  const centred = Math.round(from - (room - (to - from)) / 2);
  const start = startOfWord(text, Math.max(0, Math.min(centred, text.length - room)), from);
  const end = endOfWord(text, Math.min(text.length, start + room), to);
  return `${start > 0 ? ELLIPSIS : ''}${text.slice(start, end)}${end < text.length ? ELLIPSIS : ''}`;
}

/** Where the tokens that have room stand, in the order of the text; single ASCII characters say nothing. */
function placesOf(text: string, tokens: readonly string[], room: number): Place[] {
  const lower = text.toLowerCase();
  // Rare letters change length in lower case; offsets would then point at other words.
  const searched = lower.length === text.length ? lower : text;
  const places: Place[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.length > room || /^[a-z0-9]?$/.test(token)) continue;
    let at = searched.indexOf(token);
    for (let count = 0; at >= 0 && count < MAX_PLACES_PER_TOKEN; count++) {
      places.push({ at, end: at + token.length, token: index });
      at = searched.indexOf(token, at + token.length);
    }
  }
  return places.sort((a, b) => a.at - b.at || a.end - b.end);
}

/** The part of the text, at most `room` long, whose distinct tokens weigh most; the earliest of equals. */
function bestWindow(places: readonly Place[], tokens: readonly string[], room: number): { from: number; to: number } {
  const counts = new Map<number, number>();
  let best = { from: 0, to: 0, weight: 0 };
  let weight = 0;
  let first = 0;
  for (const place of places) {
    const count = counts.get(place.token) ?? 0;
    counts.set(place.token, count + 1);
    if (count === 0) weight += weightOf(tokens, place.token);
    for (let oldest = places[first]; oldest !== undefined && place.end - oldest.at > room; oldest = places[first]) {
      first += 1;
      const left = (counts.get(oldest.token) ?? 0) - 1;
      counts.set(oldest.token, left);
      if (left === 0) weight -= weightOf(tokens, oldest.token);
    }
    if (weight > best.weight) best = { from: places[first]?.at ?? place.at, to: place.end, weight };
  }
  return best;
}

/** Whole numbers, so that adding and taking away leaves nothing behind. */
function weightOf(tokens: readonly string[], index: number): number {
  return Math.min(tokens[index]?.length ?? 0, 16);
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
