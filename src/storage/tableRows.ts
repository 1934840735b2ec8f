/** Whole tables, for whoever moves or compares them. */

import { TABLE_COLUMNS, type SqlValue, type TableName } from '../protocol/change.js';
import { integer, textOrNull, type Cell, type Sql } from './engine.js';

/** As they were written, which is the order that lists of equal rows are told in, or by primary key. */
export type RowOrder = 'written' | 'key';

export class TableRows {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  count(table: TableName): number {
    return integer(this.#sql.get(`SELECT count(*) FROM ${table}`)?.[0]);
  }

  /** Columns as in `TABLE_COLUMNS`. The same rows give the same pages. */
  *pages(table: TableName, size: number, order: RowOrder): Generator<SqlValue[][], void> {
    const key = order === 'written' ? 'rowid' : `"${TABLE_COLUMNS[table][0]}"`;
    let after: Cell | undefined;
    for (;;) {
      const rows = this.#page(table, key, after, size);
      if (rows.length > 0) yield rows.map(([, ...cells]) => cells.map(valueOf));
      if (rows.length < size) return;
      after = rows.at(-1)?.[0];
    }
  }

  /** A hash that more than one block has. */
  doubleHash(): string | null {
    return textOrNull(this.#sql.get('SELECT hash FROM blocks GROUP BY hash HAVING count(*) > 1 LIMIT 1')?.[0]);
  }

  #page(table: TableName, key: string, after: Cell | undefined, size: number): Cell[][] {
    const columns = TABLE_COLUMNS[table].map((column) => `"${column}"`).join(', ');
    const [where, given] = after === undefined ? ['', []] : [`WHERE ${key} > ?`, [after]];
    return this.#sql.all(`SELECT ${key}, ${columns} FROM ${table} ${where} ORDER BY ${key} LIMIT ${size}`, given);
  }
}

function valueOf(cell: Cell): SqlValue {
  return cell instanceof Uint8Array ? { base64: Buffer.from(cell).toString('base64') } : cell;
}
