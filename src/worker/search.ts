/** `search_memory`: from the question to the answers, over the index and the image. */

import type { ParsedInput } from '../memory/parseInput.js';
import type { Similarities } from '../embedding/vectorTable.js';
import { arrange, type Arranged } from '../memory/search/arrange.js';
import { readCursor, writeCursor, type Cursor } from '../memory/search/cursor.js';
import { nearness } from '../memory/search/nearness.js';
import { Ranker, type Ranking, type RankRequest } from '../memory/search/rank.js';
import { localTimestamp } from '../memory/timestamps.js';
import { MAX_PAGED_RESULTS } from '../protocol/limits.js';
import type { SearchHit, SearchMemoryResult } from '../protocol/operations.js';
import type { Queries } from '../storage/queries.js';
import type { SearchIndex } from '../storage/searchIndex.js';
import { localTimeMs } from '../text/localTime.js';
import { readQueryText } from '../text/queryText.js';
import { queryWords } from '../text/queryWords.js';
import { searchTokens } from '../text/searchTokens.js';
import { findTimePhrase } from '../text/timePhrases.js';
import { filterOf } from './searchFilter.js';
import { hitOf, withinTokens } from './searchHits.js';

export interface SearchSource {
  readonly queries: Queries;
  /** Holds every block of the image. */
  index(): SearchIndex;
  /** Unix milliseconds. */
  nowMs(): number;
}

type SearchQuery = ParsedInput<'search_memory'>;

const MAX_LINKS = 10;
/** Near-duplicates are told by the beginning of a text. */
const MAX_COMPARED_CHARS = 4_000;
/** The next page compares with all before it: their words are worked out once. */
const REMEMBERED_TEXTS = 2_500;

interface Page {
  readonly arranged: readonly Arranged[];
  readonly hasMore: boolean;
}

export class Search {
  readonly #source: SearchSource;
  readonly #ranker = new Ranker();
  /** Words by block, the latest used last. */
  readonly #words = new Map<number, ReadonlySet<string>>();

  constructor(source: SearchSource) {
    this.#source = source;
  }

  /**
   * @param similarities of the question to the memories that have vectors; null: words alone decide
   * @throws GreeumError `invalid_argument` for a cursor of another search
   */
  run(query: SearchQuery, similarities: Similarities | null): Omit<SearchMemoryResult, 'took_ms' | 'meaning'> {
    const index = this.#source.index();
    index.catchUp();
    const question = questionOf(query);
    const start = query.cursor === undefined ? firstPage(index) : readCursor(query.cursor, question);
    const request = this.#request(query, index, start, similarities);
    const { page, ranking } = this.#page(query, index, request, start);
    const parts = query.explain === true ? this.#ranker.explain(index, request, rankedOf(page)) : null;
    const hits = page.arranged.flatMap((arranged): SearchHit[] => {
      const record = this.#source.queries.record(arranged.ranked.blockIndex);
      const by = parts?.get(arranged.ranked.document);
      return record === null ? [] : [hitOf(record, arranged, query, ranking.tokens, by)];
    });
    const results = query.max_tokens === undefined ? hits : withinTokens(hits, query.max_tokens, ranking.tokens);
    const next = { ...start, offset: start.offset + results.length };
    // What comes deeper takes ever longer, and writes wait meanwhile.
    const hasMore = (page.hasMore || results.length < hits.length) && next.offset < MAX_PAGED_RESULTS;
    return { results, ...(hasMore ? { next_cursor: writeCursor(next, question) } : {}) };
  }

  #request(
    query: SearchQuery,
    index: SearchIndex,
    { offset, documents }: Cursor,
    similarities: Similarities | null,
  ): RankRequest {
    const { queries } = this.#source;
    const nowMs = localTimeMs(localTimestamp(this.#source.nowMs()));
    const { plain, phrases, prefixes } = readQueryText(query.query);
    const time = findTimePhrase(plain, nowMs);
    const filter = filterOf(query, phrases, index, queries);
    const isOld = documents >= index.documentCount;
    return {
      words: queryWords(time?.rest ?? plain, prefixes),
      time,
      nowMs,
      // Twice as many as are shown: near-duplicates fall away.
      count: 2 * (offset + query.limit + 1),
      nearness: similarities === null ? null : nearnessByDocument(index, similarities),
      accepts: isOld ? filter : (document) => document < documents && filter?.(document) !== false,
      slotHeads: queries.anchors().flatMap(({ block_index }) => (block_index === null ? [] : [block_index])),
      links: (blockIndex) => linksOf(queries, blockIndex),
      replacementOf: (blockIndex) => queries.replacementOf(blockIndex),
      neighbours: query.neighbours ?? true,
    };
  }

  #page(
    query: SearchQuery,
    index: SearchIndex,
    request: RankRequest,
    { offset }: Cursor,
  ): { page: Page; ranking: Ranking } {
    const end = offset + query.limit;
    for (let { count } = request; ; count *= 4) {
      const ranking = this.#ranker.rank(index, { ...request, count });
      const order = arrange(ranking.found, {
        count: end + 1,
        diversity: query.diversity ?? 0,
        collapse: query.duplicates !== true,
        wordsOf: (blockIndex) => this.#wordsOf(blockIndex),
      });
      if (order.length > end || ranking.found.length < count) {
        return { page: { arranged: order.slice(offset, end), hasMore: order.length > end }, ranking };
      }
    }
  }

  #wordsOf(blockIndex: number): ReadonlySet<string> {
    const text = (): string => this.#source.queries.context(blockIndex).slice(0, MAX_COMPARED_CHARS);
    const words = this.#words.get(blockIndex) ?? new Set(searchTokens(text()));
    this.#words.delete(blockIndex);
    this.#words.set(blockIndex, words);
    const [oldest] = this.#words.keys();
    if (this.#words.size > REMEMBERED_TEXTS && oldest !== undefined) this.#words.delete(oldest);
    return words;
  }
}

/** Both have their blocks in order. */
function nearnessByDocument(index: SearchIndex, { blocks, cosines }: Similarities): Float32Array {
  const near = nearness(cosines);
  const byDocument = new Float32Array(index.documentCount);
  for (let document = 0, at = 0; document < byDocument.length; document++) {
    const block = index.blockOf(document);
    while (at < blocks.length && (blocks[at] ?? 0) < block) at++;
    if (blocks[at] === block) byDocument[document] = near[at] ?? 0;
  }
  return byDocument;
}

function firstPage(index: SearchIndex): Cursor {
  return { offset: 0, documents: index.documentCount };
}

/** What decides which memories are found and in what order. */
function questionOf(query: SearchQuery): string {
  const { query: text, slot, project, include_global, tags, since, until, neighbours, diversity, duplicates } = query;
  return JSON.stringify([
    ...[text, slot, project, include_global, tags, since, until],
    ...[neighbours ?? true, diversity ?? 0, duplicates ?? false],
  ]);
}

function rankedOf({ arranged }: Page): Arranged['ranked'][] {
  return arranged.map(({ ranked }) => ranked);
}

function linksOf(queries: Queries, blockIndex: number): { blockIndex: number; strength: number }[] {
  return queries.associations(blockIndex, MAX_LINKS).map(({ source, target, strength }) => ({
    blockIndex: source === blockIndex ? target : source,
    strength,
  }));
}
