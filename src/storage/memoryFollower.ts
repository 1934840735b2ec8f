/**
 * A memory that is kept loaded while another process owns it, so that who takes over has nothing to load.
 *
 * Which way doubt falls: what was followed counts only where it is certain, under the ownership lock, that the files
 * are those that were read and go on from there. A frame that the owner cut off again, a checkpoint, a change by
 * another program: then it is thrown away and the files are opened as if nobody had followed.
 */

import { continuesChain } from '../protocol/rebase.js';
import { refuseHotJournal, walOf } from './databaseFile.js';
import { sameFile, type Files, type UsedMemory } from './files.js';
import type { Layout } from './layout.js';
import { chainHead, openMemory, type OpenedMemory } from './recovery.js';
import { dropForeignIndexes } from './schema.js';

/** A larger database is not kept twice in this machine's memory. Some 100 000 memories. */
const MOST_BYTES = 256 * 1024 * 1024;

export class MemoryFollower {
  readonly #files: Files;
  readonly #layout: Layout;
  readonly #room: number;
  #memory: OpenedMemory | null = null;
  /** What the last image has lived in, while there is none. */
  #used: UsedMemory | undefined;

  /** @param room bytes that the image shall be able to grow by without being moved in memory */
  constructor(files: Files, layout: Layout, room: number) {
    this.#files = files;
    this.#layout = layout;
    this.#room = room;
  }

  /** Loads the memory, or adds what was written since the last call. Never fails: it may have nothing afterwards. */
  async follow(): Promise<void> {
    try {
      if (this.#memory !== null && this.#isOfThisDatabase(this.#memory)) this.#advance(this.#memory);
      else await this.#load();
    } catch {
      // Whatever is wrong with the files, the owner of them says it, or the one who opens them next.
      this.#drop();
    }
  }

  /**
   * The memory as the files hold it now, if it was followed up to here; it belongs to the caller from then on. To be
   * asked under the ownership lock and the guard of the database.
   * @param layout of who takes over: the database may be in another place by now
   */
  take(layout: Layout): OpenedMemory | null {
    const memory = this.#memory;
    if (memory === null || layout.database !== this.#layout.database) return null;
    try {
      if (this.#isOfThisDatabase(memory) && memory.reader.isUnchanged) {
        const taken = this.#advance(memory);
        this.#memory = null;
        return taken;
      }
    } catch {
      // As above: opening them says what is wrong.
    }
    this.#drop();
    return null;
  }

  /** For who opens the files anew: most of that time goes into touching new memory. */
  takeUsed(): UsedMemory | undefined {
    const used = this.#used;
    this.#used = undefined;
    return used;
  }

  close(): void {
    this.#memory?.image.close();
    this.#memory = null;
    this.#used = undefined;
  }

  #drop(): void {
    if (this.#memory === null) return;
    this.#used = this.#memory.image.recycle();
    this.#memory = null;
  }

  /** Nobody wrote `memory.db` since it was loaded, and nothing beside it has to be merged into it. */
  #isOfThisDatabase({ database }: OpenedMemory): boolean {
    refuseHotJournal(this.#files, this.#layout.database);
    const hasLog = (this.#files.stat(walOf(this.#layout.database))?.size ?? 0) > 0;
    return !hasLog && sameFile(database, this.#files.stat(this.#layout.database));
  }

  async #load(): Promise<void> {
    this.#drop();
    const size = this.#files.stat(this.#layout.database)?.size ?? 0;
    if (size === 0 || size > MOST_BYTES) return this.close();
    // The file grows from checkpoint to checkpoint, and its memory with it into the room.
    const room = this.#used === undefined ? this.#room : this.#room / 2;
    const memory = await openMemory(this.#files, this.#layout, { room, used: this.takeUsed() });
    // An older schema is brought up to date by who owns it.
    if (memory.image.isMigrated) return memory.image.close();
    // Every owner does so: without them the frames to come are written faster.
    dropForeignIndexes(memory.image.sql);
    this.#memory = memory;
  }

  #advance(memory: OpenedMemory): OpenedMemory {
    const journal = memory.reader.read();
    const last = journal.frames[journal.frames.length - 1];
    const { image } = memory;
    if (last === undefined) return (this.#memory = { ...memory, journal });
    if (!continuesChain(journal.frames, chainHead(image))) throw new Error('The chain was continued by others.');
    image.load(() => {
      for (const { rows } of journal.frames) image.applyRows(rows);
    });
    return (this.#memory = { ...memory, journal, lastSequence: last.seq, epoch: Math.max(memory.epoch, last.epoch) });
  }
}
