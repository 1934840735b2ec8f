/**
 * The rows of a batch as few statements: what is inserted into one table goes in one, as JSON. Only the order within
 * a table matters, since no table refers to another.
 */

import { TABLE_COLUMNS, type Change, type RowWrite, type SqlValue, type TableName } from '../protocol/change.js';
import { isNumbered, plainRow, plainValue } from '../protocol/teamLog.js';
import { typeOf } from './columnTypes.js';

export interface Statement {
  readonly text: string;
  /** As text; the server makes of it what the column is. */
  readonly values: readonly (string | null)[];
}

type Record = { [column: string]: string | number | null };

/**
 * What one table gets. Rows that are new wait to be written together; a write to another row does not wait for them,
 * and what is appended to one of them becomes a part of it: in a chain nearly every block is continued by the next.
 */
class TableWrites {
  readonly statements: Statement[] = [];
  #verb: 'insert' | 'put' = 'insert';
  /** By primary key. */
  #pending = new Map<unknown, Record>();

  constructor(readonly table: TableName) {}

  add(write: RowWrite): void {
    if (write[0] === 'insert' || write[0] === 'put') return this.#collect(write[0], write[2]);
    const record = this.#pending.get(write[2]);
    if (record !== undefined && write[0] === 'append') {
      return append(record, knownColumn(this.table, write[3]), write[4]);
    }
    if (record !== undefined || isNumbered(this.table)) this.flush();
    this.statements.push(single(write));
  }

  flush(): void {
    if (this.#pending.size === 0) return;
    this.statements.push(many(this.table, this.#verb, [...this.#pending.values()]));
    this.#pending = new Map();
  }

  #collect(verb: 'insert' | 'put', values: readonly SqlValue[]): void {
    const key = isNumbered(this.table) ? Symbol('numbered by the database') : values[0];
    // Of two with one key that are put the later counts; inserted twice they are a fault, which the database names.
    if (verb !== this.#verb || (verb === 'insert' && this.#pending.has(key))) this.flush();
    this.#verb = verb;
    this.#pending.set(key, recordOf(this.table, values));
  }
}

/** As {@link single} does it in the database. */
function append(record: Record, column: string, item: string): void {
  const list = record[column];
  const items = typeof list === 'string' && list !== '' && list !== '[]' ? `${list.slice(0, -1)},` : '[';
  record[column] = `${items}${JSON.stringify(item)}]`;
}

export function statementsOf(changes: readonly Change[]): Statement[] {
  const tables = new Map<TableName, TableWrites>();
  for (const { rows } of changes) {
    for (const row of rows) {
      const writes = tables.get(row[1]) ?? new TableWrites(row[1]);
      tables.set(row[1], writes);
      writes.add(row);
    }
  }
  return [...tables.values()].flatMap((writes) => {
    writes.flush();
    return writes.statements;
  });
}

function recordOf(table: TableName, values: readonly SqlValue[]): Record {
  const columns = columnsOf(table);
  const given = plainRow(table, values);
  return Object.fromEntries(columns.map((column, place) => [column, given[place] ?? null]));
}

/** The database numbers the rows of some tables, as SQLite does; no row of another refers to those numbers. */
function columnsOf(table: TableName): readonly string[] {
  return isNumbered(table) ? TABLE_COLUMNS[table].slice(1) : TABLE_COLUMNS[table];
}

function many(table: TableName, verb: 'insert' | 'put', rows: readonly Record[]): Statement {
  const columns = columnsOf(table);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const shape = columns.map((column) => `"${column}" ${jsonType(table, column)}`).join(', ');
  const taken = columns.map((column) => fromJson(table, column)).join(', ');
  const text =
    `INSERT INTO ${table} (${names}) SELECT ${taken} FROM json_to_recordset($1::text::json) AS new_rows(${shape})` +
    (verb === 'put' ? ` ON CONFLICT ("${TABLE_COLUMNS[table][0]}") DO UPDATE SET ${replaced(table)}` : '');
  return { text, values: [JSON.stringify(rows)] };
}

function replaced(table: TableName): string {
  const [, ...others] = TABLE_COLUMNS[table] as readonly string[];
  return others.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ');
}

/** JSON has no bytes. */
function jsonType(table: TableName, column: string): string {
  const type = typeOf(table, column);
  return type === 'bytea' ? 'text' : type;
}

function fromJson(table: TableName, column: string): string {
  return typeOf(table, column) === 'bytea' ? `decode("${column}", 'base64')` : `"${column}"`;
}

function single(write: Exclude<RowWrite, readonly ['insert' | 'put', ...unknown[]]>): Statement {
  const [verb, table, key] = write;
  const where = `"${TABLE_COLUMNS[table][0]}" = ${parameter(1, table, TABLE_COLUMNS[table][0])}`;
  switch (verb) {
    case 'delete':
      return { text: `DELETE FROM ${table} WHERE ${where}`, values: [textOf(key)] };
    case 'append': {
      const name = `"${knownColumn(table, write[3])}"`;
      // As SQLite's json_insert writes it, to the letter: rows of both stores can be compared.
      const text =
        `UPDATE ${table} SET ${name} = CASE WHEN ${name} IS NULL OR ${name} IN ('', '[]') THEN '[' || $2::text || ']' ` +
        `ELSE left(${name}, length(${name}) - 1) || ',' || $2::text || ']' END WHERE ${where}`;
      return { text, values: [textOf(key), JSON.stringify(write[4])] };
    }
    case 'update': {
      const columns = Object.keys(write[3]).map((column) => knownColumn(table, column));
      const changes = columns.map((column, place) => `"${column}" = ${parameter(place + 2, table, column)}`).join(', ');
      return {
        text: `UPDATE ${table} SET ${changes} WHERE ${where}`,
        values: [textOf(key), ...Object.values(write[3]).map(textOf)],
      };
    }
  }
}

function textOf(value: SqlValue): string | null {
  const given = plainValue(value);
  return given === null ? null : String(given);
}

function parameter(number: number, table: TableName, column: string): string {
  const type = typeOf(table, column);
  if (type === 'bytea') return `decode($${number}::text, 'base64')`;
  return type === 'text' ? `$${number}::text` : `$${number}::text::${type}`;
}

/** Text of a log becomes SQL here, so a name that is not in the table of columns goes no further. */
function knownColumn(table: TableName, column: string): string {
  if ((TABLE_COLUMNS[table] as readonly string[]).includes(column)) return column;
  throw new Error(`A change names a column that ${table} does not have.`);
}
