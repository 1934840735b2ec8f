/** What the model says of a search's question, asked before the search itself. */

import type { Similarities } from '../embedding/vectorTable.js';
import { MAX_QUERY_CHARS } from '../protocol/limits.js';
import type { SearchMemoryResult } from '../protocol/operations.js';

export interface Meaning {
  readonly similarities: Similarities | null;
  readonly share: NonNullable<SearchMemoryResult['meaning']>;
  readonly tookMs: number;
}

/** The words of a search, for the model; null when the input is none, which the search will say. */
export function questionIn(input: unknown): string | null {
  const { query } = (input ?? {}) as { query?: unknown };
  return typeof query === 'string' && query.length <= MAX_QUERY_CHARS && query.trim() !== '' ? query.trim() : null;
}
