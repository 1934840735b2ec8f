/**
 * Opens an SQLite file that SQLite itself would refuse. Every memory has the same header and the same tables, so what
 * is damaged there is known from elsewhere: only rows can be lost.
 */

import type { SqlJsStatic } from 'sql.js';

import { Sql, text } from '../engine.js';
import { ensureSchema } from '../schema.js';
import { withNewFirstPage } from './firstPage.js';

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;
/** What SQLite has used since 2016, and so do sql.js and Python. */
const USUAL_PAGE_BYTES = 4096;
/** Offsets and values of the header's bytes that are the same in every memory. Source: SQLite's file format. */
const HEADER_CONSTANTS: readonly (readonly [number, number])[] = [
  [18, 1], // rollback mode
  [19, 1],
  [20, 0], // nothing reserved on a page
  [21, 64],
  [22, 32],
  [23, 32],
  [47, 4], // schema format
  [59, 1], // UTF-8
];
/** Four-byte numbers that are zero: the schema format's and encoding's upper bytes, and no auto-vacuum. */
const HEADER_ZEROS: readonly (readonly [number, number])[] = [
  [44, 47],
  [52, 59],
  [64, 68],
];

export interface Opened {
  readonly sql: Sql;
  /** What cannot be told any more, a sentence each. */
  readonly problems: readonly string[];
}

export interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * A file that is cut short gets a header that tells its real length: pages behind it then are damage where they are
 * read, not everywhere. Where the list of tables cannot be read, a new one is made from what is on the other pages.
 * @returns null when there is nothing of a memory in it
 */
export function openDamaged(sqljs: SqlJsStatic, bytes: Uint8Array): Opened | null {
  const sql = openWithItsList(sqljs, bytes);
  return sql === null ? openWithNewList(sqljs, bytes) : { sql, problems: [] };
}

function openWithItsList(sqljs: SqlJsStatic, bytes: Uint8Array): Sql | null {
  const file = withWholeHeader(bytes);
  if (file === null) return null;
  let sql: Sql | null = null;
  try {
    sql = openLeniently(sqljs, file);
    if (!schemaOf(sql, 'main').some(({ type, name }) => type === 'table' && name === 'blocks')) {
      sql.close();
      return null;
    }
    return withKnownTables(sqljs, sql);
  } catch {
    // Whatever is wrong with the list of tables, nothing behind it can be found by it.
    sql?.close();
    return null;
  }
}

function openWithNewList(sqljs: SqlJsStatic, bytes: Uint8Array): Opened | null {
  const relisted = withNewFirstPage(sqljs, bytes, pageBytesOf(bytes));
  if (relisted === null) return null;
  return { sql: openLeniently(sqljs, relisted.bytes), problems: relisted.problems };
}

/** More than any memory has tables, indexes, views and triggers. */
const MAX_SCHEMA_ENTRIES = 1_000;

/** Without SQLite's own tables, which follow from the others, and without entries that cannot be read. */
export function schemaOf(sql: Sql, database: 'main' | 'damaged'): SchemaEntry[] {
  const query = `SELECT type, name, sql FROM ${database}.sqlite_master
    WHERE rowid = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;
  const entries: SchemaEntry[] = [];
  for (let row = 1; row <= MAX_SCHEMA_ENTRIES; row += 1) {
    try {
      const found = sql.get(query, [row]);
      if (found !== undefined) entries.push({ type: text(found[0]), name: text(found[1]), sql: text(found[2]) });
    } catch {
      // This one entry is damaged; what it stood for is reported when it is missed.
    }
  }
  return entries;
}

/** An entry of the list of tables that makes no sense is then no reason to refuse the others. */
function openLeniently(sqljs: SqlJsStatic, bytes: Uint8Array): Sql {
  const sql = new Sql(sqljs, bytes);
  sql.script('PRAGMA writable_schema = ON');
  return sql;
}

/** Null when the file is too short to be one, or is no SQLite file: one flipped bit is forgiven. */
function withWholeHeader(bytes: Uint8Array): Buffer | null {
  const size = bytes.length;
  if (size <= HEADER_BYTES || wrongBits(bytes.subarray(0, MAGIC.length), MAGIC) > 1) return null;
  const pageBytes = pageBytesOf(bytes);
  const pages = Math.ceil(size / pageBytes);
  const file = Buffer.alloc(pages * pageBytes);
  file.set(bytes);
  file.set(MAGIC);
  file.writeUInt16BE(pageBytes === 65536 ? 1 : pageBytes, 16);
  for (const [from, to] of HEADER_ZEROS) file.fill(0, from, to);
  for (const [offset, value] of HEADER_CONSTANTS) file.writeUInt8(value, offset);
  file.writeUInt32BE(pages, 28);
  file.copy(file, 92, 24, 28);
  return file;
}

/** As the header says it, where that makes sense. */
function pageBytesOf(bytes: Uint8Array): number {
  const declared = (bytes[16] ?? 0) * 256 + (bytes[17] ?? 0);
  return isPageSize(declared) ? declared : declared === 1 ? 65536 : USUAL_PAGE_BYTES;
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && (bytes & (bytes - 1)) === 0;
}

function wrongBits(bytes: Uint8Array, expected: Uint8Array): number {
  let count = 0;
  for (const [index, byte] of bytes.entries()) {
    for (let rest = byte ^ (expected[index] ?? 0); rest > 0; rest &= rest - 1) count += 1;
  }
  return count;
}

/** Tables of ours whose definition cannot be read, or names other columns, get the definition that they always have. */
function withKnownTables(sqljs: SqlJsStatic, damaged: Sql): Sql {
  const names = new Set(schemaOf(damaged, 'main').map(({ name }) => name));
  const wrong = knownTables(sqljs).filter(({ name, columns }) => {
    if (!names.has(name)) return false;
    const found = columnsOf(damaged, name);
    return found.length === 0 || (found.length === columns.length && found.join() !== columns.join());
  });
  if (wrong.length === 0) return damaged;
  for (const { name, sql } of wrong) damaged.run('UPDATE sqlite_master SET sql = ? WHERE name = ?', [sql, name]);
  const bytes = damaged.export();
  damaged.close();
  return openLeniently(sqljs, bytes);
}

interface KnownTable {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly string[];
}

function knownTables(sqljs: SqlJsStatic): KnownTable[] {
  const sql = new Sql(sqljs, null);
  try {
    ensureSchema(sql);
    return schemaOf(sql, 'main')
      .filter(({ type }) => type === 'table')
      .map((entry) => ({ ...entry, columns: columnsOf(sql, entry.name) }));
  } finally {
    sql.close();
  }
}

function columnsOf(sql: Sql, table: string): string[] {
  return sql.all('SELECT name FROM pragma_table_info(?)', [table]).map(([name]) => text(name));
}
