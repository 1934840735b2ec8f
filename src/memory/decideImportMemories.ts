/**
 * Taking in memories from elsewhere: with their times, tags, branches, links and places in the slots they had, behind
 * what is there. What is there already is answered with itself, so an import can be repeated, and goes on where it
 * was interrupted. No rule is asked where a memory belongs, and no slot that is in use moves.
 */

import type { RowWrite } from '../protocol/change.js';
import type { ImportedLink, ImportedMemory, ImportMemoriesCommand } from '../protocol/commands.js';
import type { ImportMemoriesFacts, ImportTarget } from '../protocol/facts.js';
import type { SlotName } from '../protocol/operations.js';
import type { ImportedRecord, ImportRef } from '../protocol/transfer.js';
import { firstCodePoints } from '../text/cut.js';
import { localTimeMs } from '../text/localTime.js';
import { blockHash } from './blockHash.js';
import { describeBranch } from './branchRule.js';
import type { Outcome } from './onceOnly.js';
import { associationRow, blockRow, childRow, consolidationRow, detailRows, nodeRow } from './rows.js';
import { slotRow, STMAnchorStore, SUMMARY_CODE_POINTS } from './stmAnchorStore.js';

export function decideImportMemories(command: ImportMemoriesCommand, facts: ImportMemoriesFacts): Outcome {
  const taking = new Taking(command, facts);
  const results = command.records.map((_, position) => taking.take(position));
  const slots = taking.fillSlots();
  return {
    rows: taking.rows,
    answer: { status: 'imported', results: results.map((result) => ({ ...result })), slots },
  };
}

class Taking {
  readonly rows: RowWrite[] = [];
  readonly #command: ImportMemoriesCommand;
  readonly #facts: ImportMemoriesFacts;
  /** Where the records of this call are, by their places. */
  readonly #placed: (ImportTarget | null)[] = [];
  /** Nodes made on the way. */
  readonly #nodes = new Map<number, string>();
  /** Records without a time of their own, by project and text. */
  readonly #texts = new Map<string, ImportTarget>();
  #head: { blockIndex: number; hash: string } | null;

  constructor(command: ImportMemoriesCommand, facts: ImportMemoriesFacts) {
    this.#command = command;
    this.#facts = facts;
    this.#head = facts.lastBlock;
  }

  take(position: number): ImportedRecord & { readonly [key: string]: never } {
    const result = this.#take(position);
    // A JSON object like every answer; the interface has no index signature.
    return result as ImportedRecord & { readonly [key: string]: never };
  }

  #take(position: number): ImportedRecord {
    const record = this.#command.records[position];
    if (record === undefined || 'error' in record) {
      this.#placed.push(null);
      return { status: 'rejected', block_index: null, ...(record === undefined ? {} : { error: record.error }) };
    }
    const same = this.#sameAs(record, position);
    const place = same ?? this.#add(record);
    this.#placed.push(place);
    const status = same === null ? 'added' : 'present';
    return { status, block_index: place.blockIndex, ...leftOutOf(record) };
  }

  #sameAs(record: ImportedMemory, position: number): ImportTarget | null {
    const existing = this.#facts.existing[position] ?? null;
    if (existing !== null) return this.#facts.targets.get(existing) ?? null;
    return record.hasOwnTime ? null : (this.#texts.get(textKey(record)) ?? null);
  }

  #add(record: ImportedMemory): ImportTarget {
    const { content, timestamp, importance, nodeId } = record;
    const parent = this.#find(record.before);
    const branch = describeBranch(record.branch, parent, record.newRoot);
    const blockIndex = (this.#head?.blockIndex ?? -1) + 1;
    const prevHash = this.#head?.hash ?? '';
    const hash = blockHash({ blockIndex, timestamp, context: content, importance, prevHash });
    const before = parent?.hash ?? null;
    const seconds = localTimeMs(timestamp) / 1000;
    this.rows.push(
      blockRow({ ...record, blockIndex, hash, prevHash, before, seconds, branch }),
      ...detailRows(record, blockIndex),
      ...(parent === null ? [] : [childRow(parent.blockIndex, hash)]),
      nodeRow(nodeId, blockIndex, content, timestamp),
      ...record.links.flatMap((link) => this.#linkRows(link, nodeId, timestamp)),
      ...this.#supersededRows(record, blockIndex),
      ...(this.#facts.hasConsolidationQueue ? [consolidationRow(blockIndex, timestamp)] : []),
    );
    this.#head = { blockIndex, hash };
    const place = { blockIndex, hash, root: branch.root, nodeId, content };
    if (!record.hasOwnTime) this.#texts.set(textKey(record), place);
    return place;
  }

  /** A link to a memory that was not taken in is left out. */
  #linkRows(link: ImportedLink, nodeId: string, timestamp: string): RowWrite[] {
    const other = this.#find(link.other);
    if (other === null) return [];
    const known = other.nodeId ?? this.#nodes.get(other.blockIndex) ?? null;
    const otherNodeId = known ?? link.otherNodeId;
    if (known === null) this.#nodes.set(other.blockIndex, otherNodeId);
    const [sourceNodeId, targetNodeId] = link.leadsThere ? [nodeId, otherNodeId] : [otherNodeId, nodeId];
    const { associationId, type, strength } = link;
    return [
      ...(known === null ? [nodeRow(otherNodeId, other.blockIndex, other.content, timestamp)] : []),
      associationRow({ associationId, sourceNodeId, targetNodeId, type, strength, timestamp }),
    ];
  }

  #supersededRows({ supersedes }: ImportedMemory, blockIndex: number): RowWrite[] {
    const older = this.#find(supersedes);
    return older === null ? [] : [['put', 'greeum_superseded', [older.blockIndex, blockIndex]]];
  }

  /** @returns the slots that were empty and are not any more */
  fillSlots(): SlotName[] {
    const anchors = new STMAnchorStore(this.#facts.slots);
    return this.#command.slots.flatMap(({ slot, memory, pinned, lastSeen }) => {
      const target = this.#find(memory);
      const state = anchors.state(slot);
      if (target === null || state.anchorHash !== null) return [];
      const summary = firstCodePoints(target.content, SUMMARY_CODE_POINTS);
      this.rows.push(slotRow({ ...state, anchorHash: target.hash, summary, topicVector: null, pinned, lastSeen }));
      return [slot];
    });
  }

  #find(ref: ImportRef | null): ImportTarget | null {
    if (ref === null) return null;
    return 'record' in ref ? (this.#placed[ref.record] ?? null) : (this.#facts.targets.get(ref.block_index) ?? null);
  }
}

function textKey({ project, content }: ImportedMemory): string {
  return JSON.stringify([project, content]);
}

function leftOutOf({ leftOut }: ImportedMemory): Pick<ImportedRecord, 'left_out'> {
  return leftOut.length === 0 ? {} : { left_out: leftOut.map(({ kind, count }) => ({ kind, count })) };
}
