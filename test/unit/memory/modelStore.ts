import assert from 'node:assert/strict';
import {
  TABLE_COLUMNS,
  type Change,
  type Decision,
  type RowWrite,
  type SqlValue,
  type TableName,
} from '../../../src/protocol/change.js';
import type { AddMemoryCommand, Command } from '../../../src/protocol/commands.js';
import type { BlockFacts, Facts, RequestFacts, SimilarFacts, SlotFacts } from '../../../src/protocol/facts.js';
import { SLOT_NAMES, type SlotName } from '../../../src/protocol/operations.js';
import type { VerifyInput } from '../../../src/protocol/rows.js';
import { decide } from '../../../src/memory/decide.js';
import { branchWords } from '../../../src/text/branchWords.js';

type Row = Record<string, SqlValue>;

function text(cell: SqlValue | undefined): string {
  assert.equal(typeof cell, 'string');
  return cell as string;
}

/** A store in the plainest form: rows in maps, facts by looking through all of them. */
export class ModelStore {
  readonly tables = Object.fromEntries(
    Object.keys(TABLE_COLUMNS).map((table) => [table, new Map<SqlValue, Row>()]),
  ) as Record<TableName, Map<SqlValue, Row>>;
  #nextId = 1;

  /** Gathers, decides and writes, as the queue does. */
  run(command: Command): Decision {
    const decision = decide(command, this.gather(command));
    if (decision.change !== null) this.write(decision.change);
    return decision;
  }

  rows(table: TableName): Row[] {
    return [...this.tables[table].values()];
  }

  write({ rows }: Change): void {
    for (const row of rows) this.#apply(row);
  }

  #apply(write: RowWrite): void {
    const [verb, table, value] = write;
    const rows = this.tables[table];
    if (verb === 'insert' || verb === 'put') {
      const columns: readonly string[] = TABLE_COLUMNS[table];
      assert.equal(value.length, columns.length, `a row of ${table} has as many values as columns`);
      const row = Object.fromEntries(columns.map((column, index) => [column, value[index] ?? null]));
      const key = columns[0] === 'id' ? this.#nextId++ : (value[0] ?? null);
      assert.ok(verb === 'put' || !rows.has(key), `${table} has the key ${JSON.stringify(key)} already`);
      rows.set(key, row);
    } else if (verb === 'delete') {
      rows.delete(value);
    } else {
      const row = rows.get(value);
      assert.ok(row !== undefined, `${table} has no row ${JSON.stringify(value)} to change`);
      if (verb === 'update') Object.assign(row, write[3]);
      else row[write[3]] = JSON.stringify([...(JSON.parse(text(row[write[3]])) as string[]), write[4]]);
    }
  }

  gather(command: Command): Facts {
    const request = this.#request(command);
    switch (command.kind) {
      case 'add_memory':
        return this.#addFacts(command, request);
      case 'update_associations': {
        const named = [...command.add, ...command.remove].flatMap(({ source, target }) => [source, target]);
        const known = named.filter((blockIndex) => this.tables.blocks.has(blockIndex));
        const blocks = new Map(
          known.map((blockIndex) => {
            const content = text(this.tables.blocks.get(blockIndex)?.['context']);
            return [blockIndex, { nodeId: this.#nodeOf(blockIndex), content }];
          }),
        );
        return { kind: command.kind, ...request, blocks, links: this.links() };
      }
      case 'anchor_update': {
        const row = this.tables.blocks.get(command.blockIndex ?? -1);
        const target =
          row === undefined
            ? null
            : { blockIndex: Number(row['block_index']), hash: text(row['hash']), content: text(row['context']) };
        return { kind: command.kind, ...request, slots: this.slots(), target };
      }
      case 'import_memories':
        // Its facts are lookups by text and time: tested with the real store.
        throw new Error('The model has no imports.');
      case 'store_vectors': {
        const blocks = command.vectors.map(({ blockIndex }) => blockIndex);
        return { kind: command.kind, ...request, blocks: new Set(blocks.filter((at) => this.tables.blocks.has(at))) };
      }
      case 'import_slots':
        return { kind: command.kind, ...request, slots: this.slots() };
    }
  }

  /** Every association with the blocks it links. */
  links(): { associationId: string; source: number; target: number; type: string; strength: number }[] {
    const blockOf = (nodeId: SqlValue | undefined): number =>
      Number(this.tables.memory_nodes.get(nodeId ?? null)?.['memory_id']);
    return this.rows('associations').map((row) => ({
      associationId: text(row['association_id']),
      source: blockOf(row['source_node_id']),
      target: blockOf(row['target_node_id']),
      type: text(row['association_type']),
      strength: Number(row['strength']),
    }));
  }

  slots(): SlotFacts[] {
    return SLOT_NAMES.map((slot) => {
      const row = this.tables.greeum_slots.get(slot);
      const anchorHash = (row?.['anchor_block'] ?? null) as string | null;
      return {
        slot,
        anchorHash,
        head: this.#blocks().find(({ hash }) => hash === anchorHash) ?? null,
        summary: (row?.['summary'] ?? '') as string,
        topicVector: (row?.['topic_vec'] ?? null) as string | null,
        lastSeen: Number(row?.['last_seen'] ?? 0),
        hysteresis: Number(row?.['hysteresis'] ?? 0),
        pinned: row?.['pinned'] === 1,
      };
    });
  }

  verifyInput(): VerifyInput {
    return {
      blocks: this.rows('blocks').map((row) => ({
        blockIndex: Number(row['block_index']),
        timestamp: text(row['timestamp']),
        context: text(row['context']),
        importance: Number(row['importance']),
        hash: text(row['hash']),
        prevHash: text(row['prev_hash']),
        root: row['root'] as string | null,
        before: row['before'] as string | null,
        after: row['after'] as string | null,
      })),
      nodes: this.rows('memory_nodes').map((row) => ({
        nodeId: text(row['node_id']),
        blockIndex: row['memory_id'] as number | null,
      })),
      associations: this.rows('associations').map((row) => ({
        associationId: text(row['association_id']),
        sourceNodeId: row['source_node_id'] as string | null,
        targetNodeId: row['target_node_id'] as string | null,
      })),
      slots: this.rows('greeum_slots').map((row) => ({
        slot: row['slot_name'] as SlotName,
        anchorHash: row['anchor_block'] as string | null,
      })),
    };
  }

  #request({ idempotencyKey }: Command): RequestFacts {
    const row = idempotencyKey === null ? undefined : this.tables.greeum_requests.get(idempotencyKey);
    const request = row === undefined ? null : { payloadHash: text(row['payload_hash']), answer: text(row['answer']) };
    return { request, expiredKeys: [] };
  }

  #addFacts(command: AddMemoryCommand, request: RequestFacts): Facts {
    const blocks = this.#blocks().reverse();
    const [last] = blocks;
    const newest = new Map<string, { blockIndex: number; nodeId: string }>();
    for (const { root, blockIndex } of blocks.slice(0, 100)) {
      const nodeId = this.#nodeOf(blockIndex);
      if (root !== null && nodeId !== null && !newest.has(root)) newest.set(root, { blockIndex, nodeId });
    }
    return {
      kind: 'add_memory',
      ...request,
      lastBlock: last ?? null,
      recentBlocks: blocks.slice(0, 100),
      slots: this.slots(),
      keywordBlocks: command.keywords.flatMap((keyword) => {
        const indexes = this.rows('block_keywords')
          .filter((row) => row['keyword'] === keyword)
          .map((row) => Number(row['block_index']));
        const found = indexes.reverse().flatMap((blockIndex) => {
          const nodeId = this.#nodeOf(blockIndex);
          return nodeId === null ? [] : [{ blockIndex, nodeId }];
        });
        return found.length === 0 ? [] : [{ keyword, blocks: found }];
      }),
      newestNodeByRoot: newest,
      blockCount: blocks.length,
      similar: command.allowDuplicate ? [] : this.#similar(command),
      superseded: this.#superseded(command.supersedes),
      hasConsolidationQueue: false,
    };
  }

  #similar({ project, supersedes }: AddMemoryCommand): SimilarFacts[] {
    return this.rows('blocks')
      .filter(
        (row) => row['block_index'] !== supersedes && !this.tables.greeum_superseded.has(row['block_index'] ?? null),
      )
      .filter((row) => (this.tables.greeum_blocks.get(row['block_index'] ?? null)?.['project'] ?? null) === project)
      .map((row) => ({
        blockIndex: Number(row['block_index']),
        hash: text(row['hash']),
        content: text(row['context']),
        slot: row['slot'] as SlotName,
        root: row['root'] as string | null,
        timestamp: text(row['timestamp']),
        before: row['before'] as string | null,
      }));
  }

  #superseded(blockIndex: number | null): { blockIndex: number; nodeId: string | null } | null {
    if (blockIndex === null || !this.tables.blocks.has(blockIndex)) return null;
    return { blockIndex, nodeId: this.#nodeOf(blockIndex) };
  }

  #blocks(): BlockFacts[] {
    return this.rows('blocks').map((row) => ({
      blockIndex: Number(row['block_index']),
      hash: text(row['hash']),
      root: row['root'] as string | null,
      words: branchWords(text(row['context'])),
    }));
  }

  #nodeOf(blockIndex: number): string | null {
    const row = this.rows('memory_nodes').find((node) => node['memory_id'] === blockIndex);
    return (row?.['node_id'] ?? null) as string | null;
  }
}
