/** Reads that answer callers, in the shapes of the wire. All of them see every acknowledged write. */

import { GreeumError } from '../protocol/errors.js';
import {
  type AnchorRecord,
  type AssociationRecord,
  type GetMemoryInput,
  type ListMemoriesInput,
  type MemoryDetail,
  type MemoryGraphResult,
  type MemoryGroup,
  type MemoryRecord,
  type MemoryStats,
  type SlotName,
} from '../protocol/operations.js';
import { jsonObject, slotOf, stringList } from './cells.js';
import { integer, integerOrNull, text, textOrNull, type Cell, type Sql } from './engine.js';
import type { ExportMemoriesResult } from '../protocol/transfer.js';
import { graphOf, groupsOf, type GroupsQuery } from './overviews.js';
import { existingBlock, exportPage, type Identity } from './transferQueries.js';

/** @param context what stands for the text */
const recordColumns = (context: string): string =>
  `b.block_index, b.hash, b.timestamp, ${context}, b.importance, b.slot, b.root, g.project, g.occurred_at,
  (SELECT m.metadata FROM block_metadata m WHERE m.block_index = b.block_index), s.by_index`;
const RECORD_COLUMNS = recordColumns('b.context');
/** A megabyte of text need not leave the database for its first lines. */
const SHOWN_CONTEXT = { full: 'b.context', snippet: 'substr(b.context, 1, 240)', ids: "''" } as const;
const RECORD_SOURCE = `blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index
  LEFT JOIN greeum_superseded s ON s.block_index = b.block_index`;

/** What dates are compared with. */
const WHEN = 'coalesce(g.occurred_at, b.timestamp)';

export class Queries {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  record(blockIndex: number): MemoryRecord | null {
    const row = this.#sql.get(`SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE b.block_index = ?`, [blockIndex]);
    return row === undefined ? null : this.#record(row);
  }

  /** @throws GreeumError `unknown_block` */
  memory({ block_index, hash }: GetMemoryInput): MemoryDetail {
    const [column, value] =
      hash === undefined ? (['block_index', block_index ?? -1] as const) : (['hash', hash] as const);
    const row = this.#detailRow(column, value) ?? this.#detailRow('hash', this.#movedTo(hash));
    if (row === undefined) {
      throw new GreeumError('unknown_block', `There is no memory with ${column} ${value}.`, {
        hint: 'List memories to see which there are.',
      });
    }
    const record = this.#record(row);
    return {
      ...record,
      prev_hash: text(row[11]),
      before: textOrNull(row[12]),
      after: stringList(text(row[13])),
      keywords: this.#strings(
        'SELECT keyword FROM block_keywords WHERE block_index = ? ORDER BY id',
        record.block_index,
      ),
      metadata: jsonObject(row[9]),
      associations: this.associations(record.block_index, 100),
    };
  }

  #detailRow(column: 'block_index' | 'hash', value: string | number): Cell[] | undefined {
    return this.#sql.get(
      `SELECT ${RECORD_COLUMNS}, b.prev_hash, b.before, b.after FROM ${RECORD_SOURCE} WHERE b.${column} = ?`,
      [value],
    );
  }

  /** The hash that a memory has now, by the one it was acknowledged with. */
  #movedTo(hash = ''): string {
    return text(this.#sql.get('SELECT hash FROM greeum_moves WHERE old_hash = ?', [hash])?.[0]);
  }

  /** Newest first. */
  list(input: ListMemoriesInput & { limit: number }): MemoryRecord[] {
    const { conditions, values, order } = listFilter(input);
    const rows = this.#sql.all(
      `SELECT ${recordColumns(SHOWN_CONTEXT[input.detail ?? 'full'])} FROM ${RECORD_SOURCE}
       WHERE ${conditions.join(' AND ')} ORDER BY ${order} DESC LIMIT ?`,
      [...values, input.limit],
    );
    return rows.map((row) => this.#record(row));
  }

  /** Newest first. */
  groups(input: GroupsQuery): MemoryGroup[] {
    return groupsOf(this.#sql, input);
  }

  graph(limit: number): MemoryGraphResult {
    return graphOf(this.#sql, limit);
  }

  /** Oldest first. @param after -1 for the first page */
  exportPage(after: number, limit: number, project: string | null): ExportMemoriesResult {
    return exportPage(this.#sql, after, limit, project);
  }

  /** The block that an imported memory would be the same as. */
  existingBlock(identity: Identity): number | null {
    return existingBlock(this.#sql, identity);
  }

  /** Links of one block in both directions, or of all blocks, strongest or newest first. */
  associations(blockIndex: number | null, limit: number): AssociationRecord[] {
    const columns = `a.association_id, s.memory_id, t.memory_id, a.association_type, a.strength`;
    const joined = `associations a JOIN memory_nodes s ON s.node_id = a.source_node_id
      JOIN memory_nodes t ON t.node_id = a.target_node_id`;
    const rows =
      blockIndex === null
        ? this.#sql.all(`SELECT ${columns} FROM ${joined} ORDER BY a.rowid DESC LIMIT ?`, [limit])
        : this.#sql.all(
            `SELECT ${columns} FROM ${joined} WHERE a.source_node_id IN (SELECT node_id FROM memory_nodes WHERE memory_id = ?1)
               OR a.target_node_id IN (SELECT node_id FROM memory_nodes WHERE memory_id = ?1)
             ORDER BY a.strength DESC, a.rowid DESC LIMIT ?2`,
            [blockIndex, limit],
          );
    return rows.map((row) => ({
      association_id: text(row[0]),
      source: integer(row[1]),
      target: integer(row[2]),
      type: text(row[3]),
      strength: integer(row[4]),
    }));
  }

  /** The whole text; empty when there is no such block. */
  context(blockIndex: number): string {
    return text(this.#sql.get('SELECT context FROM blocks WHERE block_index = ?', [blockIndex])?.[0] ?? '');
  }

  /** Number of the memory that replaces this one; null when none does. */
  replacementOf(blockIndex: number): number | null {
    const row = this.#sql.get('SELECT by_index FROM greeum_superseded WHERE block_index = ?', [blockIndex]);
    return row === undefined ? null : integer(row[0]);
  }

  anchors(): AnchorRecord[] {
    const rows = this.#sql.all(
      `SELECT s.slot_name, s.anchor_block, s.summary, s.last_seen, s.pinned,
         (SELECT b.block_index FROM blocks b WHERE b.hash = s.anchor_block LIMIT 1)
       FROM greeum_slots s ORDER BY s.slot_name`,
    );
    return rows.map((row) => ({
      slot: text(row[0]) as SlotName,
      hash: textOrNull(row[1]),
      summary: text(row[2]),
      last_seen: integer(row[3]),
      pinned: integer(row[4]) !== 0,
      block_index: integerOrNull(row[5]),
    }));
  }

  hasProject(project: string): boolean {
    return this.#sql.get('SELECT 1 FROM greeum_blocks WHERE project = ? LIMIT 1', [project]) !== undefined;
  }

  projectNames(limit: number): string[] {
    return this.#distinct('greeum_blocks', 'project', limit);
  }

  tags(limit: number): { name: string; blocks: number }[] {
    return this.#distinct('block_tags', 'tag', limit).map((name) => ({
      name,
      blocks: integer(this.#sql.get('SELECT count(DISTINCT block_index) FROM block_tags WHERE tag = ?', [name])?.[0]),
    }));
  }

  get blockCount(): number {
    return integer(this.#sql.get('SELECT count(*) FROM blocks')?.[0]);
  }

  /** What the image can tell; the caller adds what it knows of files. */
  stats(): Omit<MemoryStats, 'data_dir' | 'database' | 'database_bytes' | 'journal_bytes'> {
    const ends = this.#sql.get('SELECT min(timestamp), max(timestamp) FROM blocks');
    return {
      blocks: this.blockCount,
      branches: this.#distinct('blocks', 'root').length,
      associations: integer(this.#sql.get('SELECT count(*) FROM associations')?.[0]),
      tags: this.#distinct('block_tags', 'tag').length,
      projects: this.#distinct('greeum_blocks', 'project').map((name) => ({
        name,
        blocks: integer(this.#sql.get('SELECT count(*) FROM greeum_blocks WHERE project = ?', [name])?.[0]),
      })),
      first_timestamp: textOrNull(ends?.[0]),
      last_timestamp: textOrNull(ends?.[1]),
    };
  }

  /** Distinct values through the column's index, one seek each: the cost does not grow with the rows. */
  #distinct(table: string, column: string, limit = Number.MAX_SAFE_INTEGER): string[] {
    const next = `SELECT ${column} FROM ${table} WHERE ${column} > ? ORDER BY ${column} LIMIT 1`;
    const values: string[] = [];
    for (let row = this.#sql.get(next, ['']); row !== undefined && values.length < limit;) {
      const value = text(row[0]);
      values.push(value);
      row = this.#sql.get(next, [value]);
    }
    return values;
  }

  #record(row: readonly Cell[]): MemoryRecord {
    const blockIndex = integer(row[0]);
    const { source, client } = jsonObject(row[9]);
    return {
      block_index: blockIndex,
      hash: text(row[1]),
      timestamp: text(row[2]),
      context: text(row[3]),
      importance: integer(row[4]),
      slot: slotOf(row[5]),
      branch: textOrNull(row[6]),
      tags: this.#strings('SELECT tag FROM block_tags WHERE block_index = ? ORDER BY id', blockIndex),
      project: textOrNull(row[7]),
      occurred_at: textOrNull(row[8]),
      source: typeof source === 'string' ? source : null,
      client: typeof client === 'string' ? client : null,
      superseded_by: integerOrNull(row[10]),
    };
  }

  #strings(query: string, value: number): string[] {
    return this.#sql.all(query, [value]).map((row) => text(row[0]));
  }
}

interface ListFilter {
  conditions: string[];
  values: (string | number)[];
  order: string;
}

function listFilter(input: ListMemoriesInput): ListFilter {
  const { before, project, include_global, slot, branch, day, since, until } = input;
  const newest = before ?? Number.MAX_SAFE_INTEGER;
  const filter: ListFilter = { conditions: ['b.block_index < ?'], values: [newest], order: 'b.block_index' };
  const add = (condition: string, ...values: (string | number)[]): void => {
    filter.conditions.push(condition);
    filter.values.push(...values);
  };
  if (project === null) add('g.project IS NULL');
  else if (project !== undefined && include_global === true) add('(g.project = ? OR g.project IS NULL)', project);
  else if (project !== undefined) {
    add('g.project = ?', project);
    add('g.block_index < ?', newest);
    filter.order = 'g.block_index';
  }
  if (slot !== undefined) add('b.slot = ?', slot);
  if (branch === null) add('b.root IS NULL');
  else if (branch !== undefined) add('b.root = ?', branch);
  // `~` comes after every character of a timestamp.
  if (day !== undefined) add("b.timestamp >= ? AND b.timestamp < ? || '~'", day, day);
  if (since !== undefined) add(`${WHEN} >= ?`, since);
  if (until !== undefined) add(`${WHEN} <= ?`, until);
  return filter;
}
