/**
 * The rows a decision leads to. A journal frame holds exactly this, so the format here is the journal's format: a
 * new column or table means a new {@link FORMAT_VERSION}, and old shapes stay readable.
 */

import type { JsonValue } from './json.js';

/** A blob travels as base64. */
export interface Blob {
  readonly base64: string;
}
export type SqlValue = string | number | null | Blob;

/**
 * Columns of every table a change may touch, in the order of an insert's values. The first column is the primary
 * key. `id` columns that SQLite numbers by itself are inserted as null.
 */
export const TABLE_COLUMNS = {
  blocks: [
    'block_index',
    'timestamp',
    'context',
    'importance',
    'hash',
    'prev_hash',
    'root',
    'before',
    'after',
    'xref',
    'branch_depth',
    'visit_count',
    'last_seen_at',
    'slot',
    'branch_similarity',
    'branch_created_at',
  ],
  block_keywords: ['id', 'block_index', 'keyword'],
  block_tags: ['id', 'block_index', 'tag'],
  block_metadata: ['block_index', 'metadata'],
  block_embeddings: ['block_index', 'embedding', 'embedding_model', 'embedding_dim'],
  memory_nodes: [
    'node_id',
    'memory_id',
    'node_type',
    'content',
    'embedding',
    'activation_level',
    'last_activated',
    'metadata',
    'created_at',
  ],
  associations: [
    'association_id',
    'source_node_id',
    'target_node_id',
    'association_type',
    'strength',
    'weight',
    'created_at',
    'last_activated',
    'activation_count',
    'metadata',
  ],
  consolidation_queue: ['id', 'block_index', 'queued_at', 'status'],
  greeum_state: ['key', 'value'],
  greeum_requests: ['key', 'payload_hash', 'answer', 'created_at_ms'],
  greeum_blocks: ['block_index', 'project', 'occurred_at'],
  greeum_superseded: ['block_index', 'by_index'],
  greeum_moves: ['old_hash', 'old_index', 'hash'],
  greeum_slots: ['slot_name', 'anchor_block', 'topic_vec', 'summary', 'last_seen', 'hysteresis', 'pinned'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type TableName = keyof typeof TABLE_COLUMNS;
export type ColumnName<T extends TableName> = (typeof TABLE_COLUMNS)[T][number];

export type RowWrite =
  /** A new row; fails where the key exists. */
  | readonly ['insert', TableName, readonly SqlValue[]]
  /** A new row, or the one with this key replaced. */
  | readonly ['put', TableName, readonly SqlValue[]]
  /** Some columns of the row with this key. */
  | readonly ['update', TableName, SqlValue, { readonly [column: string]: SqlValue }]
  /** A string added at the end of a column that holds a JSON array. */
  | readonly ['append', TableName, SqlValue, string, string]
  | readonly ['delete', TableName, SqlValue];

export interface Change {
  readonly rows: readonly RowWrite[];
}

/** What `decide` returns. `change` null: the answer was given before (same key, same payload), nothing to write. */
export interface Decision {
  readonly change: Change | null;
  readonly answer: JsonValue;
}
