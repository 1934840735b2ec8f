/** Which memories a search may find at all. */

import type { ParsedInput } from '../memory/parseInput.js';
import type { RankRequest } from '../memory/search/rank.js';
import { SLOT_NAMES } from '../protocol/operations.js';
import type { Queries } from '../storage/queries.js';
import type { SearchIndex } from '../storage/searchIndex.js';
import { localTimeMs } from '../text/localTime.js';
import { containsPhrase, foldText } from '../text/queryText.js';
import { scan } from '../text/scan.js';
import { runTokens } from '../text/searchTokens.js';

/** As the index says it of a memory that belongs to no project. */
const NO_PROJECT = -1;
/** Each read takes some microseconds, and writes wait meanwhile. */
const MAX_PHRASES_READ = 500;

/** Null when everything comes through. @param phrases that must be in the text */
export function filterOf(
  query: ParsedInput<'search_memory'>,
  phrases: readonly string[],
  index: SearchIndex,
  queries: Queries,
): RankRequest['accepts'] {
  const { slot, project, include_global: includeGlobal, tags, since, until } = query;
  const given = [slot, project, tags, since, until];
  if (given.every((each) => each === undefined) && phrases.length === 0) return null;
  const saying = phrases.length === 0 ? null : documentsSaying(phrases, index, queries);
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
      saying?.has(document) !== false &&
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

/** Documents that have the phrases as they stand: the newest of those that have all the words are looked at. */
function documentsSaying(phrases: readonly string[], index: SearchIndex, queries: Queries): Set<number> {
  const terms = [...new Set(phrases.flatMap(phraseTokens))].map((token) => index.find(token));
  const counts = documentsWithAll(terms, index);
  const saying = new Set<number>();
  let read = 0;
  for (let document = counts.length - 1; document >= 0 && read < MAX_PHRASES_READ; document--) {
    if (terms.length === 0 || counts[document] !== terms.length) continue;
    read += 1;
    const text = foldText(queries.context(index.document(document).blockIndex));
    if (phrases.every((phrase) => containsPhrase(text, phrase))) saying.add(document);
  }
  return saying;
}

/** Tokens that every text with the phrase has: of an identifier its parts, for the phrase may be the end of a longer one. */
function phraseTokens(phrase: string): readonly string[] {
  return scan(phrase).flatMap((run) => {
    const { whole, parts } = runTokens(run);
    return parts.length > 0 || whole === null ? parts : [whole];
  });
}
