/** Turns the row writes of a change into SQL. Knows names of tables and columns, and nothing of their meaning. */

import { TABLE_COLUMNS, type RowWrite, type SqlValue, type TableName } from '../protocol/change.js';
import type { Sql } from './engine.js';

export function applyRow(sql: Sql, write: RowWrite): void {
  switch (write[0]) {
    case 'insert':
      return sql.run(INSERT[write[1]], write[2]);
    case 'put':
      return sql.run(PUT[write[1]], write[2]);
    case 'update':
      return update(sql, write[1], write[2], write[3]);
    case 'append':
      return sql.run(appendSql(write[1], write[3]), [write[4], write[2]]);
    case 'delete':
      return sql.run(DELETE[write[1]], [write[2]]);
  }
}

function update(sql: Sql, table: TableName, key: SqlValue, changes: { readonly [column: string]: SqlValue }): void {
  const columns = Object.keys(changes).map((column) => knownColumn(table, column));
  const assignments = columns.map((column) => `"${column}" = ?`).join(', ');
  sql.run(`UPDATE ${table} SET ${assignments} WHERE ${keyOf(table)} = ?`, [...Object.values(changes), key]);
}

/** A column that holds no JSON array (a file others damaged) becomes one. */
function appendSql(table: TableName, column: string): string {
  const name = `"${knownColumn(table, column)}"`;
  const list = `CASE WHEN json_valid(${name}) AND json_type(${name}) = 'array' THEN ${name} ELSE '[]' END`;
  return `UPDATE ${table} SET ${name} = json_insert(${list}, '$[#]', ?) WHERE ${keyOf(table)} = ?`;
}

function keyOf(table: TableName): string {
  return TABLE_COLUMNS[table][0];
}

/** Journal text becomes SQL here, so a name that is not in the table of columns goes no further. */
function knownColumn(table: TableName, column: string): string {
  if (!(TABLE_COLUMNS[table] as readonly string[]).includes(column)) {
    throw new Error(`The journal names a column that ${table} does not have.`);
  }
  return column;
}

function perTable(sqlFor: (table: TableName, columns: readonly string[]) => string): Record<TableName, string> {
  const entries = Object.entries(TABLE_COLUMNS).map(([table, columns]) => [
    table,
    sqlFor(table as TableName, columns as readonly string[]),
  ]);
  return Object.fromEntries(entries) as Record<TableName, string>;
}

function insertSql(verb: string): (table: TableName, columns: readonly string[]) => string {
  return (table, columns) =>
    `${verb} INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) ` +
    `VALUES (${columns.map(() => '?').join(', ')})`;
}

const INSERT = perTable(insertSql('INSERT'));
const PUT = perTable(insertSql('INSERT OR REPLACE'));
const DELETE = perTable((table, columns) => `DELETE FROM ${table} WHERE ${String(columns[0])} = ?`);
