/** Types of the columns in PostgreSQL. All names and meanings are those of the embedded store. */

import type { TableName } from '../protocol/change.js';

export type ColumnType = 'bigint' | 'double precision' | 'bytea' | 'text';

const WHOLE = new Set([
  'id',
  'block_index',
  'branch_depth',
  'visit_count',
  'memory_id',
  'activation_count',
  'embedding_dim',
  'by_index',
  'old_index',
  'created_at_ms',
  'pinned',
]);
const REAL = new Set([
  'importance',
  'last_seen_at',
  'branch_similarity',
  'branch_created_at',
  'activation_level',
  'strength',
  'weight',
  'last_seen',
  'hysteresis',
]);

export function typeOf(table: TableName, column: string): ColumnType {
  if (table === 'block_embeddings' && column === 'embedding') return 'bytea';
  if (WHOLE.has(column)) return 'bigint';
  return REAL.has(column) ? 'double precision' : 'text';
}
