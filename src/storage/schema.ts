/**
 * Tables of a data directory: those of Python Greeum 5.3 to the letter (their names, columns and defaults are the
 * file format other programs read), then our own, named `greeum_*`. Every statement can run on any directory: what
 * is there stays, what is missing is added, what is not ours is left alone.
 */

import { GreeumError } from '../protocol/errors.js';
import { FORMAT_VERSION } from '../protocol/limits.js';
import { SLOT_NAMES } from '../protocol/operations.js';
import { integer, text, type Sql } from './engine.js';
import { addLaterColumns, takeOldSlots } from './migrate.js';

const PYTHON_TABLES = `
CREATE TABLE IF NOT EXISTS blocks (
  block_index INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, context TEXT NOT NULL, importance REAL NOT NULL,
  hash TEXT NOT NULL, prev_hash TEXT NOT NULL, root TEXT, before TEXT, after TEXT DEFAULT '[]', xref TEXT DEFAULT '[]',
  branch_depth INTEGER DEFAULT 0, visit_count INTEGER DEFAULT 0, last_seen_at REAL DEFAULT 0, slot TEXT,
  branch_similarity REAL DEFAULT 0, branch_created_at REAL DEFAULT 0);
CREATE TABLE IF NOT EXISTS block_keywords (
  id INTEGER PRIMARY KEY AUTOINCREMENT, block_index INTEGER NOT NULL, keyword TEXT NOT NULL,
  FOREIGN KEY (block_index) REFERENCES blocks(block_index), UNIQUE(block_index, keyword));
CREATE TABLE IF NOT EXISTS block_tags (
  id INTEGER PRIMARY KEY AUTOINCREMENT, block_index INTEGER NOT NULL, tag TEXT NOT NULL,
  FOREIGN KEY (block_index) REFERENCES blocks(block_index), UNIQUE(block_index, tag));
CREATE TABLE IF NOT EXISTS block_metadata (
  block_index INTEGER PRIMARY KEY, metadata TEXT NOT NULL,
  FOREIGN KEY (block_index) REFERENCES blocks(block_index));
CREATE TABLE IF NOT EXISTS block_embeddings (
  block_index INTEGER PRIMARY KEY, embedding BLOB NOT NULL, embedding_model TEXT, embedding_dim INTEGER,
  FOREIGN KEY (block_index) REFERENCES blocks(block_index));
CREATE TABLE IF NOT EXISTS short_term_memories (
  id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, content TEXT NOT NULL, speaker TEXT, metadata TEXT);
CREATE TABLE IF NOT EXISTS branch_meta (
  root TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT 'Untitled Branch',
  heads TEXT NOT NULL DEFAULT '{"A": null, "B": null, "C": null}', size INTEGER DEFAULT 0, depth INTEGER DEFAULT 0,
  created_at REAL NOT NULL, last_modified REAL NOT NULL, merge_history TEXT DEFAULT '[]', checkpoints TEXT DEFAULT '[]',
  total_visits INTEGER DEFAULT 0, total_searches INTEGER DEFAULT 0, local_hits INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS merge_proposals (
  id TEXT PRIMARY KEY, source_head TEXT NOT NULL, target_head TEXT NOT NULL, root TEXT NOT NULL,
  merge_score REAL DEFAULT 0.0, ema_score REAL DEFAULT 0.0, cosine_similarity REAL DEFAULT 0.0,
  centroid_similarity REAL DEFAULT 0.0, tag_jaccard REAL DEFAULT 0.0, temporal_proximity REAL DEFAULT 0.0,
  divergence REAL DEFAULT 0.0, proposed_at REAL NOT NULL, checkpoint_id TEXT, reversible INTEGER DEFAULT 1,
  cooldown_until REAL, evaluation_count INTEGER DEFAULT 0, acceptance_history TEXT DEFAULT '[]',
  status TEXT DEFAULT 'pending');
CREATE TABLE IF NOT EXISTS memory_nodes (
  node_id TEXT PRIMARY KEY, memory_id INTEGER, node_type TEXT, content TEXT, embedding TEXT,
  activation_level REAL DEFAULT 0.0, last_activated TEXT, metadata TEXT, created_at TEXT,
  FOREIGN KEY (memory_id) REFERENCES blocks(block_index));
CREATE TABLE IF NOT EXISTS associations (
  association_id TEXT PRIMARY KEY, source_node_id TEXT, target_node_id TEXT, association_type TEXT,
  strength REAL DEFAULT 0.5, weight REAL DEFAULT 1.0, created_at TEXT, last_activated TEXT,
  activation_count INTEGER DEFAULT 0, metadata TEXT,
  FOREIGN KEY (source_node_id) REFERENCES memory_nodes(node_id),
  FOREIGN KEY (target_node_id) REFERENCES memory_nodes(node_id));
CREATE TABLE IF NOT EXISTS activation_history (
  history_id INTEGER PRIMARY KEY AUTOINCREMENT, node_id TEXT, activation_level REAL, trigger_type TEXT,
  trigger_source TEXT, timestamp TEXT, session_id TEXT, FOREIGN KEY (node_id) REFERENCES memory_nodes(node_id));
CREATE TABLE IF NOT EXISTS context_sessions (
  session_id TEXT PRIMARY KEY, active_nodes TEXT, activation_snapshot TEXT, created_at TEXT, last_updated TEXT,
  metadata TEXT);
CREATE TABLE IF NOT EXISTS memory_actants (
  actant_id TEXT PRIMARY KEY, memory_id INTEGER, subject_raw TEXT, subject_hash TEXT, action_raw TEXT,
  action_hash TEXT, object_raw TEXT, object_hash TEXT, sender_raw TEXT, sender_hash TEXT, receiver_raw TEXT,
  receiver_hash TEXT, helper_raw TEXT, helper_hash TEXT, opponent_raw TEXT, opponent_hash TEXT,
  confidence REAL DEFAULT 0.5, parser_version TEXT, parsed_at TEXT, metadata TEXT,
  FOREIGN KEY (memory_id) REFERENCES blocks(block_index));
CREATE TABLE IF NOT EXISTS actant_entities (
  entity_hash TEXT PRIMARY KEY, entity_type TEXT, canonical_form TEXT, variations TEXT, first_seen TEXT,
  last_seen TEXT, occurrence_count INTEGER DEFAULT 1, metadata TEXT);
CREATE TABLE IF NOT EXISTS actant_actions (
  action_hash TEXT PRIMARY KEY, action_type TEXT, canonical_form TEXT, variations TEXT, tense TEXT, aspect TEXT,
  first_seen TEXT, last_seen TEXT, occurrence_count INTEGER DEFAULT 1, metadata TEXT);
CREATE TABLE IF NOT EXISTS actant_relations (
  relation_id TEXT PRIMARY KEY, source_actant_id TEXT, target_actant_id TEXT, relation_type TEXT,
  strength REAL DEFAULT 0.5, evidence_count INTEGER DEFAULT 1, created_at TEXT, last_updated TEXT, metadata TEXT,
  FOREIGN KEY (source_actant_id) REFERENCES memory_actants(actant_id),
  FOREIGN KEY (target_actant_id) REFERENCES memory_actants(actant_id));
`;

const PYTHON_INDEXES = `
CREATE INDEX IF NOT EXISTS idx_blocks_timestamp ON blocks(timestamp);
CREATE INDEX IF NOT EXISTS idx_block_keywords ON block_keywords(keyword);
CREATE INDEX IF NOT EXISTS idx_block_tags ON block_tags(tag);
CREATE INDEX IF NOT EXISTS idx_stm_timestamp ON short_term_memories(timestamp);
CREATE INDEX IF NOT EXISTS idx_blocks_root ON blocks(root);
CREATE INDEX IF NOT EXISTS idx_blocks_before ON blocks(before);
CREATE INDEX IF NOT EXISTS idx_blocks_slot ON blocks(slot);
CREATE INDEX IF NOT EXISTS idx_blocks_created_at ON blocks(timestamp);
CREATE INDEX IF NOT EXISTS idx_merge_proposals_status ON merge_proposals(status);
CREATE INDEX IF NOT EXISTS idx_merge_proposals_root ON merge_proposals(root);
CREATE INDEX IF NOT EXISTS idx_nodes_memory ON memory_nodes(memory_id);
CREATE INDEX IF NOT EXISTS idx_nodes_activation ON memory_nodes(activation_level);
CREATE INDEX IF NOT EXISTS idx_associations_source ON associations(source_node_id);
CREATE INDEX IF NOT EXISTS idx_associations_target ON associations(target_node_id);
CREATE INDEX IF NOT EXISTS idx_associations_strength ON associations(strength);
CREATE INDEX IF NOT EXISTS idx_activation_history_node ON activation_history(node_id);
CREATE INDEX IF NOT EXISTS idx_activation_history_session ON activation_history(session_id);
CREATE INDEX IF NOT EXISTS idx_actants_memory ON memory_actants(memory_id);
CREATE INDEX IF NOT EXISTS idx_actants_subject ON memory_actants(subject_hash);
CREATE INDEX IF NOT EXISTS idx_actants_action ON memory_actants(action_hash);
CREATE INDEX IF NOT EXISTS idx_actants_object ON memory_actants(object_hash);
CREATE INDEX IF NOT EXISTS idx_entities_type ON actant_entities(entity_type);
CREATE INDEX IF NOT EXISTS idx_actions_type ON actant_actions(action_type);
CREATE INDEX IF NOT EXISTS idx_relations_source ON actant_relations(source_actant_id);
CREATE INDEX IF NOT EXISTS idx_relations_target ON actant_relations(target_actant_id);
`;

/** Only queries of other programs use these. */
const FOREIGN_INDEXES = [
  'idx_blocks_before',
  'idx_blocks_created_at',
  'idx_nodes_activation',
  'idx_associations_strength',
] as const;

/** Greeum looks blocks up by hash without an index; ours makes that lookup independent of the size. */
const OWN_TABLES = `
CREATE TABLE IF NOT EXISTS greeum_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS greeum_requests (
  key TEXT PRIMARY KEY, payload_hash TEXT NOT NULL, answer TEXT NOT NULL, created_at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS greeum_blocks (block_index INTEGER PRIMARY KEY, project TEXT, occurred_at TEXT);
CREATE INDEX IF NOT EXISTS greeum_blocks_project ON greeum_blocks(project, block_index) WHERE project IS NOT NULL;
CREATE TABLE IF NOT EXISTS greeum_slots (
  slot_name TEXT PRIMARY KEY, anchor_block TEXT, topic_vec TEXT, summary TEXT NOT NULL, last_seen REAL NOT NULL,
  hysteresis REAL NOT NULL, pinned INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS greeum_moves (old_hash TEXT PRIMARY KEY, old_index INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS greeum_superseded (block_index INTEGER PRIMARY KEY, by_index INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS greeum_blocks_hash ON blocks(hash);
CREATE INDEX IF NOT EXISTS greeum_blocks_text ON blocks(length(context), lower(substr(context, 1, 32)));
`;

/**
 * Makes the database one that this version can work on.
 * @returns whether it was of an older kind, see `migrate.ts`
 * @throws GreeumError `newer_format`, `not_a_database`
 */
export function ensureSchema(sql: Sql): boolean {
  refuseNewerFormat(sql);
  const hasNewColumns = addLaterColumns(sql);
  sql.script(PYTHON_TABLES + PYTHON_INDEXES + OWN_TABLES);
  sql.run(`INSERT OR IGNORE INTO greeum_state VALUES ('format_version', ?)`, [String(FORMAT_VERSION)]);
  for (const slot of SLOT_NAMES) {
    sql.run(`INSERT OR IGNORE INTO greeum_slots VALUES (?, NULL, NULL, '', 0, 0, 0)`, [slot]);
  }
  const hasOldSlots = takeOldSlots(sql);
  return hasNewColumns || hasOldSlots;
}

/**
 * For an image that is written to and never written out: `memory.db` is made from itself and the journal, and keeps
 * every index. `ensureSchema` brings them back.
 */
export function dropForeignIndexes(sql: Sql): void {
  for (const index of FOREIGN_INDEXES) sql.run(`DROP INDEX IF EXISTS ${index}`);
}

/** @throws GreeumError `newer_format` */
export function refuseNewerFormat(sql: Sql): void {
  const hasState = sql.get(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'greeum_state'`) !== undefined;
  if (!hasState) return;
  const version = readState(sql, 'format_version') ?? String(FORMAT_VERSION);
  // What is no number at all is newer too: we never wrote it.
  if (Number(version) <= FORMAT_VERSION) return;
  throw new GreeumError(
    'newer_format',
    `This memory was written by a newer Greeum (format ${version}; this version knows ${FORMAT_VERSION}).`,
    { hint: 'Update Greeum, then open it again. Nothing was changed.' },
  );
}

export type StateKey = 'format_version' | 'applied_sequence' | 'epoch' | 'team';

export function readState(sql: Sql, key: StateKey): string | null {
  const row = sql.get('SELECT value FROM greeum_state WHERE key = ?', [key]);
  return row === undefined ? null : text(row[0]);
}

/** Rows whose key begins like this, in the order of their keys. */
export function stateRows(sql: Sql, prefix: string): { key: string; value: string }[] {
  return sql
    .all('SELECT key, value FROM greeum_state WHERE substr(key, 1, ?) = ? ORDER BY key', [prefix.length, prefix])
    .map(([key, value]) => ({ key: text(key), value: text(value) }));
}

export function writeState(sql: Sql, key: StateKey, value: string): void {
  sql.run('INSERT OR REPLACE INTO greeum_state VALUES (?, ?)', [key, value]);
}

export function hasTable(sql: Sql, name: string): boolean {
  return integer(sql.get(`SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?`, [name])?.[0]) > 0;
}
