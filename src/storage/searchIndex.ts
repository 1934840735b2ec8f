/**
 * `index.db`: which blocks have which tokens, in an FTS4 table over our own tokens. Derived: it can be deleted at any
 * time and is rebuilt from the image. Blocks never change, so the index only grows.
 *
 * Rejected: FTS5 (not in sql.js), an index inside `memory.db` (other SQLite builds may lack FTS4, and the file would
 * stop being one that any program can open), a library's index in memory (100 000 memories take 8 s to build).
 */

import type { SqlJsStatic } from 'sql.js';

import type { SearchCandidates, SearchMatch } from '../protocol/search.js';
import { searchTokens } from '../text/searchTokens.js';
import { integer, Sql, text } from './engine.js';
import type { Files } from './files.js';

/** Part of the index's identity: another way of making tokens needs another index. */
const TOKENS_VERSION = 1;
const REBUILD_BATCH = 500;

const SCHEMA = `
PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384;
CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts4(body, content="", tokenize=simple);
CREATE TABLE IF NOT EXISTS position (
  id INTEGER PRIMARY KEY CHECK (id = 0), tokens_version INTEGER NOT NULL, last_block INTEGER NOT NULL,
  last_hash TEXT NOT NULL);
`;

export class SearchIndex {
  readonly #sqljs: SqlJsStatic;
  readonly #image: Sql;
  #sql: Sql;
  #lastBlock: number;
  /** Whether it came from a file, which may turn out to be scratched when it is used. */
  #isStored: boolean;

  private constructor(sqljs: SqlJsStatic, image: Sql, stored: Stored | null) {
    this.#sqljs = sqljs;
    this.#image = image;
    this.#sql = stored?.sql ?? create(sqljs);
    this.#lastBlock = stored?.lastBlock ?? EMPTY;
    this.#isStored = stored !== null;
  }

  /**
   * Opens the stored index when it belongs to this image, else a new one.
   * @param bytes of `index.db`, or null
   */
  static open(sqljs: SqlJsStatic, bytes: Uint8Array | null, image: Sql): SearchIndex {
    return new SearchIndex(sqljs, image, bytes === null ? null : openStored(sqljs, bytes, image));
  }

  /** The same from the file at `path`, which may be missing. */
  static openFile(files: Files, sqljs: SqlJsStatic, path: string, image: Sql): SearchIndex {
    return SearchIndex.open(sqljs, readStored(files, path), image);
  }

  /** Largest block index that the index holds; -1 when it is empty. */
  get lastBlock(): number {
    return this.#lastBlock;
  }

  /**
   * Brings the index up to the image, at most `limit` blocks.
   * @returns whether it is complete now
   */
  catchUp(limit = Number.MAX_SAFE_INTEGER): boolean {
    return this.#orBuiltAgain(() => this.#catchUp(limit));
  }

  /** Blocks of the image that have at least one of the tokens. @param tokens distinct, as `searchTokens` makes them */
  candidates(tokens: readonly string[]): SearchCandidates {
    return this.#orBuiltAgain(() => {
      this.#catchUp(Number.MAX_SAFE_INTEGER);
      return this.#candidates(tokens);
    });
  }

  export(): Uint8Array {
    return this.#sql.export();
  }

  close(): void {
    this.#sql.close();
  }

  /** What fails on a stored index is done once more on a new one. */
  #orBuiltAgain<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!this.#isStored) throw error;
      this.#sql.close();
      this.#sql = create(this.#sqljs);
      this.#lastBlock = EMPTY;
      this.#isStored = false;
      return work();
    }
  }

  #catchUp(limit: number): boolean {
    const image = this.#image;
    let left = limit;
    while (left > 0) {
      const rows = image.all(
        'SELECT block_index, context, hash FROM blocks WHERE block_index > ? ORDER BY block_index LIMIT ?',
        [this.#lastBlock, Math.min(left, REBUILD_BATCH)],
      );
      if (rows.length === 0) return true;
      this.#sql.run('BEGIN');
      for (const row of rows) {
        const body = searchTokens(text(row[1])).join(' ');
        this.#sql.run('INSERT INTO terms(docid, body) VALUES (?, ?)', [integer(row[0]), body]);
      }
      const last = rows[rows.length - 1] ?? [];
      this.#sql.run('INSERT OR REPLACE INTO position VALUES (0, ?, ?, ?)', [
        TOKENS_VERSION,
        integer(last[0]),
        text(last[2]),
      ]);
      this.#sql.run('COMMIT');
      this.#lastBlock = integer(last[0]);
      left -= rows.length;
    }
    return image.get('SELECT 1 FROM blocks WHERE block_index > ? LIMIT 1', [this.#lastBlock]) === undefined;
  }

  #candidates(tokens: readonly string[]): SearchCandidates {
    const matches: SearchMatch[] = [];
    let documentCount = 0;
    let averageLength = 0;
    let documentFrequencies: number[] = tokens.map(() => 0);
    if (tokens.length === 0) return { documentCount, averageLength, documentFrequencies, matches };
    const rows = this.#sql.each(`SELECT docid, matchinfo(terms, 'nalx') FROM terms WHERE terms MATCH ?`, [
      tokens.join(' OR '),
    ]);
    for (const [docid, info] of rows) {
      const numbers = asUint32(info as Uint8Array);
      if (matches.length === 0) {
        documentCount = numbers[0] ?? 0;
        averageLength = numbers[1] ?? 0;
        documentFrequencies = tokens.map((_, index) => numbers[3 + index * 3 + 2] ?? 0);
      }
      const frequencies = tokens.map((_, index) => numbers[3 + index * 3] ?? 0);
      matches.push({ blockIndex: integer(docid), length: numbers[2] ?? 0, frequencies });
    }
    return { documentCount, averageLength, documentFrequencies, matches };
  }
}

const EMPTY = -1;

function create(sqljs: SqlJsStatic): Sql {
  const sql = new Sql(sqljs, null);
  sql.script(SCHEMA);
  return sql;
}

interface Stored {
  readonly sql: Sql;
  readonly lastBlock: number;
}

/** Null when the file is damaged, from another version, or of another memory. */
function openStored(sqljs: SqlJsStatic, bytes: Uint8Array, image: Sql): Stored | null {
  let sql: Sql | null = null;
  try {
    sql = new Sql(sqljs, bytes);
    sql.script(SCHEMA);
    const position = sql.get('SELECT tokens_version, last_block, last_hash FROM position WHERE id = 0');
    const lastBlock = integer(position?.[1]);
    const block = image.get('SELECT hash FROM blocks WHERE block_index = ?', [lastBlock]);
    const belongs = integer(position?.[0]) === TOKENS_VERSION && block !== undefined && block[0] === position?.[2];
    if (belongs) return { sql, lastBlock };
  } catch {
    // Whatever is wrong with a derived file, the answer is the same: build it again.
  }
  sql?.close();
  return null;
}

function readStored(files: Files, path: string): Uint8Array | null {
  try {
    return (files.stat(path)?.size ?? 0) > 0 ? files.readAll(path) : null;
  } catch {
    // As above.
    return null;
  }
}

function asUint32(blob: Uint8Array): Uint32Array {
  return new Uint32Array(blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength));
}
