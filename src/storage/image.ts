/**
 * The image: the database in memory. Changes reach it through `applyRows`, on the way of a live write and of a
 * replay alike, so that both lead to the same rows.
 */

import type { SqlJsStatic } from 'sql.js';

import type { RowWrite } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import type { UsedMemory } from './files.js';
import { EngineFailure, Sql } from './engine.js';
import { applyRow } from './rowWriter.js';
import { ensureSchema, readState } from './schema.js';

/** In memory there is nothing to synchronise with: no fsync, and a rollback journal on the heap. */
const PRAGMAS = `
PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
`;

/** Statements around a piece of work. */
interface Bounds {
  readonly begin: string;
  readonly end: string;
  /** Instead of the end, when the work throws. */
  readonly undo: readonly string[];
}

const TRANSACTION: Bounds = { begin: 'BEGIN', end: 'COMMIT', undo: ['ROLLBACK'] };
const UNDONE: Bounds = { begin: 'BEGIN', end: 'ROLLBACK', undo: ['ROLLBACK'] };
const PART: Bounds = { begin: 'SAVEPOINT part', end: 'RELEASE part', undo: ['ROLLBACK TO part', 'RELEASE part'] };

export class Image {
  readonly sql: Sql;
  /** Whether the file was of an older kind: then what is in memory has more than columns of ours that it lacks. */
  readonly isMigrated: boolean;

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

  /** Runs `work` as one transaction, undone when it throws. @throws GreeumError `memory_full` */
  transaction<T>(work: () => T): T {
    return this.#within(work, TRANSACTION);
  }

  /** Runs `work` within a transaction, undone alone when it throws. @throws GreeumError `memory_full`: all of it is */
  savepoint<T>(work: () => T): T {
    return this.#within(work, PART);
  }

  /** Runs `work` as a transaction that is undone in any case. @throws GreeumError `memory_full` */
  undone<T>(work: () => T): T {
    return this.#within(work, UNDONE);
  }

  /** For an image that is thrown away when `work` throws: nothing is kept by which it could be undone. */
  load(work: () => void): void {
    this.sql.script('PRAGMA journal_mode = OFF');
    this.sql.run('BEGIN');
    work();
    this.sql.run('COMMIT');
    this.sql.script('PRAGMA journal_mode = MEMORY');
  }

  /** Closes it, and hands its memory on; see `Sql.recycle`. */
  recycle(): UsedMemory | undefined {
    return this.sql.recycle();
  }

  close(): void {
    this.sql.close();
  }

  #within<T>(work: () => T, { begin, end, undo }: Bounds): T {
    this.sql.run(begin);
    try {
      const result = work();
      this.sql.run(end);
      return result;
    } catch (error) {
      this.#undo(error, undo);
      throw error;
    }
  }

  /** @throws GreeumError `memory_full` when there is nothing to undo: out of room, SQLite ends a transaction by itself */
  #undo(cause: unknown, statements: readonly string[]): void {
    if (endsTransaction(cause)) return;
    try {
      for (const statement of statements) this.sql.run(statement);
    } catch {
      throw memoryFull(cause);
    }
  }
}

/** Whether nothing of the transaction is left in which this was thrown: to go on in it would be to begin another one. */
export function endsTransaction(error: unknown): boolean {
  return error instanceof EngineFailure || (error instanceof GreeumError && error.code === 'memory_full');
}

function memoryFull(cause: unknown): GreeumError {
  return new GreeumError('memory_full', 'SQLite has no room left for this memory in the worker.', {
    hint: 'Nothing of this was written, and what is there is safe. Make room for the worker, or begin another data directory.',
    cause,
  });
}
