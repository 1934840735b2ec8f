/**
 * The image: the database in memory. Changes reach it through `applyRows`, on the way of a live write and of a
 * replay alike, so that both lead to the same rows.
 */

import type { SqlJsStatic } from 'sql.js';

import type { RowWrite } from '../protocol/change.js';
import type { UsedMemory } from './files.js';
import { Sql } from './engine.js';
import { applyRow } from './rowWriter.js';
import { ensureSchema, readState } from './schema.js';

/** In memory there is nothing to synchronise with: no fsync, and a rollback journal on the heap. */
const PRAGMAS = `
PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
`;

/**
 * Transactions that SQLite commits together. What makes a write durable is the journal; a commit moves changed pages
 * from SQLite's cache into its file in memory, and for one write alone that takes as long as half of its rows.
 */
const COMMITTED_TOGETHER = 8;

export class Image {
  readonly sql: Sql;
  /** Whether the file was of an older kind: then what is in memory has more than columns of ours that it lacks. */
  readonly isMigrated: boolean;
  /** Within a transaction of SQLite's. */
  #isOpen = false;
  /** Transactions of ours in it. */
  #uncommitted = 0;

  /** @param bytes a database in rollback mode, or null for a new one. @throws GreeumError `newer_format` */
  constructor(sqljs: SqlJsStatic, bytes: Uint8Array | null) {
    this.sql = new Sql(sqljs, bytes);
    try {
      this.sql.script(PRAGMAS);
      this.isMigrated = ensureSchema(this.sql);
    } catch (error) {
      this.sql.close();
      throw error;
    }
  }

  /** Sequence of the last frame that the file holds. */
  get appliedSequence(): number {
    return Number(readState(this.sql, 'applied_sequence') ?? 0);
  }

  get epoch(): number {
    return Number(readState(this.sql, 'epoch') ?? 0);
  }

  applyRows(rows: readonly RowWrite[]): void {
    for (const row of rows) applyRow(this.sql, row);
  }

  /** Runs `work` as one transaction, undone when it throws. */
  transaction<T>(work: () => T): T {
    const result = this.#savepoint(work, false);
    this.#uncommitted += 1;
    if (this.#uncommitted >= COMMITTED_TOGETHER) this.#commit();
    return result;
  }

  /** Runs `work` as a transaction that is undone in any case. */
  undone<T>(work: () => T): T {
    return this.#savepoint(work, true);
  }

  /** The database as a file, for use before the next write; see `Sql.file`. */
  file(): Uint8Array {
    this.#commit();
    return this.sql.file();
  }

  /** For an image that is thrown away when `work` throws: nothing is kept by which it could be undone. */
  load(work: () => void): void {
    this.#commit();
    this.sql.script('PRAGMA journal_mode = OFF');
    this.sql.run('BEGIN');
    work();
    this.sql.run('COMMIT');
    this.sql.script('PRAGMA journal_mode = MEMORY');
  }

  /** Closes it, and hands its memory on; see `Sql.recycle`. */
  recycle(): UsedMemory | undefined {
    this.#commit();
    return this.sql.recycle();
  }

  close(): void {
    this.sql.close();
  }

  #savepoint<T>(work: () => T, isUndone: boolean): T {
    if (!this.#isOpen) this.sql.run('BEGIN');
    this.#isOpen = true;
    this.sql.run('SAVEPOINT work');
    let isKept = false;
    try {
      const result = work();
      isKept = !isUndone;
      return result;
    } finally {
      if (!isKept) this.sql.run('ROLLBACK TO work');
      this.sql.run('RELEASE work');
    }
  }

  #commit(): void {
    if (!this.#isOpen) return;
    this.sql.run('COMMIT');
    this.#isOpen = false;
    this.#uncommitted = 0;
  }
}
