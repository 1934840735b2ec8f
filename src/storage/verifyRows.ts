/** The rows that `verify` checks, read from an image one at a time. */

import type { SlotName } from '../protocol/operations.js';
import type { VerifyAssociation, VerifyBlock, VerifyInput, VerifyNode } from '../protocol/rows.js';
import { integer, text, textOrNull, type Sql } from './engine.js';

export function verifyInput(sql: Sql): VerifyInput {
  return { blocks: blocks(sql), nodes: nodes(sql), associations: associations(sql), slots: slots(sql) };
}

function* blocks(sql: Sql): Generator<VerifyBlock> {
  const rows = sql.each(
    `SELECT block_index, timestamp, context, importance, hash, prev_hash, root, before, after
     FROM blocks ORDER BY block_index`,
  );
  for (const row of rows) {
    yield {
      blockIndex: integer(row[0]),
      timestamp: text(row[1]),
      context: text(row[2]),
      importance: integer(row[3]),
      hash: text(row[4]),
      prevHash: text(row[5]),
      root: textOrNull(row[6]),
      before: textOrNull(row[7]),
      after: textOrNull(row[8]),
    };
  }
}

function* nodes(sql: Sql): Generator<VerifyNode> {
  for (const row of sql.each('SELECT node_id, memory_id FROM memory_nodes')) {
    yield { nodeId: text(row[0]), blockIndex: row[1] === null ? null : integer(row[1]) };
  }
}

function* associations(sql: Sql): Generator<VerifyAssociation> {
  for (const row of sql.each('SELECT association_id, source_node_id, target_node_id FROM associations')) {
    yield { associationId: text(row[0]), sourceNodeId: textOrNull(row[1]), targetNodeId: textOrNull(row[2]) };
  }
}

function* slots(sql: Sql): Generator<{ slot: SlotName; anchorHash: string | null }> {
  for (const row of sql.each('SELECT slot_name, anchor_block FROM greeum_slots ORDER BY slot_name')) {
    yield { slot: text(row[0]) as SlotName, anchorHash: textOrNull(row[1]) };
  }
}
