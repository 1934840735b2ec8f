/**
 * The rebase: what was acknowledged goes behind what another program wrote to the file meanwhile. Blocks get the next
 * numbers and the hashes that belong there; everything that names them follows: details, nodes, `before` and `after`,
 * slots and the answers kept for retries. Nothing else about them changes, and no rule is asked again: the branch, the
 * slot and the links are those that were acknowledged.
 *
 * Pure, so that an owner, a reader without the lock and the attempt after a crash all come to the same rows.
 */

import { TABLE_COLUMNS, type Change, type RowWrite, type SqlValue, type TableName } from '../protocol/change.js';
import type { JsonValue } from '../protocol/json.js';
import type { ChainHead, MovedBlock, Rebased } from '../protocol/rebase.js';
import { blockHash } from './blockHash.js';

/** Columns that hold numbers of blocks. */
const INDEX_COLUMNS: Partial<Record<TableName, readonly string[]>> = {
  blocks: ['block_index'],
  block_keywords: ['block_index'],
  block_tags: ['block_index'],
  block_metadata: ['block_index'],
  block_embeddings: ['block_index'],
  memory_nodes: ['memory_id'],
  consolidation_queue: ['block_index'],
  greeum_blocks: ['block_index'],
  greeum_superseded: ['block_index', 'by_index'],
};

/** Columns that hold the hash of a block. A block's own `hash` and `prev_hash` are made anew. */
const HASH_COLUMNS: Partial<Record<TableName, string>> = { blocks: 'before', greeum_slots: 'anchor_block' };

/** Fields of answers, see `protocol/operations.ts`. */
const INDEX_FIELDS: ReadonlySet<string> = new Set(['block_index', 'source', 'target']);
const HASH_FIELDS: ReadonlySet<string> = new Set(['hash', 'before']);

const BLOCK = columnsOf('blocks');
const REQUEST = columnsOf('greeum_requests');

/** @param head of the chain as it is now; null: it is empty */
export function rebase(changes: readonly Change[], head: ChainHead | null): Rebased {
  const moves = new Moves(head);
  const rebased = changes.map(({ rows }) => ({ rows: rows.flatMap((row) => moves.rowsFor(row)) }));
  return { changes: rebased, moved: moves.moved };
}

class Moves {
  readonly moved: MovedBlock[] = [];
  readonly #indexes = new Map<number, number>();
  /** By the hash it had. */
  readonly #blocks = new Map<string, MovedBlock>();
  #head: ChainHead | null;

  constructor(head: ChainHead | null) {
    this.#head = head;
  }

  rowsFor(row: RowWrite): RowWrite[] {
    const table = row[1];
    switch (row[0]) {
      case 'insert':
        return table === 'blocks' ? this.#block(row[2]) : [['insert', table, this.#values(table, row[2])]];
      case 'put':
        return [['put', table, this.#values(table, row[2])]];
      case 'update':
        return [['update', table, this.#key(table, row[2]), this.#columns(table, row[3])]];
      case 'append':
        return [['append', table, this.#key(table, row[2]), row[3], this.#movedHash(row[4])]];
      case 'delete':
        return [['delete', table, this.#key(table, row[2])]];
    }
  }

  /** The block at the end of the chain, and a record of where it stood before. */
  #block(given: readonly SqlValue[]): RowWrite[] {
    const from = { blockIndex: Number(given[BLOCK.block_index]), hash: textOf(given[BLOCK.hash]) };
    const blockIndex = (this.#head?.blockIndex ?? -1) + 1;
    const prevHash = this.#head?.hash ?? '';
    const hash = blockHash({
      blockIndex,
      timestamp: textOf(given[BLOCK.timestamp]),
      context: textOf(given[BLOCK.context]),
      importance: Number(given[BLOCK.importance]),
      prevHash,
    });
    const values = [...given];
    values[BLOCK.block_index] = blockIndex;
    values[BLOCK.hash] = hash;
    values[BLOCK.prev_hash] = prevHash;
    values[BLOCK.before] = this.#hash(given[BLOCK.before] ?? null);
    this.#head = { blockIndex, hash };
    const move = { from, to: this.#head };
    this.moved.push(move);
    this.#indexes.set(from.blockIndex, blockIndex);
    this.#blocks.set(from.hash, move);
    return [
      ['insert', 'blocks', values],
      ['put', 'greeum_moves', [from.hash, from.blockIndex, hash]],
    ];
  }

  #values(table: TableName, given: readonly SqlValue[]): SqlValue[] {
    const columns: readonly string[] = TABLE_COLUMNS[table];
    const values = given.map((value, position) => this.#value(table, columns[position] ?? '', value));
    if (table === 'greeum_requests') values[REQUEST.answer] = this.#answer(textOf(given[REQUEST.answer]));
    return values;
  }

  #columns(table: TableName, given: { readonly [column: string]: SqlValue }): { [column: string]: SqlValue } {
    return Object.fromEntries(
      Object.entries(given).map(([column, value]) => [column, this.#value(table, column, value)]),
    );
  }

  #value(table: TableName, column: string, value: SqlValue): SqlValue {
    if (INDEX_COLUMNS[table]?.includes(column) === true) return this.#index(value);
    return HASH_COLUMNS[table] === column ? this.#hash(value) : value;
  }

  #key(table: TableName, key: SqlValue): SqlValue {
    return this.#value(table, TABLE_COLUMNS[table][0], key);
  }

  #index(value: SqlValue): SqlValue {
    return typeof value === 'number' ? (this.#indexes.get(value) ?? value) : value;
  }

  #hash(value: SqlValue): SqlValue {
    return typeof value === 'string' ? this.#movedHash(value) : value;
  }

  #movedHash(hash: string): string {
    return this.#blocks.get(hash)?.to.hash ?? hash;
  }

  /** A retry hears where the memory is now, and where the first answer said it was. */
  #answer(json: string): string {
    const answer = JSON.parse(json) as JsonValue;
    const mapped = this.#json(answer, '');
    const hash = isObject(answer) ? answer['hash'] : undefined;
    const from = typeof hash === 'string' ? this.#blocks.get(hash)?.from : undefined;
    if (from === undefined || !isObject(mapped)) return JSON.stringify(mapped);
    return JSON.stringify({ ...mapped, moved_from: { block_index: from.blockIndex, hash: from.hash } });
  }

  #json(value: JsonValue, field: string): JsonValue {
    if (Array.isArray(value)) return value.map((item) => this.#json(item as JsonValue, field));
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#json(item, name)]));
    }
    if (typeof value === 'number' && INDEX_FIELDS.has(field)) return this.#indexes.get(value) ?? value;
    return typeof value === 'string' && HASH_FIELDS.has(field) ? this.#movedHash(value) : value;
  }
}

function textOf(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: JsonValue): value is { [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Positions of a table's columns in the values of an insert. */
function columnsOf<T extends TableName>(table: T): Record<(typeof TABLE_COLUMNS)[T][number], number> {
  return Object.fromEntries(TABLE_COLUMNS[table].map((column, position) => [column, position])) as Record<
    (typeof TABLE_COLUMNS)[T][number],
    number
  >;
}
