/**
 * The embedded store: the image, the journal and the facts, as the write queue uses them. Only the owner of the
 * directory has one.
 */

import type { Change } from '../protocol/change.js';
import type { Command, StoredSlot } from '../protocol/commands.js';
import type { GreeumError } from '../protocol/errors.js';
import type { Facts } from '../protocol/facts.js';
import {
  assertUnchanged,
  checkpointFailed,
  installCompanions,
  installDatabase,
  makeInstalledDurable,
  writeImage,
  type BuiltCheckpoint,
} from './checkpoint.js';
import type { DatabaseGuard } from './databaseFile.js';
import { loadEngine } from './engine.js';
import type { FileIdentity, Files } from './files.js';
import type { Frame } from './frame.js';
import { Gatherer } from './gather.js';
import type { Image } from './image.js';
import { Journal } from './journal.js';
import type { Layout } from './layout.js';
import { Queries } from './queries.js';
import { RecentBlocks } from './recentBlocks.js';
import { dropForeignIndexes, ensureSchema, readState, stateRows } from './schema.js';
import { SearchIndex } from './searchIndex.js';
import { readSlotsFile } from './slotsFile.js';
import { TableRows } from './tableRows.js';
import { takeOver, type TakeOverOptions } from './takeover.js';
import { scanVectors, type VectorScan } from './vectorRows.js';

export class Store {
  readonly queries: Queries;
  readonly epoch: number;
  /** What was found and done at the opening, a sentence each, without memory text. */
  readonly notes: readonly string[];
  readonly #files: Files;
  readonly #layout: Layout;
  readonly #image: Image;
  readonly #journal: Journal;
  readonly #gatherer: Gatherer;
  readonly #recent: RecentBlocks;
  readonly #openIndex: () => Generator<void, SearchIndex>;
  /** Opened when it is first needed: a process that only writes does without. */
  #index: SearchIndex | null = null;
  /** Under way between the steps of `prepareIndex`. */
  #opening: Generator<void, SearchIndex> | null = null;
  #guard: DatabaseGuard;
  #identity: FileIdentity;
  /** Null: to be counted again. */
  #blockCount: number | null = null;
  /** Changes that were begun to be written. */
  #writes = 0;

  private constructor(parts: StoreParts) {
    this.#files = parts.files;
    this.#layout = parts.layout;
    this.#image = parts.image;
    this.#journal = parts.journal;
    this.#guard = parts.guard;
    this.#identity = parts.identity;
    this.#openIndex = parts.openIndex;
    this.epoch = parts.epoch;
    this.notes = parts.notes;
    this.queries = new Queries(parts.image.sql);
    this.#recent = new RecentBlocks(parts.image.sql);
    this.#gatherer = new Gatherer(parts.image.sql, this.#recent);
  }

  /**
   * Recovers the directory and begins a new epoch, durably. The caller holds the ownership lock.
   * @throws GreeumError what `takeOver` throws, `journal_write_failed`
   */
  static async open(files: Files, layout: Layout, options: TakeOverOptions): Promise<Store> {
    const { nowMs } = options;
    const { image, guard, identity, notes, ...taken } = await takeOver(files, layout, options);
    const journal = new Journal(files, layout.journalFolder, taken.journal, taken.lastSequence);
    try {
      const epoch = taken.epoch + 1;
      const rows = [['put', 'greeum_state', ['epoch', String(epoch)]]] as const;
      journal.append([{ seq: journal.nextSequence, epoch, at: nowMs, rows }]);
      image.applyRows(rows);
      const openIndex = (): Generator<void, SearchIndex> => SearchIndex.opening(files, layout.index, image.sql);
      return new Store({ files, layout, image, journal, guard, identity, openIndex, epoch, notes });
    } catch (error) {
      journal.close();
      image.close();
      guard.close();
      throw error;
    }
  }

  get lastSequence(): number {
    return this.#journal.nextSequence - 1;
  }

  /** What `memory.db` held when the store was opened. */
  get appliedSequence(): number {
    return this.#image.appliedSequence;
  }

  get blockCount(): number {
    this.#blockCount ??= this.queries.blockCount;
    return this.#blockCount;
  }

  /** Where this copy of a team's memory stands; null for a memory of this machine's own. */
  get teamState(): string | null {
    return readState(this.#image.sql, 'team');
  }

  /** All there is, for whoever moves it elsewhere. */
  get tableRows(): TableRows {
    return new TableRows(this.#image.sql);
  }

  stateRows(prefix: string): { readonly key: string; readonly value: string }[] {
    return stateRows(this.#image.sql, prefix);
  }

  get newestBlock(): { readonly blockIndex: number; readonly hash: string } | null {
    return this.#recent.list()[0] ?? null;
  }

  get journalBytes(): number {
    return this.#journal.bytes;
  }

  get databaseBytes(): number {
    return this.#identity.size;
  }

  /** True after a journal failure that could not be undone; see `repair`. */
  get needsRepair(): boolean {
    return this.#journal.needsRepair;
  }

  /** @throws GreeumError `journal_write_failed` while the disk still refuses */
  repair(): void {
    this.#journal.repair();
  }

  /** Nothing that this store says can be believed any more; what was acknowledged is on disk. */
  onFailure(tell: (failure: GreeumError) => void): void {
    this.#image.sql.onFailure = tell;
  }

  /** For an owner that stays: its image does without what slows writes down and only others use. */
  dropForeignIndexes(): void {
    dropForeignIndexes(this.#image.sql);
  }

  gather(command: Command): Facts {
    return this.#gatherer.gather(command);
  }

  /**
   * Runs `work` as one transaction that becomes visible only when `journalled`, called with what `work` returned,
   * has brought it to disk. Both undo everything by throwing.
   */
  transaction<T>(work: () => T, journalled: (result: T) => void): T {
    try {
      return this.#image.transaction(() => {
        const result = work();
        journalled(result);
        return result;
      });
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Runs `work` as a transaction that is undone in any case. */
  undone<T>(work: () => T): T {
    const writesBefore = this.#writes;
    try {
      return this.#image.undone(work);
    } finally {
      if (this.#writes > writesBefore) this.#forget();
    }
  }

  /** Runs one command inside a transaction, undone alone when it throws. @throws GreeumError `memory_full`: all of it is */
  savepoint<T>(work: () => T): T {
    const writesBefore = this.#writes;
    try {
      return this.#image.savepoint(work);
    } catch (error) {
      // A refused command wrote nothing, and what is remembered is still true.
      if (this.#writes > writesBefore) this.#forget();
      throw error;
    }
  }

  write(change: Change): void {
    this.#writes += 1;
    this.#image.applyRows(change.rows);
    this.#gatherer.remember(change);
    const added = change.rows.filter((row) => row[0] === 'insert' && row[1] === 'blocks').length;
    if (this.#blockCount !== null) this.#blockCount += added;
  }

  /** Writes what nothing is decided on before it is undone: what is remembered stays as it was. */
  tryOut(change: Change): void {
    this.#image.applyRows(change.rows);
  }

  /** Numbers the changes as frames, appends them and waits for the disk. @throws GreeumError `journal_write_failed` */
  appendToJournal(changes: readonly Change[], nowMs: number): void {
    if (changes.length === 0) return;
    const first = this.#journal.nextSequence;
    const frames: Frame[] = changes.map(({ rows }, index) => ({
      seq: first + index,
      epoch: this.epoch,
      at: nowMs,
      rows,
    }));
    this.#journal.append(frames);
  }

  /** It holds every block when it is asked; building a large one takes seconds, see `prepareIndex`. */
  get index(): SearchIndex {
    for (;;) {
      const index = this.#openedFurther();
      if (index !== null) return index;
    }
  }

  /** Empty; see `replaceIndex`. */
  newIndex(): SearchIndex {
    return SearchIndex.open(null, this.#image.sql);
  }

  /** For one that holds every block. The file of the old one goes: the next checkpoint writes a new one. */
  replaceIndex(index: SearchIndex): void {
    this.#opening?.return(null as never);
    this.#opening = null;
    this.#index = index;
    if (this.#files.stat(this.#layout.index) !== null) this.#files.unlink(this.#layout.index);
  }

  get isIndexOpen(): boolean {
    return this.#index !== null;
  }

  /** Blocks that the index lacks; 0 before it is opened. */
  get indexBacklog(): number {
    return this.#index === null ? 0 : (this.#recent.list()[0]?.blockIndex ?? -1) - this.#index.lastBlock;
  }

  /** One step: goes on opening the index, or indexes at most `blocks` more. @returns whether the index is complete */
  prepareIndex(blocks: number): boolean {
    return this.#openedFurther()?.catchUp(blocks) ?? false;
  }

  #openedFurther(): SearchIndex | null {
    if (this.#index !== null) return this.#index;
    this.#opening ??= this.#openIndex();
    const step = this.#opening.next();
    if (step.done !== true) return null;
    this.#opening = null;
    return (this.#index = step.value);
  }

  /** Which of the next blocks have a vector of this model, see `vectorRows.ts`. */
  scanVectors(model: string, dimension: number, after: number, limit: number): VectorScan {
    return scanVectors(this.#image.sql, model, dimension, after, limit);
  }

  /** Slots as Python last left them. @throws GreeumError when the slot file is damaged */
  async storedSlots(): Promise<StoredSlot[]> {
    return readSlotsFile(this.#files, await loadEngine(), this.#layout.slots);
  }

  /** Closes the newest segment. @returns the last sequence of the closed ones: what a checkpoint can cover */
  beginCheckpoint(): number {
    assertUnchanged(this.#files, this.#layout, this.#identity);
    return this.#journal.roll();
  }

  /** Puts a checkpoint in place that was built from files while writing went on. */
  finishCheckpoint(built: BuiltCheckpoint): void {
    const installed = installDatabase(this.#files, this.#layout, this.#identity);
    this.#guard.closeLater();
    this.#guard = installed.guard;
    this.#identity = installed.identity;
    makeInstalledDurable(this.#files, this.#layout);
    try {
      this.#journal.retire(built.sequence);
    } catch (error) {
      throw checkpointFailed(error);
    }
    installCompanions(this.#files, this.#layout, built);
  }

  /** Step 1 of a checkpoint in this thread, from the image at hand: for short-lived owners with small files. */
  buildCheckpointHere(throughSequence: number): Promise<BuiltCheckpoint> {
    // The file has all indexes, whatever the image does without.
    ensureSchema(this.#image.sql);
    return writeImage(this.#files, this.#layout, this.#image, throughSequence);
  }

  /** Rows were taken back: what was remembered of them is read again when it is needed. */
  #forget(): void {
    this.#gatherer.forget();
    this.#blockCount = null;
  }

  /** Everything acknowledged is on disk already; this gives back memory and descriptors. */
  close(): void {
    // Where it is under way, it holds the index's file open.
    this.#opening?.return(null as never);
    this.#journal.close();
    this.#guard.close();
    this.#image.close();
  }
}

interface StoreParts {
  files: Files;
  layout: Layout;
  image: Image;
  journal: Journal;
  guard: DatabaseGuard;
  identity: FileIdentity;
  openIndex: () => Generator<void, SearchIndex>;
  epoch: number;
  notes: readonly string[];
}
