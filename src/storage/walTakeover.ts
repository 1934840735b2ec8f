/**
 * Taking a database out of WAL mode, in which Python Greeum leaves it. Our guard on the RESERVED byte keeps writers
 * out in rollback mode only, and sql.js knows no other mode; so this comes before anything else an owner does.
 *
 * The order is that of SQLite's own checkpoint, and as safe at every point:
 *
 *  1. everybody is kept out, readers too: a program that has the file open in WAL mode would go on reading its log;
 *  2. the committed pages go into `memory.db`, and the disk has them (a crash before that: the log still has all);
 *  3. the log is emptied and deleted, durably: behind a later `memory.db` it would be applied once more by SQLite,
 *     which opens a log that is there whatever the header says;
 *  4. the header says rollback mode. From here on the guard is enough.
 *
 * macOS locks bytes for SQLite but only whole files for us, and nothing promises that one sees the other. What a log
 * must not be deleted under is a connection in WAL mode, and each has `-shm`: so there the log is left alone while that
 * file is. A crash leaves it too; `PRAGMA journal_mode = DELETE` is SQLite's own proof that nobody else is there.
 */

import { dirname } from 'node:path';

import { GreeumError } from '../protocol/errors.js';
import { databaseInUse, isInWalMode, MODE_OFFSET, readWalOf, ROLLBACK_MODE_BYTES, walOf } from './databaseFile.js';
import { writeFully, type Files } from './files.js';
import type { WalPages } from './wal.js';

const PENDING_BYTE = 0x40000000;
const SHARED_FIRST = 0x40000002;
const SHARED_BYTES = 510;
/** In `-shm`: every connection in WAL mode holds it shared. */
const DEAD_MAN_SWITCH = 128;

/** Holds everybody off the database while it lives; our guard on the RESERVED byte is held besides. */
export class WalTakeover {
  readonly #files: Files;
  readonly #path: string;
  readonly #shm: string;
  readonly #fds: number[] = [];

  private constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    this.#shm = `${path}-shm`;
  }

  /**
   * Null when the database is in rollback mode and has no log: there is nothing to do.
   * @throws GreeumError `database_in_use` when another program has it open now, or, on macOS, may have
   */
  static begin(files: Files, path: string, platform: NodeJS.Platform = process.platform): WalTakeover | null {
    const takeover = new WalTakeover(files, path);
    const hasLog = files.stat(walOf(path)) !== null || files.stat(takeover.#shm) !== null;
    if (!hasLog && !isInWalMode(files, path)) return null;
    if (platform === 'darwin') takeover.#refuseConnections();
    else takeover.#keepOthersOut();
    return takeover;
  }

  /**
   * Steps 2 to 4. Nothing of it may be done before the whole was read and found sound.
   * @param wal what the log holds; the doctor takes less than all of one that is damaged
   */
  finish(wal: WalPages | null = readWalOf(this.#files, this.#path)): void {
    const fd = this.#files.open(this.#path, 'r+');
    try {
      if (wal !== null) this.#writePages(fd, wal);
      this.#deleteLog();
      writeFully(this.#files, fd, ROLLBACK_MODE_BYTES, MODE_OFFSET);
      this.#files.fsync(fd);
    } finally {
      this.#files.close(fd);
    }
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) this.#files.close(fd);
  }

  /** Whoever comes later is found by the identity of the file that it changes. */
  #refuseConnections(): void {
    if (this.#files.stat(this.#shm) === null) return;
    const hasFrames = (this.#files.stat(walOf(this.#path))?.size ?? 0) > 0;
    // Only who had the database for itself can have left WAL mode: nobody uses that file any more.
    if (!hasFrames && !isInWalMode(this.#files, this.#path)) return;
    throw new GreeumError(
      'database_in_use',
      `Another program has ${this.#path} open, or crashed: ${this.#shm} is there.`,
      {
        hint:
          'Close every program that has it open (Python greeum processes, database browsers), then run: ' +
          `sqlite3 "${this.#path}" "PRAGMA journal_mode = DELETE"`,
        retry: 'after-reconnect',
      },
    );
  }

  #keepOthersOut(): void {
    let isAlone = false;
    try {
      const database = this.#open(this.#path);
      isAlone =
        this.#files.tryLock(database, PENDING_BYTE, 1) &&
        this.#files.tryLock(database, SHARED_FIRST, SHARED_BYTES) &&
        (this.#files.stat(this.#shm) === null || this.#files.tryLock(this.#open(this.#shm), DEAD_MAN_SWITCH, 1));
    } finally {
      if (!isAlone) this.close();
    }
    if (!isAlone) throw databaseInUse(this.#path, 'has open');
  }

  #open(path: string): number {
    const fd = this.#files.open(path, 'r+');
    this.#fds.push(fd);
    return fd;
  }

  #writePages(fd: number, { pages, pageSize, pageCount }: WalPages): void {
    for (const [page, content] of pages) writeFully(this.#files, fd, content, (page - 1) * pageSize);
    this.#files.truncate(fd, pageCount * pageSize);
    this.#files.fsync(fd);
  }

  #deleteLog(): void {
    for (const path of [walOf(this.#path), this.#shm]) {
      if (this.#files.stat(path) === null) continue;
      const fd = this.#files.open(path, 'r+');
      try {
        this.#files.truncate(fd, 0);
        this.#files.fsync(fd);
      } finally {
        this.#files.close(fd);
      }
      this.#files.unlink(path);
    }
    this.#files.syncFolder(dirname(this.#path));
  }
}
