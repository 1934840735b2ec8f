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

type BlockWithNode = KeywordFacts['blocks'][number];

interface Rare {
  readonly keyword: string;
  /** Newest first, without those that have no node: Python's fallback writes such blocks. */
  readonly blocks: BlockWithNode[];
  /** Of all blocks that have the keyword. */
  count: number;
}

export class KeywordBlocks {
  readonly #sql: Sql;
  readonly #keywords = new Map<string, Rare | typeof COMMON>();
  /** By block index; one object for all keywords of a block. */
  readonly #nodes = new Map<number, BlockWithNode>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Of those keywords that some blocks have, and not very many. For use before the next change. */
  find(keywords: readonly string[]): KeywordFacts[] {
    const found: KeywordFacts[] = [];
    for (const keyword of keywords) {
      const known = this.#keywords.get(keyword) ?? this.#read(keyword);
      if (known !== COMMON && known.count > 0) found.push(known);
    }
    return found;
  }

  /** How many of these keywords, asked for before, very many blocks have. */
  commonAmong(keywords: readonly string[]): number {
    return keywords.filter((keyword) => this.#keywords.get(keyword) === COMMON).length;
  }

  /** To be called with every change that was written, in order. */
  add({ rows }: Change): void {
    const newBlocks = new Set<number>();
    for (const row of rows) {
      if (row[0] !== 'insert') continue;
      if (row[1] === 'blocks') newBlocks.add(integer(asCell(row[2][0])));
      else if (row[1] === 'memory_nodes') this.#addNode(integer(asCell(row[2][1])), text(asCell(row[2][0])), newBlocks);
    }
    for (const row of rows) {
      if (row[0] !== 'insert' || row[1] !== 'block_keywords') continue;
      this.#addKeyword(text(asCell(row[2][2])), integer(asCell(row[2][1])));
    }
  }

  /** To be called when written rows were taken back. */
  invalidate(): void {
    this.#keywords.clear();
    this.#nodes.clear();
  }

  #addKeyword(keyword: string, blockIndex: number): void {
    const known = this.#keywords.get(keyword);
    if (known === undefined || known === COMMON) return;
    known.count += 1;
    const block = this.#withNode(blockIndex);
    if (known.count > COMMON_KEYWORD_BLOCKS) this.#keywords.set(keyword, COMMON);
    else if (block !== null) known.blocks.unshift(block);
  }

  #addNode(blockIndex: number, nodeId: string, newBlocks: ReadonlySet<number>): void {
    // A block that had none until now is missing in the lists of its keywords.
    if (!newBlocks.has(blockIndex)) this.#keywords.clear();
    // Of several nodes of a block the first one counts.
    else if (!this.#nodes.has(blockIndex)) this.#remember({ blockIndex, nodeId });
  }

  #read(keyword: string): Rare | typeof COMMON {
    const rows = this.#sql.all('SELECT block_index FROM block_keywords WHERE keyword = ? ORDER BY id DESC LIMIT ?', [
      keyword,
      COMMON_KEYWORD_BLOCKS + 1,
    ]);
    const known =
      rows.length > COMMON_KEYWORD_BLOCKS
        ? COMMON
        : { keyword, blocks: rows.flatMap((row) => this.#withNode(integer(row[0])) ?? []), count: rows.length };
    if (this.#keywords.size >= REMEMBERED_KEYWORDS) this.#keywords.clear();
    this.#keywords.set(keyword, known);
    return known;
  }

  /** Null for a block that has no node. */
  #withNode(blockIndex: number): BlockWithNode | null {
    const known = this.#nodes.get(blockIndex);
    if (known !== undefined) return known;
    const row = this.#sql.get('SELECT node_id FROM memory_nodes WHERE memory_id = ?', [blockIndex]);
    return row === undefined ? null : this.#remember({ blockIndex, nodeId: text(row[0]) });
  }

  #remember(block: BlockWithNode): BlockWithNode {
    if (this.#nodes.size >= REMEMBERED_NODES) this.#nodes.clear();
    this.#nodes.set(block.blockIndex, block);
    return block;
  }
}
