/** `stm_anchors.db`: the slots as Python Greeum reads and writes them. Ours is `greeum_slots` in `memory.db`. */

import type { SqlJsStatic } from 'sql.js';

import type { StoredSlot } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import { SLOT_NAMES, type SlotName } from '../protocol/operations.js';
import { acceptDatabase, DatabaseGuard, refuseUnfinished } from './databaseFile.js';
import { integer, Sql, text, textOrNull } from './engine.js';
import { renamePersistently, sameFile, type FileIdentity, type Files } from './files.js';
import type { Layout } from './layout.js';
import { hasTable } from './schema.js';

const COLUMNS = 'slot_name, anchor_block, topic_vec, summary, last_seen, hysteresis';
const SCHEMA = `CREATE TABLE IF NOT EXISTS slots (
  slot_name TEXT PRIMARY KEY, anchor_block TEXT, topic_vec TEXT, summary TEXT, last_seen REAL, hysteresis REAL)`;

/** What Python left there; empty when there is no file. @throws GreeumError when the file is no slot file */
export function readSlotsFile(files: Files, sqljs: SqlJsStatic, path: string): StoredSlot[] {
  const sql = openSlots(files, sqljs, path);
  if (sql === null) return [];
  try {
    return hasTable(sql, 'slots') ? storedSlots(sql) : [];
  } finally {
    sql.close();
  }
}

export interface BuiltSlots {
  readonly bytes: Uint8Array;
  /** The version it was built from; null: there was none. */
  readonly replaces: FileIdentity | null;
}

/**
 * The file's next version: the slots of `image`, whatever else the old version held.
 * @returns null when the old version says the same already
 * @throws GreeumError when the old version is no slot file, or another program left it unfinished
 */
export function buildSlotsFile(files: Files, sqljs: SqlJsStatic, path: string, image: Sql): BuiltSlots | null {
  const replaces = files.stat(path);
  const sql = openSlots(files, sqljs, path) ?? new Sql(sqljs, null);
  try {
    const stored = hasTable(sql, 'slots') ? storedSlots(sql) : [];
    sql.script(SCHEMA);
    const rows = image.all(`SELECT ${COLUMNS} FROM greeum_slots ORDER BY slot_name`);
    for (const row of rows) sql.run('INSERT OR REPLACE INTO slots VALUES (?, ?, ?, ?, ?, ?)', row);
    if (JSON.stringify(storedSlots(sql)) === JSON.stringify(stored)) return null;
    return { bytes: sql.export(), replaces };
  } finally {
    sql.close();
  }
}

/**
 * Puts the next version in place, unless Python wrote to the file since, or is writing: then it waits its turn.
 * @returns whether it is in place
 */
export function installSlotsFile(files: Files, layout: Layout, replaces: FileIdentity | null): boolean {
  let guard: DatabaseGuard | null = null;
  try {
    if (replaces !== null) guard = new DatabaseGuard(files, layout.slots);
    refuseUnfinished(files, layout.slots);
    if (!sameFile(files.stat(layout.slots), replaces)) return false;
    renamePersistently(files, layout.slotsTemp, layout.slots);
    return true;
  } catch (error) {
    if (error instanceof GreeumError) return false;
    throw error;
  } finally {
    guard?.close();
  }
}

function openSlots(files: Files, sqljs: SqlJsStatic, path: string): Sql | null {
  refuseUnfinished(files, path);
  if ((files.stat(path)?.size ?? 0) === 0) return null;
  return new Sql(sqljs, acceptDatabase(files.readAll(path), path));
}

/** Ordered by name. */
function storedSlots(sql: Sql): StoredSlot[] {
  return sql
    .all(`SELECT ${COLUMNS} FROM slots ORDER BY slot_name`)
    .filter((row) => (SLOT_NAMES as readonly unknown[]).includes(row[0]))
    .map((row) => ({
      slot: text(row[0]) as SlotName,
      anchorHash: textOrNull(row[1]) || null,
      topicVector: textOrNull(row[2]),
      summary: text(row[3]),
      lastSeen: integer(row[4]),
      hysteresis: integer(row[5]),
    }));
}
