/** `stm_anchors.db`: the slots as Python Greeum reads and writes them. Ours is `greeum_slots` in `memory.db`. */

import type { SqlJsStatic } from 'sql.js';

import type { StoredSlot } from '../protocol/commands.js';
import { SLOT_NAMES, type SlotName } from '../protocol/operations.js';
import { acceptDatabase } from './databaseFile.js';
import { integer, Sql, text, textOrNull } from './engine.js';
import type { Files } from './files.js';
import { hasTable } from './schema.js';

const SCHEMA = `CREATE TABLE IF NOT EXISTS slots (
  slot_name TEXT PRIMARY KEY, anchor_block TEXT, topic_vec TEXT, summary TEXT, last_seen REAL, hysteresis REAL)`;

/** What Python left there; empty when there is no file. @throws GreeumError when the file is no slot file */
export function readSlotsFile(files: Files, sqljs: SqlJsStatic, path: string): StoredSlot[] {
  const sql = openSlots(files, sqljs, path);
  if (sql === null) return [];
  try {
    if (!hasTable(sql, 'slots')) return [];
    return sql
      .all('SELECT slot_name, anchor_block, topic_vec, summary, last_seen, hysteresis FROM slots')
      .filter((row) => (SLOT_NAMES as readonly unknown[]).includes(row[0]))
      .map((row) => ({
        slot: text(row[0]) as SlotName,
        anchorHash: textOrNull(row[1]) || null,
        topicVector: textOrNull(row[2]),
        summary: text(row[3]),
        lastSeen: integer(row[4]),
        hysteresis: integer(row[5]),
      }));
  } finally {
    sql.close();
  }
}

/**
 * The file's next version: the slots of `image`, whatever else the old version held.
 * @returns null when the old version says the same already
 */
export function buildSlotsFile(files: Files, sqljs: SqlJsStatic, path: string, image: Sql): Uint8Array | null {
  const stored = JSON.stringify(sortSlots(readSlotsFile(files, sqljs, path)));
  const rows = image.all(
    'SELECT slot_name, anchor_block, topic_vec, summary, last_seen, hysteresis FROM greeum_slots ORDER BY slot_name',
  );
  const sql = openSlots(files, sqljs, path) ?? new Sql(sqljs, null);
  try {
    sql.script(SCHEMA);
    for (const row of rows) sql.run('INSERT OR REPLACE INTO slots VALUES (?, ?, ?, ?, ?, ?)', row);
    const bytes = sql.export();
    const now = rows.map((row) => ({
      slot: text(row[0]) as SlotName,
      anchorHash: textOrNull(row[1]),
      topicVector: textOrNull(row[2]),
      summary: text(row[3]),
      lastSeen: integer(row[4]),
      hysteresis: integer(row[5]),
    }));
    return JSON.stringify(sortSlots(now)) === stored ? null : bytes;
  } finally {
    sql.close();
  }
}

function openSlots(files: Files, sqljs: SqlJsStatic, path: string): Sql | null {
  if ((files.stat(path)?.size ?? 0) === 0) return null;
  return new Sql(sqljs, acceptDatabase(files.readAll(path), path));
}

function sortSlots(slots: readonly StoredSlot[]): StoredSlot[] {
  return [...slots]
    .map(({ slot, anchorHash, topicVector, summary, lastSeen, hysteresis }) => ({
      slot,
      anchorHash,
      topicVector,
      summary,
      lastSeen,
      hysteresis,
    }))
    .sort((a, b) => a.slot.localeCompare(b.slot));
}
