/**
 * The latest blocks with their words, kept in memory because every add needs them: reading and splitting a hundred
 * texts would cost more than the whole rest of an add.
 */

import type { BlockFacts } from '../protocol/facts.js';
import { branchWords } from '../text/branchWords.js';
import { WordIndex } from '../text/wordIndex.js';
import { integer, text, textOrNull, type Sql } from './engine.js';

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

  /** To be called when blocks were written: the newest is read into the list, or all of it when that is not enough. */
  refresh(): void {
    if (this.#blocks === null) return;
    const newest = this.#blocks[0]?.blockIndex ?? -1;
    const added = this.#read('WHERE b.block_index > ? ORDER BY b.block_index DESC LIMIT ?', [newest, RECENT_BLOCKS]);
    for (const block of added) this.#words.add(block.blockIndex, block.words);
    const all = [...added, ...this.#blocks];
    this.#blocks = all.slice(0, RECENT_BLOCKS);
    for (const block of all.slice(RECENT_BLOCKS)) this.#words.delete(block.blockIndex, block.words);
  }

  /** To be called when written blocks were taken back. */
  invalidate(): void {
    this.#blocks = null;
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

/** From a row of block_index, hash, root, context. */
export function blockFacts(row: readonly (number | string | Uint8Array | null)[]): BlockFacts {
  return {
    blockIndex: integer(row[0]),
    hash: text(row[1]),
    root: textOrNull(row[2]) || null,
    words: branchWords(text(row[3])),
  };
}
