/** The peer: the same rows, written by `node:sqlite` as a careful program would. */

import { DatabaseSync } from 'node:sqlite';

import type { RowWrite } from '../src/protocol/change.js';
import type { Sql } from '../src/storage/engine.js';
import { type Bindable } from '../src/storage/engine.js';
import { applyRow } from '../src/storage/rowWriter.js';
import { ensureSchema } from '../src/storage/schema.js';

/** FULL waits for the disk at each commit; NORMAL may lose the latest ones in a power cut. */
export type Synchronous = 'FULL' | 'NORMAL';

/** The part of `Sql` that schema and row writes use, over a file. */
class FileSql {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(path: string, synchronous: Synchronous) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = OFF`);
  }

  run(sql: string, values: readonly Bindable[] = []): void {
    this.#statement(sql).run(...(values as (string | number | null)[]));
  }

  get(sql: string, values: readonly Bindable[] = []): unknown[] | undefined {
    const row = this.#statement(sql).get(...(values as (string | number | null)[]));
    return row === undefined ? undefined : Object.values(row);
  }

  all(sql: string, values: readonly Bindable[] = []): unknown[][] {
    const rows = this.#statement(sql).all(...(values as (string | number | null)[]));
    return rows.map((row) => Object.values(row));
  }

  script(sql: string): void {
    this.#db.exec(sql);
  }

  close(): void {
    this.#db.close();
  }

  #statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** @returns transactions a second, one for each change */
export function replayIntoNodeSqlite(
  path: string,
  synchronous: Synchronous,
  changes: readonly (readonly RowWrite[])[],
): number {
  const file = new FileSql(path, synchronous);
  // The members used are the same; the class itself belongs to sql.js.
  const sql = file as unknown as Sql;
  ensureSchema(sql);
  const startMs = performance.now();
  for (const rows of changes) {
    file.run('BEGIN IMMEDIATE');
    for (const row of rows) applyRow(sql, row);
    file.run('COMMIT');
  }
  const perSecond = changes.length / ((performance.now() - startMs) / 1000);
  file.close();
  return perSecond;
}
