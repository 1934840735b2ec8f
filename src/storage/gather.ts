/** The facts that a decision needs, read from the image. One function for each kind of command. */

import type { Change, RowWrite } from '../protocol/change.js';
import type {
  AddMemoryCommand,
  AnchorUpdateCommand,
  Command,
  ImportMemoriesCommand,
  StoreVectorsCommand,
  UpdateAssociationsCommand,
} from '../protocol/commands.js';
import type {
  AddMemoryFacts,
  AnchorUpdateFacts,
  BlockFacts,
  Facts,
  ImportMemoriesFacts,
  RequestFacts,
  SlotFacts,
  StoreVectorsFacts,
  UpdateAssociationsFacts,
} from '../protocol/facts.js';
import { MIN_REQUESTS_KEPT, REQUEST_RETENTION_MS } from '../protocol/limits.js';
import type { SlotName } from '../protocol/operations.js';
import { integer, text, textOrNull, type Cell, type Sql } from './engine.js';
import { KeywordBlocks } from './keywordBlocks.js';
import { asCell, blockFacts, type RecentBlock, type RecentBlocks } from './recentBlocks.js';
import { hasTable } from './schema.js';
import { similarBlocks } from './similarBlocks.js';
import { importFacts } from './transferQueries.js';

/** How many old idempotency records one write clears away: more than it adds, so that the table cannot grow for ever. */
const EXPIRED_KEYS_PER_WRITE = 2;
/** Texts of slot heads kept in memory; three are in use at a time. */
const CACHED_HEADS = 16;

const SLOTS = `SELECT slot_name, anchor_block, topic_vec, summary, last_seen, hysteresis, pinned
  FROM greeum_slots ORDER BY slot_name`;

export class Gatherer {
  readonly #sql: Sql;
  readonly #recent: RecentBlocks;
  readonly #heads = new Map<string, BlockFacts>();
  readonly #keywords: KeywordBlocks;
  /** As they are in the image; null: to be read again. */
  #slotRows: Map<string, readonly Cell[]> | null = null;
  #nothingExpiresBeforeMs = 0;
  readonly #hasConsolidationQueue: boolean;

  constructor(sql: Sql, recent: RecentBlocks) {
    this.#sql = sql;
    this.#recent = recent;
    this.#keywords = new KeywordBlocks(sql);
    this.#hasConsolidationQueue = hasTable(sql, 'consolidation_queue');
  }

  /** Facts of the command's own kind. */
  gather(command: Command): Facts {
    switch (command.kind) {
      case 'add_memory':
        return this.#addMemory(command);
      case 'update_associations':
        return this.#updateAssociations(command);
      case 'anchor_update':
        return this.#anchorUpdate(command);
      case 'import_memories':
        return this.#importMemories(command);
      case 'store_vectors':
        return this.#storeVectors(command);
      case 'import_slots':
        return { kind: 'import_slots', ...this.#request(command), slots: this.slots() };
    }
  }

  /** Rows were taken back: what was remembered of them must not be used. */
  forget(): void {
    this.#recent.invalidate();
    this.#heads.clear();
    this.#keywords.invalidate();
    this.#slotRows = null;
    this.#nothingExpiresBeforeMs = 0;
  }

  /** To be called with every change that was written, in order: what is remembered stays true. */
  remember(change: Change): void {
    this.#recent.add(change);
    this.#keywords.add(change);
    for (const row of change.rows) if (row[1] === 'greeum_slots') this.#rememberSlot(row);
  }

  /** A, B, C in this order. */
  slots(): SlotFacts[] {
    this.#slotRows ??= new Map(this.#sql.all(SLOTS).map((row) => [text(row[0]), row]));
    return [...this.#slotRows.values()].map((row) => this.#slotFacts(row));
  }

  #slotFacts(row: readonly Cell[]): SlotFacts {
    const anchorHash = textOrNull(row[1]);
    return {
      slot: text(row[0]) as SlotName,
      anchorHash,
      head: anchorHash === null ? null : this.#head(anchorHash),
      topicVector: textOrNull(row[2]),
      summary: text(row[3]),
      lastSeen: integer(row[4]),
      hysteresis: integer(row[5]),
      pinned: integer(row[6]) !== 0,
    };
  }

  /** All three are there from the beginning, so a slot that is put keeps its place in the order. */
  #rememberSlot(row: RowWrite): void {
    if (row[0] === 'put') this.#slotRows?.set(text(asCell(row[2][0])), row[2].map(asCell));
    else this.#slotRows = null;
  }

  #addMemory(command: AddMemoryCommand): AddMemoryFacts {
    const recentBlocks = this.#recent.list();
    const newest = recentBlocks[0];
    const sharedWords = this.#recent.sharedWords(command.words);
    this.#recent.expect(command.content, command.words);
    const keywordBlocks = this.#keywords.find(command.keywords);
    const commonKeywords = this.#keywords.commonAmong(command.keywords);
    return {
      kind: 'add_memory',
      ...this.#request(command),
      lastBlock: newest === undefined ? null : { blockIndex: newest.blockIndex, hash: newest.hash },
      recentBlocks,
      sharedWords,
      slots: this.slots(),
      keywordBlocks,
      similar: command.allowDuplicate
        ? []
        : similarBlocks(this.#sql, command, { keywordBlocks, commonKeywords, recentWords: sharedWords }),
      superseded: this.#superseded(command.supersedes),
      newestNodeByRoot: newestNodeByRoot(recentBlocks),
      blockCount: newest === undefined ? 0 : newest.blockIndex + 1,
      hasConsolidationQueue: this.#hasConsolidationQueue,
    };
  }

  #importMemories(command: ImportMemoriesCommand): ImportMemoriesFacts {
    const newest = this.#recent.list()[0];
    return {
      kind: 'import_memories',
      ...this.#request(command),
      lastBlock: newest === undefined ? null : { blockIndex: newest.blockIndex, hash: newest.hash },
      ...importFacts(this.#sql, command),
      slots: this.slots(),
      hasConsolidationQueue: this.#hasConsolidationQueue,
    };
  }

  #storeVectors(command: StoreVectorsCommand): StoreVectorsFacts {
    const there = command.vectors.filter(
      ({ blockIndex }) => this.#sql.get('SELECT 1 FROM blocks WHERE block_index = ?', [blockIndex]) !== undefined,
    );
    const blocks = new Set(there.map(({ blockIndex }) => blockIndex));
    return { kind: 'store_vectors', ...this.#request(command), blocks };
  }

  #superseded(blockIndex: number | null): AddMemoryFacts['superseded'] {
    if (blockIndex === null) return null;
    const row = this.#sql.get(
      `SELECT (SELECT n.node_id FROM memory_nodes n WHERE n.memory_id = b.block_index LIMIT 1)
       FROM blocks b WHERE b.block_index = ?`,
      [blockIndex],
    );
    return row === undefined ? null : { blockIndex, nodeId: textOrNull(row[0]) };
  }

  #updateAssociations(command: UpdateAssociationsCommand): UpdateAssociationsFacts {
    const pairs = [...command.add, ...command.remove];
    const named = new Set(pairs.flatMap(({ source, target }) => [source, target]));
    const blocks = new Map<number, { nodeId: string | null; content: string }>();
    for (const blockIndex of named) {
      const row = this.#sql.get(
        `SELECT b.context, (SELECT n.node_id FROM memory_nodes n WHERE n.memory_id = b.block_index LIMIT 1)
         FROM blocks b WHERE b.block_index = ?`,
        [blockIndex],
      );
      if (row !== undefined) blocks.set(blockIndex, { content: text(row[0]), nodeId: textOrNull(row[1]) });
    }
    const both = pairs.flatMap(({ source, target }) => [[source, target] as const, [target, source] as const]);
    const distinct = new Map(both.map((pair) => [pair.join(' '), pair]));
    const links = [...distinct.values()].flatMap(([source, target]) =>
      this.#sql
        .all(
          `SELECT a.association_id, a.association_type FROM associations a
           JOIN memory_nodes s ON s.node_id = a.source_node_id JOIN memory_nodes t ON t.node_id = a.target_node_id
           WHERE s.memory_id = ? AND t.memory_id = ?`,
          [source, target],
        )
        .map((row) => ({ associationId: text(row[0]), source, target, type: text(row[1]) })),
    );
    return { kind: 'update_associations', ...this.#request(command), blocks, links };
  }

  #anchorUpdate(command: AnchorUpdateCommand): AnchorUpdateFacts {
    const row =
      typeof command.blockIndex === 'number'
        ? this.#sql.get('SELECT block_index, hash, context FROM blocks WHERE block_index = ?', [command.blockIndex])
        : undefined;
    return {
      kind: 'anchor_update',
      ...this.#request(command),
      slots: this.slots(),
      target: row === undefined ? null : { blockIndex: integer(row[0]), hash: text(row[1]), content: text(row[2]) },
    };
  }

  #request(command: Command): RequestFacts {
    if (command.idempotencyKey === null) return { request: null, expiredKeys: [] };
    const row = this.#sql.get('SELECT payload_hash, answer FROM greeum_requests WHERE key = ?', [
      command.idempotencyKey,
    ]);
    return {
      request: row === undefined ? null : { payloadHash: text(row[0]), answer: text(row[1]) },
      expiredKeys: this.#expiredKeys(command.atMs).filter((key) => key !== command.idempotencyKey),
    };
  }

  /** Looks at the oldest records only, in the order they were made, so the cost is the same however many there are. */
  #expiredKeys(nowMs: number): string[] {
    if (nowMs < this.#nothingExpiresBeforeMs) return [];
    const expired = this.#sql
      .all(
        `SELECT key, created_at_ms FROM greeum_requests
         WHERE rowid <= (SELECT max(rowid) FROM greeum_requests) - ? ORDER BY rowid LIMIT ?`,
        [MIN_REQUESTS_KEPT, EXPIRED_KEYS_PER_WRITE],
      )
      .filter(([, createdAtMs]) => integer(createdAtMs) < nowMs - REQUEST_RETENTION_MS)
      .map(([key]) => text(key));
    if (expired.length === 0) this.#nothingExpiresBeforeMs = this.#nextExpiryMs();
    return expired;
  }

  /** The oldest stay the oldest until they are cleared away: before one of them expires, asking again is no use. */
  #nextExpiryMs(): number {
    const oldest = this.#sql.all('SELECT created_at_ms FROM greeum_requests ORDER BY rowid LIMIT ?', [
      EXPIRED_KEYS_PER_WRITE,
    ]);
    if (oldest.length < EXPIRED_KEYS_PER_WRITE) return 0;
    return Math.min(...oldest.map(([createdAtMs]) => integer(createdAtMs))) + REQUEST_RETENTION_MS;
  }

  #head(hash: string): BlockFacts | null {
    const recent = this.#recent.list().find((block) => block.hash === hash) ?? this.#heads.get(hash);
    if (recent !== undefined) return recent;
    const row = this.#sql.get('SELECT block_index, hash, root, context FROM blocks WHERE hash = ?', [hash]);
    if (row === undefined) return null;
    const head = blockFacts(row);
    if (this.#heads.size >= CACHED_HEADS) this.#heads.clear();
    this.#heads.set(hash, head);
    return head;
  }
}

function newestNodeByRoot(recent: readonly RecentBlock[]): Map<string, { blockIndex: number; nodeId: string }> {
  const newest = new Map<string, { blockIndex: number; nodeId: string }>();
  for (const { root, nodeId, blockIndex } of recent) {
    if (root !== null && nodeId !== null && !newest.has(root)) newest.set(root, { blockIndex, nodeId });
  }
  return newest;
}
