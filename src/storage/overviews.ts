/** Many memories at once, for people: what there is by day, branch or project, and how memories hang together. */

import type { GraphNode, Grouping, ListGroupsInput, MemoryGraphResult, MemoryGroup } from '../protocol/operations.js';
import { slotOf } from './cells.js';
import { integer, integerOrNull, text, textOrNull, type Cell, type Sql } from './engine.js';

export type GroupsQuery = ListGroupsInput & { limit: number };

const KEYS: { readonly [K in Grouping]: string } = {
  day: 'substr(b.timestamp, 1, 10)',
  branch: 'b.root',
  project: 'g.project',
};

/** Newest first. One pass over an index, so that it takes milliseconds for a hundred thousand memories. */
export function groupsOf(sql: Sql, { by, limit, before, project, include_global }: GroupsQuery): MemoryGroup[] {
  const scope =
    project === undefined ? '' : `WHERE g.project = ?${include_global === true ? ' OR g.project IS NULL' : ''}`;
  const source =
    project === undefined && by !== 'project'
      ? 'blocks b'
      : 'blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index';
  const rows = sql.all(
    `SELECT t.*, substr(n.context, 1, 160), n.slot FROM (
       SELECT ${KEYS[by]} key, count(*), max(b.block_index) newest, min(b.timestamp), max(b.timestamp)
       FROM ${source} ${scope} GROUP BY 1 HAVING max(b.block_index) < ? ORDER BY newest DESC LIMIT ?) t
     JOIN blocks n ON n.block_index = t.newest ORDER BY t.newest DESC`,
    [...(project === undefined ? [] : [project]), before ?? Number.MAX_SAFE_INTEGER, limit],
  );
  return rows.map((row) => ({
    key: textOrNull(row[0]),
    blocks: integer(row[1]),
    newest: integer(row[2]),
    first_timestamp: text(row[3]),
    last_timestamp: text(row[4]),
    title: text(row[5]),
    slot: slotOf(row[6]),
  }));
}

const MAX_GRAPH_LINKS = 4_000;

/** The newest memories with the links among them. */
export function graphOf(sql: Sql, limit: number): MemoryGraphResult {
  const rows = sql.all(
    `SELECT b.block_index, b.root, b.slot, g.project, b.timestamp, substr(b.context, 1, 80),
       (SELECT p.block_index FROM blocks p WHERE p.hash = b.before LIMIT 1)
     FROM blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index ORDER BY b.block_index DESC LIMIT ?`,
    [limit],
  );
  const oldest = rows.length === 0 ? 0 : integer(rows[rows.length - 1]?.[0]);
  const links = sql.all(
    `SELECT s.memory_id, t.memory_id, a.association_type, a.strength
     FROM memory_nodes s JOIN associations a ON a.source_node_id = s.node_id
     JOIN memory_nodes t ON t.node_id = a.target_node_id
     WHERE s.memory_id >= ?1 AND t.memory_id >= ?1 ORDER BY a.strength DESC LIMIT ?2`,
    [oldest, MAX_GRAPH_LINKS],
  );
  return {
    nodes: rows.map(graphNode),
    associations: links.map((row) => ({
      source: integer(row[0]),
      target: integer(row[1]),
      type: text(row[2]),
      strength: integer(row[3]),
    })),
  };
}

function graphNode(row: readonly Cell[]): GraphNode {
  return {
    block_index: integer(row[0]),
    branch: textOrNull(row[1]),
    slot: slotOf(row[2]),
    project: textOrNull(row[3]),
    timestamp: text(row[4]),
    title: text(row[5]),
    continues: integerOrNull(row[6]),
  };
}
