/**
 * Blocks that a new memory may repeat. A bounded number of lookups, and texts are read only of blocks that share most
 * of what is rare in the new one: for a memory that repeats nothing, usually none.
 */

import type { AddMemoryCommand } from '../protocol/commands.js';
import type { KeywordFacts, SimilarFacts } from '../protocol/facts.js';
import { slotOf } from './cells.js';
import { integer, text, textOrNull, type Cell, type Sql } from './engine.js';

/** Blocks that begin alike and are as long: nearly always at most one. */
const SAME_TEXTS = 4;
/** See `greeum_blocks_text` in `schema.ts`. */
const INDEXED_CHARS = 32;
const BY_KEYWORDS = 3;
const BY_RECENT_WORDS = 2;
/** Of the new memory's rare keywords; two texts that are alike by 0.85 share more. */
const SHARED_KEYWORDS_RATIO = 0.6;
const SHARED_WORDS_RATIO = 0.7;
/** Longer texts are compared by SQLite, for equality: nobody reads a megabyte on the way of an add. */
const LONG_TEXT_CHARS = 4_000;

export interface Shared {
  readonly keywordBlocks: readonly KeywordFacts[];
  /** Keywords of the memory that very many blocks have. */
  readonly commonKeywords: number;
  /** By block index. */
  readonly recentWords: ReadonlyMap<number, number>;
}

/** Without blocks of another project, and without those that are replaced: they do not say it any more. */
export function similarBlocks(sql: Sql, command: AddMemoryCommand, shared: Shared): SimilarFacts[] {
  const isLong = command.content.length > LONG_TEXT_CHARS;
  const found = new Set([...sameText(sql, command.content, isLong), ...(isLong ? [] : sharingMost(command, shared))]);
  if (command.supersedes !== null) found.delete(command.supersedes);
  return [...found].flatMap((blockIndex) => {
    const row = sql.get(BLOCK, [blockIndex, isLong ? command.content.length : LONG_TEXT_CHARS + 1]);
    return row === undefined || textOrNull(row[7]) !== command.project || row[8] !== null ? [] : [similarFacts(row)];
  });
}

/** Its text no longer than it takes to tell that it is another one. */
const BLOCK = `SELECT b.block_index, b.hash, substr(b.context, 1, ?2), b.slot, b.root, b.timestamp, b.before, g.project,
    s.by_index
  FROM blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index
    LEFT JOIN greeum_superseded s ON s.block_index = b.block_index WHERE b.block_index = ?1`;

function similarFacts(row: readonly Cell[]): SimilarFacts {
  return {
    blockIndex: integer(row[0]),
    hash: text(row[1]),
    content: text(row[2]),
    slot: slotOf(row[3]),
    root: textOrNull(row[4]),
    timestamp: text(row[5]),
    before: textOrNull(row[6]),
  };
}

/**
 * Through an index of its own, so that a repeated text is found however common its words are. Whether there is any is
 * asked first: SQLite compiles a statement with ORDER BY anew for each binding, which takes ten times the lookup.
 */
function sameText(sql: Sql, content: string, isLong: boolean): number[] {
  const parts = indexedParts(content);
  if (sql.get(`${LIKE_IT} LIMIT 1`, parts) === undefined) return [];
  const rows = isLong
    ? sql.all(`${LIKE_IT} AND context = ?3 ${NEWEST}`, [...parts, content])
    : sql.all(`${LIKE_IT} ${NEWEST}`, parts);
  return rows.map(([blockIndex]) => integer(blockIndex));
}

const LIKE_IT = `SELECT block_index FROM blocks WHERE length(context) = ?1 AND lower(substr(context, 1, ${INDEXED_CHARS})) = ?2`;
const NEWEST = `ORDER BY block_index DESC LIMIT ${SAME_TEXTS}`;

/** What the index holds of a text, as SQLite would say it; to bind the whole text costs more than the lookup. */
function indexedParts(content: string): [chars: number, start: string] {
  const pairs = content.match(/[\uD800-\uDBFF]/g)?.length ?? 0;
  const start = [...content.slice(0, 2 * INDEXED_CHARS)].slice(0, INDEXED_CHARS).join('');
  return [content.length - pairs, start.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())];
}

function sharingMost({ keywords, words }: AddMemoryCommand, shared: Shared): number[] {
  const rareKeywords = keywords.length - shared.commonKeywords;
  return [
    ...mostOf(keywordCounts(shared), rareKeywords * SHARED_KEYWORDS_RATIO, BY_KEYWORDS),
    ...mostOf(shared.recentWords, words.size * SHARED_WORDS_RATIO, BY_RECENT_WORDS),
  ];
}

function keywordCounts({ keywordBlocks }: Shared): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { blocks } of keywordBlocks) {
    for (const { blockIndex } of blocks) counts.set(blockIndex, (counts.get(blockIndex) ?? 0) + 1);
  }
  return counts;
}

/** The blocks with the largest counts, the newer of equals, as far as these reach `least` (and 1). */
function mostOf(counts: ReadonlyMap<number, number>, least: number, limit: number): number[] {
  const enough = [...counts].filter(([, count]) => count >= Math.max(1, least));
  return enough
    .sort((a, b) => b[1] - a[1] || b[0] - a[0])
    .slice(0, limit)
    .map(([blockIndex]) => blockIndex);
}
