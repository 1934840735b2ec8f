/** Any column of SQLite holds any value, and other programs write its files too; the columns of PostgreSQL do not. */

import { TABLE_COLUMNS, type SqlValue, type TableName } from '../protocol/change.js';
import { isNumbered } from '../protocol/teamLog.js';
import { typeOf } from './columnTypes.js';

/** Besides the keys; an entry of an index has no room for more. */
const INDEXED = new Set(['hash', 'keyword', 'tag', 'project']);
const MAX_INDEXED_BYTES = 2_600;

export function unfit(table: TableName, values: readonly SqlValue[]): string | null {
  for (const [place, column] of TABLE_COLUMNS[table].entries()) {
    if (place === 0 && isNumbered(table)) continue;
    const value = values[place] ?? null;
    const why = value === null ? unfitNull(place) : unfitFor(table, column, value, place);
    if (why !== null) return `its "${column}" ${why}`;
  }
  return null;
}

function unfitNull(place: number): string | null {
  return place === 0 ? 'is missing' : null;
}

function unfitFor(table: TableName, column: string, value: Exclude<SqlValue, null>, place: number): string | null {
  switch (typeOf(table, column)) {
    case 'bytea':
      return typeof value === 'object' ? null : 'holds no bytes';
    case 'bigint':
      return Number.isSafeInteger(value) ? null : 'holds no whole number';
    case 'double precision':
      return Number.isFinite(value) ? null : 'holds no number';
    case 'text':
      return unfitText(value, place === 0 || INDEXED.has(column));
  }
}

function unfitText(value: Exclude<SqlValue, null>, isIndexed: boolean): string | null {
  if (typeof value !== 'string') return 'holds no text';
  if (value.includes('\0')) return 'has a NUL character (U+0000) in it';
  return isIndexed && Buffer.byteLength(value) > MAX_INDEXED_BYTES ? `is longer than ${MAX_INDEXED_BYTES} bytes` : null;
}
