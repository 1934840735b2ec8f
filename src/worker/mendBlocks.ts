/**
 * SQLite's pages carry no checksum, but every block has a hash. Where a block is not what its hash says because a
 * single bit is flipped, in its text, its time, its importance or in one of the two hashes, trying them all finds the
 * one; that the hash then fits is proof.
 */

import { matchingFormula, type HashedFields } from '../memory/blockHash.js';
import { integer, text, type Cell, type Sql } from '../storage/engine.js';

/** Some seconds of trying; a text that is longer is left as it is. */
const MAX_TEXT_BYTES = 10_000;
const MAX_TRIED_BLOCKS = 100;

/** What a column of a block was before a bit of it was flipped. */
export interface Mending {
  readonly blockIndex: number;
  readonly column: 'context' | 'timestamp' | 'importance' | 'hash' | 'prev_hash';
  readonly value: string | number;
}

/** For every altered block that can be mended; changes nothing. */
export function findMendings(sql: Sql): Mending[] {
  const altered: Cell[][] = [];
  const rows = sql.each('SELECT block_index, timestamp, context, importance, hash, prev_hash FROM blocks');
  for (const row of rows) {
    if (altered.length < MAX_TRIED_BLOCKS && matchingFormula(fieldsOf(row), text(row[4])) === null) altered.push(row);
  }
  return altered.map((row) => mendingOf(sql, fieldsOf(row), text(row[4]))).filter((mending) => mending !== null);
}

export function applyMendings(sql: Sql, mendings: readonly Mending[]): void {
  for (const { blockIndex, column, value } of mendings) {
    sql.run(`UPDATE blocks SET ${column} = ? WHERE block_index = ?`, [value, blockIndex]);
  }
}

function fieldsOf(row: readonly Cell[]): HashedFields {
  return {
    blockIndex: integer(row[0]),
    timestamp: text(row[1]),
    context: text(row[2]),
    importance: integer(row[3]),
    prevHash: text(row[5]),
  };
}

function mendingOf(sql: Sql, fields: HashedFields, hash: string): Mending | null {
  const { blockIndex } = fields;
  for (const [column, value] of candidates(sql, fields)) {
    const isIt =
      column === 'hash'
        ? matchingFormula(fields, String(value)) !== null
        : matchingFormula({ ...fields, [FIELD[column]]: value }, hash) !== null;
    if (isIt) return { blockIndex, column, value };
  }
  return null;
}

const FIELD = { context: 'context', timestamp: 'timestamp', importance: 'importance', prev_hash: 'prevHash' } as const;

/** Few first: what the neighbours say the hashes are. */
function* candidates(
  sql: Sql,
  { blockIndex, importance }: HashedFields,
): Generator<[Mending['column'], string | number]> {
  const next = sql.get('SELECT prev_hash FROM blocks WHERE block_index = ?', [blockIndex + 1])?.[0];
  if (typeof next === 'string') yield ['hash', next];
  const previous = sql.get('SELECT hash FROM blocks WHERE block_index = ?', [blockIndex - 1])?.[0];
  if (typeof previous === 'string') yield ['prev_hash', previous];
  for (const value of flippedNumbers(importance)) yield ['importance', value];
  for (const column of ['timestamp', 'context'] as const) {
    // As bytes: a flipped bit may have made them no text.
    const bytes = sql.get(`SELECT CAST(${column} AS BLOB) FROM blocks WHERE block_index = ?`, [blockIndex])?.[0];
    if (bytes instanceof Uint8Array) for (const value of flippedTexts(bytes)) yield [column, value];
  }
}

function* flippedNumbers(value: number): Generator<number> {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, value);
  for (const _ of flips(bytes)) {
    const flipped = view.getFloat64(0);
    if (Number.isFinite(flipped)) yield flipped;
  }
}

function* flippedTexts(stored: Uint8Array): Generator<string> {
  if (stored.length > MAX_TEXT_BYTES) return;
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const bytes = Uint8Array.from(stored);
  for (const _ of flips(bytes)) {
    let flipped: string;
    try {
      flipped = strict.decode(bytes);
    } catch {
      // No text: this bit was not it.
      continue;
    }
    yield flipped;
  }
}

/** Flips one bit after the other in place, each back before the next. */
function* flips(bytes: Uint8Array): Generator<void> {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    for (let bit = 1; bit < 256; bit <<= 1) {
      bytes[index] = byte ^ bit;
      yield;
    }
    bytes[index] = byte;
  }
}
