/** From what was found to what callers see of it: passages, marks, explanations, and all of it within bounds. */

import type { ParsedInput } from '../memory/parseInput.js';
import type { Arranged } from '../memory/search/arrange.js';
import type { WordPart } from '../memory/search/rank.js';
import type { MemoryRecord, SearchHit } from '../protocol/operations.js';
import { matchesIn, snippet } from '../text/snippet.js';
import { estimateTokens } from '../text/tokenEstimate.js';

type SearchQuery = ParsedInput<'search_memory'>;

const SNIPPET_CHARS = 240;
/** Shorter passages say nothing. */
const MIN_SNIPPET_CHARS = 40;
/** JSON around each result in the list. */
const SEPARATOR_TOKENS = 1;

/** @param by how its words' score is made up, when that was asked for */
export function hitOf(
  record: MemoryRecord,
  { ranked, alike }: Arranged,
  query: SearchQuery,
  tokens: ReadonlySet<string>,
  by: readonly WordPart[] | undefined,
): SearchHit {
  const context = passage(record.context, query.detail, tokens);
  return {
    ...record,
    ...shown(context, record.context, tokens),
    score: ranked.score,
    ...(ranked.isNeighbour ? { neighbour: true as const } : {}),
    ...(alike.length === 0 ? {} : { alike: [...alike] }),
    ...(by === undefined ? {} : { explanation: { ...ranked.parts, by_word: [...by] } }),
  };
}

/** As many of the first as have room; of the first itself, failing that, a shorter passage. */
export function withinTokens(hits: readonly SearchHit[], max: number, tokens: ReadonlySet<string>): SearchHit[] {
  const fitting: SearchHit[] = [];
  let used = 0;
  for (const hit of hits) {
    used += costOf(hit);
    if (used > max) break;
    fitting.push(hit);
  }
  const [first] = hits;
  return fitting.length > 0 || first === undefined ? fitting : [shortened(first, max, tokens)];
}

function shortened(hit: SearchHit, max: number, tokens: ReadonlySet<string>): SearchHit {
  let short = hit;
  for (let chars = hit.context.length / 2; costOf(short) > max && short.context !== ''; chars /= 2) {
    const context = chars < MIN_SNIPPET_CHARS ? '' : snippet(hit.context, tokens, Math.floor(chars));
    const { matches: _, ...rest } = hit;
    short = { ...rest, ...shown(context, hit.context, tokens) };
  }
  return short;
}

function costOf(hit: SearchHit): number {
  return estimateTokens(JSON.stringify(hit)) + SEPARATOR_TOKENS;
}

function shown(
  context: string,
  whole: string,
  tokens: ReadonlySet<string>,
): Pick<SearchHit, 'context' | 'truncated' | 'matches'> {
  const matches = matchesIn(context, tokens);
  return {
    context,
    ...(context === whole ? {} : { truncated: true as const }),
    ...(matches.length === 0 ? {} : { matches }),
  };
}

function passage(text: string, detail: SearchQuery['detail'], tokens: ReadonlySet<string>): string {
  if (detail === 'full') return text;
  return detail === 'ids' ? '' : snippet(text, tokens, SNIPPET_CHARS);
}
