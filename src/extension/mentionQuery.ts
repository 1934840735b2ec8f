/** Which memories mention a file. Pure. */

import type { SearchHit } from '../protocol/operations.js';

/** Shorter ones are words of everything. */
const MIN_NAME_CHARS = 4;

/** The name of the file as a phrase to search for; null where the name would find anything at all. */
export function mentionQuery(fileName: string): string | null {
  const name = fileName.replaceAll('"', ' ').trim();
  return name.length < MIN_NAME_CHARS ? null : `"${name}"`;
}

/** Of what was found, what has the name itself: a search also finds its words in another form. */
export function mentioning(hits: readonly SearchHit[], fileName: string): SearchHit[] {
  const name = fileName.toLowerCase();
  return hits.filter(({ context }) => context.toLowerCase().includes(name));
}
