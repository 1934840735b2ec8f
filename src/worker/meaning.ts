/** What the model says of a search's question, asked before the search itself. */

import type { Similarities } from '../embedding/vectorTable.js';
import { MAX_QUERY_CHARS } from '../protocol/limits.js';
import type { SearchMemoryResult } from '../protocol/operations.js';
import type { Embedder } from './embedder.js';

export interface Meaning {
  readonly similarities: Similarities | null;
  readonly share: NonNullable<SearchMemoryResult['meaning']>;
  readonly tookMs: number;
}

/** Null: there is no model, or nothing to ask it, which the search will say. */
export async function askMeaning(
  embedder: Embedder | null,
  input: unknown,
  { monotonicMs }: { monotonicMs: () => number },
): Promise<Meaning | null> {
  const question = questionIn(input);
  if (embedder === null || question === null) return null;
  const startMs = monotonicMs();
  const similarities = await embedder.compare(question);
  const hasAll = similarities !== null && similarities.blocks.length >= embedder.status.total;
  const share = similarities === null ? 'none' : hasAll ? 'all' : 'some';
  return { similarities, share, tookMs: monotonicMs() - startMs };
}

/** The words of a search, for the model. */
function questionIn(input: unknown): string | null {
  const { query } = (input ?? {}) as { query?: unknown };
  return typeof query === 'string' && query.length <= MAX_QUERY_CHARS && query.trim() !== '' ? query.trim() : null;
}
