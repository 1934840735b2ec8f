/** What carrying memories over asks of the image: which are there already, and all that can be taken along. */

import type { ImportedMemory, ImportMemoriesCommand } from '../protocol/commands.js';
import type { ImportTarget } from '../protocol/facts.js';
import type { JsonObject } from '../protocol/json.js';
import { IMPORTED_FROM, type ExportedMemory, type ExportMemoriesResult, type ImportRef } from '../protocol/transfer.js';
import { integer, integerOrNull, text, textOrNull, type Cell, type Sql } from './engine.js';
import { jsonObject, slotOf } from './cells.js';

/** Texts of one page, so that its answer stays far below what a client reads. */
const PAGE_CHARS = 4 * 1024 * 1024;
const READ_BATCH = 50;

export type Identity = Pick<ImportedMemory, 'content' | 'timestamp' | 'hasOwnTime' | 'twin' | 'project'>;

/** The block that is the same memory: of this time and text, or, for one without a time, of this text and project. */
export function existingBlock(sql: Sql, { content, timestamp, hasOwnTime, twin, project }: Identity): number | null {
  const row = hasOwnTime
    ? sql.get('SELECT block_index FROM blocks WHERE timestamp = ? AND context = ? ORDER BY 1 LIMIT 1 OFFSET ?', [
        timestamp,
        content,
        twin,
      ])
    : sql.get(
        `SELECT b.block_index FROM blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index
         WHERE length(b.context) = length(?1) AND lower(substr(b.context, 1, 32)) = lower(substr(?1, 1, 32))
           AND b.context = ?1 AND g.project IS ?2 ORDER BY 1 LIMIT 1`,
        [content, project],
      );
  return row === undefined ? null : integer(row[0]);
}

/** For each record the block that is the same already, and every block that the command names. */
export function importFacts(
  sql: Sql,
  { records, slots }: ImportMemoriesCommand,
): { existing: (number | null)[]; targets: Map<number, ImportTarget> } {
  const existing = records.map((record) => ('error' in record ? null : existingBlock(sql, record)));
  const refs = records.flatMap((record) =>
    'error' in record ? [] : [record.before, record.supersedes, ...record.links.map(({ other }) => other)],
  );
  const named = [...refs, ...slots.map(({ memory }) => memory)].map(blockOf);
  const targets = new Map<number, ImportTarget>();
  for (const blockIndex of new Set([...existing, ...named])) {
    const target = blockIndex === null ? null : importTarget(sql, blockIndex);
    if (target !== null) targets.set(target.blockIndex, target);
  }
  return { existing, targets };
}

function blockOf(ref: ImportRef | null): number | null {
  return ref !== null && 'block_index' in ref ? ref.block_index : null;
}

function importTarget(sql: Sql, blockIndex: number): ImportTarget | null {
  const row = sql.get(
    `SELECT b.hash, b.root, (SELECT n.node_id FROM memory_nodes n WHERE n.memory_id = b.block_index LIMIT 1), b.context
     FROM blocks b WHERE b.block_index = ?`,
    [blockIndex],
  );
  if (row === undefined) return null;
  return {
    blockIndex,
    hash: text(row[0]),
    root: textOrNull(row[1]),
    nodeId: textOrNull(row[2]),
    content: text(row[3]),
  };
}

const EXPORTED = `SELECT b.block_index, b.hash, b.timestamp, b.context, b.importance, b.slot, b.root, g.project,
    g.occurred_at, (SELECT m.metadata FROM block_metadata m WHERE m.block_index = b.block_index),
    (SELECT p.block_index FROM blocks p WHERE p.hash = b.before LIMIT 1),
    (SELECT s.block_index FROM greeum_superseded s WHERE s.by_index = b.block_index LIMIT 1)
  FROM blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index`;

/** Links of which the other end came first, in the order in which they were made. */
const EARLIER_LINKS = `SELECT a.rowid, t.memory_id, a.association_type, a.strength, 1
    FROM memory_nodes s JOIN associations a ON a.source_node_id = s.node_id
    JOIN memory_nodes t ON t.node_id = a.target_node_id WHERE s.memory_id = ?1 AND t.memory_id < ?1
  UNION ALL SELECT a.rowid, s.memory_id, a.association_type, a.strength, 0
    FROM memory_nodes t JOIN associations a ON a.target_node_id = t.node_id
    JOIN memory_nodes s ON s.node_id = a.source_node_id WHERE t.memory_id = ?1 AND s.memory_id < ?1
  ORDER BY 1`;

/** A page of memories, oldest first. @param after -1 for the first page */
export function exportPage(sql: Sql, after: number, limit: number, project: string | null): ExportMemoriesResult {
  const memories: ExportedMemory[] = [];
  let chars = 0;
  let last = after;
  const condition = project === null ? '' : 'AND g.project = ?3';
  while (memories.length < limit && chars < PAGE_CHARS) {
    const count = Math.min(READ_BATCH, limit - memories.length);
    const values = [last, count, ...(project === null ? [] : [project])];
    const rows = sql.all(`${EXPORTED} WHERE b.block_index > ?1 ${condition} ORDER BY b.block_index LIMIT ?2`, values);
    for (const row of rows) {
      const memory = exportedMemory(sql, row);
      memories.push(memory);
      last = memory.block_index;
      chars += memory.content.length;
    }
    if (rows.length < count) return { memories, next_after: null };
  }
  return { memories, next_after: last };
}

function exportedMemory(sql: Sql, row: readonly Cell[]): ExportedMemory {
  const blockIndex = integer(row[0]);
  const project = textOrNull(row[7]);
  const occurredAt = textOrNull(row[8]);
  const tags = sql.all('SELECT tag FROM block_tags WHERE block_index = ? ORDER BY id', [blockIndex]);
  return {
    block_index: blockIndex,
    hash: text(row[1]),
    timestamp: text(row[2]),
    content: text(row[3]),
    importance: integer(row[4]),
    slot: slotOf(row[5]),
    branch: textOrNull(row[6]),
    before: integerOrNull(row[10]),
    tags: tags.map(([tag]) => text(tag)),
    project,
    occurred_at: occurredAt,
    metadata: ownMetadata(jsonObject(row[9]), project, occurredAt),
    supersedes: integerOrNull(row[11]),
    links: sql.all(EARLIER_LINKS, [blockIndex]).map(([, other, type, strength, leadsThere]) => ({
      ...(integer(leadsThere) === 1 ? { to: integer(other) } : { from: integer(other) }),
      type: text(type),
      strength: integer(strength),
    })),
  };
}

/** Without what the record says in fields of its own, and without where this directory has it from. */
function ownMetadata(metadata: JsonObject, project: string | null, occurredAt: string | null): JsonObject {
  const entries = Object.entries(metadata).filter(
    ([name, value]) =>
      name !== IMPORTED_FROM &&
      !(name === 'project' && value === project) &&
      !(name === 'occurred_at' && value === occurredAt),
  );
  return Object.fromEntries(entries);
}
