/**
 * Older Greeum files: blocks of six columns, or of some of the later ones, and slots in `memory.db` itself. What is
 * missing is added as Greeum adds it (`ALTER TABLE`, which touches no row), what is there stays.
 */

import { SLOT_NAMES } from '../protocol/operations.js';
import { integer, text, type Sql } from './engine.js';

/** Columns of `blocks` that came after the first six, in Greeum's order. */
const LATER_COLUMNS: Readonly<Record<string, string>> = {
  root: 'TEXT',
  before: 'TEXT',
  after: `TEXT DEFAULT '[]'`,
  xref: `TEXT DEFAULT '[]'`,
  branch_depth: 'INTEGER DEFAULT 0',
  visit_count: 'INTEGER DEFAULT 0',
  last_seen_at: 'REAL DEFAULT 0',
  slot: 'TEXT',
  branch_similarity: 'REAL DEFAULT 0',
  branch_created_at: 'REAL DEFAULT 0',
};
const SUMMARY_CODE_POINTS = 160;

/** To be called before the schema is completed. @returns whether the file is of an older kind, and was changed for it */
export function addLaterColumns(sql: Sql): boolean {
  const present = new Set(sql.all(`SELECT name FROM pragma_table_info('blocks')`).map(([name]) => text(name)));
  if (present.size === 0) return false;
  const missing = Object.entries(LATER_COLUMNS).filter(([name]) => !present.has(name));
  for (const [name, type] of missing) sql.script(`ALTER TABLE blocks ADD COLUMN "${name}" ${type}`);
  return missing.length > 0;
}

/**
 * To be called when `greeum_slots` is there. Each slot that was never used takes what `stm_slots` says; then the table
 * goes, as in Greeum: it would take it for newer than everything after.
 * @returns whether there was one
 */
export function takeOldSlots(sql: Sql): boolean {
  if (sql.get(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stm_slots'`) === undefined) return false;
  for (const row of sql.all('SELECT slot_name, block_hash, updated_at FROM stm_slots')) {
    const slot = SLOT_NAMES.find((name) => name === row[0]);
    if (slot === undefined || !text(row[1])) continue;
    sql.run(
      `UPDATE greeum_slots SET anchor_block = ?1, last_seen = ?2, hysteresis = 0, summary =
         coalesce((SELECT substr(context, 1, ${SUMMARY_CODE_POINTS}) FROM blocks WHERE hash = ?1), '')
       WHERE slot_name = ?3 AND last_seen = 0`,
      [text(row[1]), integer(row[2]), slot],
    );
  }
  sql.script('DROP TABLE stm_slots');
  return true;
}
