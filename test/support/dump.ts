/** Everything a database holds, in an order that does not depend on how it came there: two dumps can be compared. */

import type { Cell, Sql } from '../../src/storage/engine.js';

export type Dump = Readonly<Record<string, readonly (readonly Cell[])[]>>;

/** Rows of every table by its name, ordered by all columns. */
export function dumpOf(sql: Sql): Dump {
  const tables = sql.all(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).map(([name]) => name);
  return Object.fromEntries(tables.map((table) => [String(table), rowsOf(sql, String(table))]));
}

/** `sqlite_master` without the places in the file: tables, indexes, triggers and views. */
export function schemaOf(sql: Sql): Cell[][] {
  return sql.all('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name');
}

function rowsOf(sql: Sql, table: string): Cell[][] {
  const columns = sql.all(`SELECT name FROM pragma_table_info('${table}')`).map(([name]) => `"${String(name)}"`);
  return sql.all(`SELECT ${columns.join(', ')} FROM "${table}" ORDER BY ${columns.join(', ')}`);
}
