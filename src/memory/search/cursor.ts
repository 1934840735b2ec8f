/** Where the next page of a search begins: text that callers hand back as it is. */

import { GreeumError } from '../../protocol/errors.js';
import { MAX_PAGED_RESULTS } from '../../protocol/limits.js';

export interface Cursor {
  /** How many results came before. */
  readonly offset: number;
  /** How many memories there were for the first page: newer ones do not move the pages. */
  readonly documents: number;
}

const FORM = /^(\d{1,4})-(\d{1,9})-([0-9a-z]{1,13})$/;

/** @param question everything that decides what is found */
export function writeCursor({ offset, documents }: Cursor, question: string): string {
  return `${offset}-${documents}-${fingerprint(question)}`;
}

/** @throws GreeumError `invalid_argument` for a cursor of another search and for what is none */
export function readCursor(cursor: string, question: string): Cursor {
  const [, offset, documents, print] = FORM.exec(cursor) ?? [];
  if (print === undefined || print !== fingerprint(question) || Number(offset) >= MAX_PAGED_RESULTS) {
    throw new GreeumError('invalid_argument', 'The cursor is not of this search.', {
      hint: 'Repeat the search as it was, with the next_cursor it gave; without a cursor it begins anew.',
    });
  }
  return { offset: Number(offset), documents: Number(documents) };
}

/** FNV-1a, 32 bits: it tells mistakes from intent and guards nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
