/** Rows of the tables as the embedded store gives them, so that both can be compared. */

import type postgres from 'postgres';

import { TABLE_COLUMNS, type TableName } from '../protocol/change.js';
import { isNumbered, type PlainRow } from '../protocol/teamLog.js';
import { typeOf } from './columnTypes.js';

const PAGE = 2_000;

/** What the driver makes of the types there are: it leaves what may be larger than a number as text. */
type Cell = string | number | Buffer | null;

export async function* plainRows(
  sql: postgres.TransactionSql,
  table: TableName,
): AsyncGenerator<readonly PlainRow[], void> {
  let after: string | null = null;
  for (;;) {
    const given = after === null ? [] : [after];
    const rows = (await sql.unsafe(pageOf(table, given.length > 0), given).values()) as Cell[][];
    yield rows.map((row) => plain(table, row));
    if (rows.length < PAGE) return;
    after = String(rows.at(-1)?.[0]);
  }
}

function pageOf(table: TableName, isContinued: boolean): string {
  const columns = TABLE_COLUMNS[table].map((column) => `"${column}"`).join(', ');
  const [name] = TABLE_COLUMNS[table];
  const isText = typeOf(table, name) === 'text';
  // By bytes, as SQLite orders texts, whatever the order of the database is.
  const key = isText ? `convert_to("${name}", 'UTF8')` : `"${name}"`;
  const after = isText ? `convert_to($1::text, 'UTF8')` : '$1::text::bigint';
  return `SELECT ${columns} FROM ${table} ${isContinued ? `WHERE ${key} > ${after}` : ''} ORDER BY ${key} LIMIT ${PAGE}`;
}

function plain(table: TableName, row: readonly Cell[]): PlainRow {
  const cells = row.map((cell, place) => {
    if (cell === null) return null;
    if (Buffer.isBuffer(cell)) return cell.toString('base64');
    return typeOf(table, TABLE_COLUMNS[table][place] ?? '') === 'bigint' ? Number(cell) : cell;
  });
  return isNumbered(table) ? cells.slice(1) : cells;
}
