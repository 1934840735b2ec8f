/** `search_memory`: from the question to the answers, over the index and the image. */

import { Ranker, type RankRequest } from '../memory/search/rank.js';
import type { Ranked } from '../memory/search/ranked.js';
import type { ParsedInput } from '../memory/parseInput.js';
import { localTimestamp } from '../memory/timestamps.js';
import { SLOT_NAMES, type MemoryRecord, type SearchHit } from '../protocol/operations.js';
import type { Queries } from '../storage/queries.js';
import type { SearchIndex } from '../storage/searchIndex.js';
import { localTimeMs } from '../text/localTime.js';
import { queryWords } from '../text/queryWords.js';
import { snippet } from '../text/snippet.js';
import { findTimePhrase } from '../text/timePhrases.js';

export interface SearchSource {
  readonly queries: Queries;
  /** Holds every block of the image. */
  index(): SearchIndex;
  /** Unix milliseconds. */
  nowMs(): number;
}

type SearchQuery = ParsedInput<'search_memory'>;

const SNIPPET_CHARS = 240;
const MAX_LINKS = 10;
/** As the index says it of a memory that belongs to no project. */
const NO_PROJECT = -1;

export class Search {
  readonly #source: SearchSource;
  readonly #ranker = new Ranker();

  constructor(source: SearchSource) {
    this.#source = source;
  }

  /** Best first. */
  run(query: SearchQuery): SearchHit[] {
    const { queries } = this.#source;
    const index = this.#source.index();
    index.catchUp();
    const nowMs = localTimeMs(localTimestamp(this.#source.nowMs()));
    const time = findTimePhrase(query.query, nowMs);
    const { found, tokens } = this.#ranker.rank(index, {
      words: queryWords(time?.rest ?? query.query),
      time,
      nowMs,
      count: query.limit,
      accepts: filterOf(query, index),
      slotHeads: queries.anchors().flatMap(({ block_index }) => (block_index === null ? [] : [block_index])),
      links: (blockIndex) => linksOf(queries, blockIndex),
      replacementOf: (blockIndex) => queries.replacementOf(blockIndex),
      neighbours: query.neighbours ?? true,
    });
    return found.flatMap((ranked) => this.#hit(ranked, query, tokens));
  }

  #hit({ blockIndex, score, isNeighbour }: Ranked, { detail }: SearchQuery, tokens: ReadonlySet<string>): SearchHit[] {
    const record = this.#source.queries.record(blockIndex);
    const neighbour = isNeighbour ? { neighbour: true as const } : {};
    return record === null ? [] : [{ ...record, context: passage(record, detail, tokens), score, ...neighbour }];
  }
}

function linksOf(queries: Queries, blockIndex: number): { blockIndex: number; strength: number }[] {
  return queries.associations(blockIndex, MAX_LINKS).map(({ source, target, strength }) => ({
    blockIndex: source === blockIndex ? target : source,
    strength,
  }));
}

/** Null when everything comes through. */
function filterOf(query: SearchQuery, index: SearchIndex): RankRequest['accepts'] {
  const { slot, project, include_global: includeGlobal, tags, since, until } = query;
  const given = [slot, project, tags, since, until];
  if (given.every((each) => each === undefined)) return null;
  const tagTerms = (tags ?? []).map((tag) => index.findTag(tag));
  const tagged = documentsWithAll(tagTerms, index);
  const projectTerm = typeof project === 'string' ? termOf(index.findProject(project)) : NO_PROJECT;
  const firstMs = since === undefined ? -Infinity : localTimeMs(since);
  const lastMs = until === undefined ? Infinity : localTimeMs(until);
  return (document) => {
    const own = index.document(document);
    const isInScope =
      project === undefined || own.project === projectTerm || (includeGlobal === true && own.project === NO_PROJECT);
    return (
      isInScope &&
      tagged[document] === tagTerms.length &&
      (slot === undefined || own.slot === SLOT_NAMES.indexOf(slot)) &&
      own.whenMs >= firstMs &&
      own.whenMs <= lastMs
    );
  };
}

/** A project that no memory has is not the same as none. */
function termOf(found: number): number | null {
  return found < 0 ? null : found;
}

/** How many of the terms each document has. */
function documentsWithAll(terms: readonly number[], index: SearchIndex): Uint8Array {
  const counts = new Uint8Array(index.documentCount);
  for (const term of terms) index.each(term, (document) => (counts[document] = (counts[document] ?? 0) + 1));
  return counts;
}

function passage({ context }: MemoryRecord, detail: SearchQuery['detail'], tokens: ReadonlySet<string>): string {
  if (detail === 'full') return context;
  return detail === 'ids' ? '' : snippet(context, tokens, SNIPPET_CHARS);
}
