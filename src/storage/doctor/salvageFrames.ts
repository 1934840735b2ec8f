/**
 * Applying frames behind a gap. What they say is still true, but they may lean on rows that are lost. A memory is
 * kept even though the one before it is gone; a row that could only contradict what is there, or lead nowhere, is
 * left out and counted. Nothing is made up. On a journal without damage this leads to the same rows as recovery.
 */

import { TABLE_COLUMNS, type RowWrite, type SqlValue, type TableName } from '../../protocol/change.js';
import { integer, type Sql } from '../engine.js';
import type { Frame } from '../frame.js';
import { endsTransaction, type Image } from '../image.js';
import { applyRow } from '../rowWriter.js';

export interface SalvagedFrames {
  readonly applied: number;
  /** One sentence each. */
  readonly lost: readonly string[];
}

/** Why a frame is not applied at all. */
class Refused extends Error {}

/** @param frames by sequence, of two with the same one the newer owner's first */
export function applyFrames(image: Image, frames: readonly Frame[]): SalvagedFrames {
  const lost: string[] = [];
  const leftOut = new Map<string, number>();
  let applied = 0;
  let last: Frame | null = null;
  image.transaction(() => {
    for (const frame of frames) {
      const isRival = frame.seq === last?.seq;
      last = frame;
      const refused = isRival ? 'a newer owner wrote a frame of that number' : tryFrame(image, frame, leftOut);
      if (refused === null) applied += 1;
      else lost.push(`Frame ${frame.seq} was not applied: ${refused}.`);
    }
  });
  for (const [what, count] of leftOut) lost.push(`${count} × ${what}.`);
  return { applied, lost };
}

function tryFrame(image: Image, { rows }: Frame, leftOut: Map<string, number>): string | null {
  try {
    const reasons = image.savepoint(() => rows.map((row) => applyWherePossible(image.sql, row)));
    for (const reason of reasons) if (reason !== null) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
    return null;
  } catch (error) {
    if (endsTransaction(error)) throw error;
    if (error instanceof Refused) return error.message;
    // SQLite's own sentences name tables and columns, never values.
    return error instanceof Error ? error.message : 'unknown error';
  }
}

/** @returns why the row was left out, or null. @throws Refused when the whole frame must be */
function applyWherePossible(sql: Sql, row: RowWrite): string | null {
  switch (row[0]) {
    case 'insert':
      return insert(sql, row);
    case 'put':
      return put(sql, row);
    case 'append':
      return append(sql, row);
    case 'update':
      if (!exists(sql, row[1], row[2])) return `a change to a row of ${row[1]} that is lost`;
      applyRow(sql, row);
      return null;
    case 'delete':
      applyRow(sql, row);
      return null;
  }
}

function insert(sql: Sql, row: Extract<RowWrite, readonly ['insert', ...unknown[]]>): string | null {
  const [, table, values] = row;
  if (!hasTableOf(sql, table)) return `a row of ${table}, a table that is not there`;
  if (table === 'blocks') return insertBlock(sql, row);
  if (table === 'memory_nodes' && !exists(sql, 'blocks', values[1] ?? null)) return 'a node of a memory that is lost';
  if (table === 'associations') {
    const leadsSomewhere = [values[1], values[2]].every((node) => exists(sql, 'memory_nodes', node ?? null));
    if (!leadsSomewhere) return 'a link to a memory that is lost';
  }
  if (values[0] !== null && exists(sql, table, values[0] ?? null)) return null;
  if (isThereUnderAnotherId(sql, table, values)) return null;
  applyRow(sql, row);
  return null;
}

function insertBlock(sql: Sql, row: Extract<RowWrite, readonly ['insert', ...unknown[]]>): string | null {
  const values = row[2];
  const index = Number(values[0]);
  const [hash, prevHash] = [values[4], values[5]];
  const present = hashOf(sql, index);
  if (present === hash) return null;
  if (present !== null) throw new Refused(`memory #${index} is another one already`);
  const before = hashOf(sql, index - 1);
  if (before !== null && before !== prevHash) throw new Refused(`memory #${index} does not continue #${index - 1}`);
  applyRow(sql, row);
  return null;
}

function put(sql: Sql, row: Extract<RowWrite, readonly ['put', ...unknown[]]>): string | null {
  const [, table, values] = row;
  if (!hasTableOf(sql, table)) return `a row of ${table}, a table that is not there`;
  const anchor = values[1];
  if (table === 'greeum_slots' && anchor !== null && !hasHash(sql, anchor ?? null)) {
    return 'a slot at a memory that is lost';
  }
  if (table === 'greeum_state' && values[0] === 'epoch') {
    const now = integer(sql.get('SELECT value FROM greeum_state WHERE key = ?', ['epoch'])?.[0]);
    if (Number(values[1]) <= now) return null;
  }
  applyRow(sql, row);
  return null;
}

function append(sql: Sql, row: Extract<RowWrite, readonly ['append', ...unknown[]]>): string | null {
  const [, table, key, column, value] = row;
  if (!exists(sql, table, key)) return `a reference in a row of ${table} that is lost`;
  // Frames may be applied to an image that holds them in part.
  const list = sql.get(`SELECT "${columnOf(table, column)}" FROM ${table} WHERE ${keyOf(table)} = ?`, [key])?.[0];
  if (typeof list === 'string' && holds(list, value)) return null;
  applyRow(sql, row);
  return null;
}

function holds(list: string, value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(list);
    return Array.isArray(parsed) && parsed.includes(value);
  } catch {
    // Others write this column too; what is no JSON holds nothing.
    return false;
  }
}

/** Keywords and tags are numbered by SQLite; what counts is that each is there once. */
function isThereUnderAnotherId(sql: Sql, table: TableName, values: readonly SqlValue[]): boolean {
  if (table !== 'block_keywords' && table !== 'block_tags') return false;
  const word = TABLE_COLUMNS[table][2];
  const bound = [values[1] ?? null, values[2] ?? null];
  return sql.get(`SELECT 1 FROM ${table} WHERE block_index = ? AND ${word} = ?`, bound) !== undefined;
}

function exists(sql: Sql, table: TableName, key: SqlValue): boolean {
  return hasTableOf(sql, table) && sql.get(`SELECT 1 FROM ${table} WHERE ${keyOf(table)} = ?`, [key]) !== undefined;
}

/** Only Python's own consolidation queue may be missing. */
function hasTableOf(sql: Sql, table: TableName): boolean {
  return sql.get(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, [table]) !== undefined;
}

function hashOf(sql: Sql, index: number): string | null {
  const hash = sql.get('SELECT hash FROM blocks WHERE block_index = ?', [index])?.[0];
  return typeof hash === 'string' ? hash : null;
}

function hasHash(sql: Sql, hash: SqlValue): boolean {
  return sql.get('SELECT 1 FROM blocks WHERE hash = ?', [hash]) !== undefined;
}

function keyOf(table: TableName): string {
  return TABLE_COLUMNS[table][0];
}

/** Journal text becomes SQL here, so only a known name may. */
function columnOf(table: TableName, column: string): string {
  if ((TABLE_COLUMNS[table] as readonly string[]).includes(column)) return column;
  throw new Refused(`it names a column that ${table} does not have`);
}
