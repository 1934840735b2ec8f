/**
 * The latest blocks with their words, kept in memory because every add needs them: reading and splitting a hundred
 * texts would cost more than the whole rest of an add.
 */

import { TABLE_COLUMNS, type Change, type SqlValue } from '../protocol/change.js';
import type { BlockFacts } from '../protocol/facts.js';
import { branchWords } from '../text/branchWords.js';
import { WordIndex } from '../text/wordIndex.js';
import { integer, text, textOrNull, type Cell, type Sql } from './engine.js';

/** How far back the branch rule looks; Greeum's own number. */
const RECENT_BLOCKS = 100;

export interface RecentBlock extends BlockFacts {
  readonly nodeId: string | null;
}

export class RecentBlocks {
  readonly #sql: Sql;
  /** Newest first; null: to be read again. */
  #blocks: RecentBlock[] | null = null;
  /** Of the blocks in the list. */
  #words = new WordIndex();
  /** Of a text that is about to be written. */
  #coming: { readonly content: string; readonly words: ReadonlySet<string> } | null = null;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Newest first. */
  list(): readonly RecentBlock[] {
    this.#blocks ??= this.#load();
    return this.#blocks;
  }

  /** How many of these words each of the recent blocks has; by block index. */
  sharedWords(words: ReadonlySet<string>): Map<number, number> {
    this.list();
    return this.#words.sharedWith(words);
  }

  /** Spares splitting a text whose words are known. @param words what `branchWords` made of it */
  expect(content: string, words: ReadonlySet<string>): void {
    this.#coming = { content, words };
  }

  /** To be called with every change that was written, in order. */
  add(change: Change): void {
    if (this.#blocks === null) return;
    for (const row of change.rows) {
      if (row[0] !== 'insert' || row[1] !== 'blocks') continue;
      const block = { ...this.#fromValues(row[2]), nodeId: nodeOf(change, row[2][0] ?? null) };
      this.#blocks.unshift(block);
      this.#words.add(block.blockIndex, block.words);
      const last = this.#blocks.length > RECENT_BLOCKS ? this.#blocks.pop() : undefined;
      if (last !== undefined) this.#words.delete(last.blockIndex, last.words);
    }
  }

  /** To be called when written blocks were taken back. */
  invalidate(): void {
    this.#blocks = null;
  }

  /** From the values of an insert into `blocks`: as they are, without asking SQLite for them again. */
  #fromValues(values: readonly SqlValue[]): BlockFacts {
    const [hash, root, content] = [HASH, ROOT, CONTEXT].map((column) => asCell(values[column]));
    const coming = this.#coming;
    const words = coming !== null && coming.content === content ? coming.words : undefined;
    return blockFacts([asCell(values[0]), hash ?? null, root ?? null, content ?? null], words);
  }

  #load(): RecentBlock[] {
    const blocks = this.#read('ORDER BY b.block_index DESC LIMIT ?', [RECENT_BLOCKS]);
    this.#words = new WordIndex();
    for (const block of blocks) this.#words.add(block.blockIndex, block.words);
    return blocks;
  }

  #read(clause: string, values: readonly number[]): RecentBlock[] {
    const query = `SELECT b.block_index, b.hash, b.root, b.context,
      (SELECT n.node_id FROM memory_nodes n WHERE n.memory_id = b.block_index LIMIT 1) FROM blocks b ${clause}`;
    return this.#sql.all(query, values).map((row) => ({ ...blockFacts(row), nodeId: textOrNull(row[4]) }));
  }
}

const HASH = TABLE_COLUMNS.blocks.indexOf('hash');
const ROOT = TABLE_COLUMNS.blocks.indexOf('root');
const CONTEXT = TABLE_COLUMNS.blocks.indexOf('context');

function nodeOf({ rows }: Change, blockIndex: SqlValue): string | null {
  for (const row of rows) {
    if (row[0] === 'insert' && row[1] === 'memory_nodes' && row[2][1] === blockIndex) {
      return textOrNull(asCell(row[2][0]));
    }
  }
  return null;
}

/** A row's value as SQLite would give it back. Of columns that hold no blob. */
export function asCell(value: SqlValue | undefined): Cell {
  return typeof value === 'object' ? null : (value ?? null);
}

/** From a row of block_index, hash, root, context. */
export function blockFacts(row: readonly Cell[], words: ReadonlySet<string> = branchWords(text(row[3]))): BlockFacts {
  return {
    blockIndex: integer(row[0]),
    hash: text(row[1]),
    root: textOrNull(row[2]) || null,
    words,
  };
}
