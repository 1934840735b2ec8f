/**
 * Which blocks have a keyword, for the keywords that adds ask about: each is read from the image once and kept up to
 * date from then on. Most words come again soon, and asking SQLite ten times an add costs as much as all its inserts.
 */

import type { Change } from '../protocol/change.js';
import type { KeywordFacts } from '../protocol/facts.js';
import { integer, text, type Sql } from './engine.js';
import { asCell } from './recentBlocks.js';

/** A keyword that more blocks have than this tells nothing about likeness, and looking it up must stay cheap. */
const COMMON_KEYWORD_BLOCKS = 16;
const REMEMBERED_KEYWORDS = 20_000;
const REMEMBERED_NODES = 20_000;

/** Blocks are never deleted, so a keyword that is common stays common. */
const COMMON = Symbol('common');

export class KeywordBlocks {
  readonly #sql: Sql;
  /** Block indexes, oldest first. */
  readonly #blocks = new Map<string, number[] | typeof COMMON>();
  readonly #nodeIds = new Map<number, string>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Of those keywords that some blocks have, and not very many. */
  find(keywords: readonly string[]): KeywordFacts[] {
    const found: KeywordFacts[] = [];
    for (const keyword of keywords) {
      const blocks = this.#blocks.get(keyword) ?? this.#read(keyword);
      if (blocks === COMMON || blocks.length === 0) continue;
      found.push({ keyword, blocks: blocks.toReversed().flatMap((blockIndex) => this.#withNode(blockIndex)) });
    }
    return found;
  }

  /** How many of these keywords, asked for before, very many blocks have. */
  commonAmong(keywords: readonly string[]): number {
    return keywords.filter((keyword) => this.#blocks.get(keyword) === COMMON).length;
  }

  /** To be called with every change that was written, in order. */
  add({ rows }: Change): void {
    for (const row of rows) {
      if (row[0] !== 'insert' || (row[1] !== 'block_keywords' && row[1] !== 'memory_nodes')) continue;
      const [first, second, third] = row[2].slice(0, 3).map(asCell);
      if (row[1] === 'block_keywords') this.#addKeyword(text(third), integer(second));
      else this.#addNode(integer(second), text(first));
    }
  }

  /** To be called when written rows were taken back. */
  invalidate(): void {
    this.#blocks.clear();
    this.#nodeIds.clear();
  }

  #addKeyword(keyword: string, blockIndex: number): void {
    const blocks = this.#blocks.get(keyword);
    if (blocks === undefined || blocks === COMMON) return;
    if (blocks.push(blockIndex) > COMMON_KEYWORD_BLOCKS) this.#blocks.set(keyword, COMMON);
  }

  /** Of several nodes of a block the first one counts. */
  #addNode(blockIndex: number, nodeId: string): void {
    if (this.#nodeIds.has(blockIndex)) return;
    if (this.#nodeIds.size >= REMEMBERED_NODES) this.#nodeIds.clear();
    this.#nodeIds.set(blockIndex, nodeId);
  }

  #read(keyword: string): number[] | typeof COMMON {
    const rows = this.#sql.all('SELECT block_index FROM block_keywords WHERE keyword = ? ORDER BY id DESC LIMIT ?', [
      keyword,
      COMMON_KEYWORD_BLOCKS + 1,
    ]);
    const blocks = rows.length > COMMON_KEYWORD_BLOCKS ? COMMON : rows.map((row) => integer(row[0])).reverse();
    if (this.#blocks.size >= REMEMBERED_KEYWORDS) this.#blocks.clear();
    this.#blocks.set(keyword, blocks);
    return blocks;
  }

  /** Empty for a block that has no node: Python's fallback writes such blocks. */
  #withNode(blockIndex: number): { blockIndex: number; nodeId: string }[] {
    let nodeId = this.#nodeIds.get(blockIndex);
    if (nodeId === undefined) {
      const row = this.#sql.get('SELECT node_id FROM memory_nodes WHERE memory_id = ?', [blockIndex]);
      if (row === undefined) return [];
      nodeId = text(row[0]);
      this.#addNode(blockIndex, nodeId);
    }
    return [{ blockIndex, nodeId }];
  }
}
