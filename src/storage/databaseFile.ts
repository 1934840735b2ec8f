/**
 * `memory.db` on disk: what its header says, whether it can be opened, and how other SQLite programs are kept from
 * writing past us. Source of the lock bytes: SQLite's file format, as `docs/journal-format.md` quotes it.
 *
 * While we own a directory we hold an exclusive lock on the RESERVED byte: other programs can read the file and get
 * `database is locked` when they write. On macOS only whole files can be locked, which would keep readers out too;
 * there a change is detected by identity before it could be overwritten.
 */

import { GreeumError } from '../protocol/errors.js';
import type { Files } from './files.js';

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;
const WRITE_VERSION_OFFSET = 18;
const READ_VERSION_OFFSET = 19;
const ROLLBACK_MODE = 1;
const RESERVED_BYTE = 0x40000001;

/**
 * Checks an SQLite file as a whole and hands it back in rollback mode (sql.js knows no other).
 * @param bytes changed in place: two bytes of the header
 * @throws GreeumError `not_a_database`, `database_damaged`
 */
export function acceptDatabase(bytes: Uint8Array, path: string): Uint8Array {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_BYTES));
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new GreeumError('not_a_database', `${path} is not an SQLite database, or it is encrypted.`, {
      hint: 'Nothing was changed. Choose another data directory, or move this file away.',
    });
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  const countIsValid = header.readUInt32BE(24) === header.readUInt32BE(92);
  if (bytes.length % pageSize !== 0 || (countIsValid && pages * pageSize > bytes.length)) {
    throw new GreeumError('database_damaged', `${path} is cut short: ${bytes.length} bytes of ${pages * pageSize}.`, {
      hint: 'Nothing was changed. Keep a copy of the folder, then restore a backup of it.',
    });
  }
  bytes[WRITE_VERSION_OFFSET] = ROLLBACK_MODE;
  bytes[READ_VERSION_OFFSET] = ROLLBACK_MODE;
  return bytes;
}

/** Refuses a database that another program left in the middle of something. @throws GreeumError `hot_journal`, `wal_unmerged` */
export function refuseUnfinished(files: Files, path: string): void {
  if ((files.stat(`${path}-journal`)?.size ?? 0) > 0) {
    throw new GreeumError('hot_journal', `${path}-journal holds an unfinished transaction of another program.`, {
      hint: `Open ${path} once with the program that wrote it (or with sqlite3), so that it can roll back.`,
    });
  }
  if ((files.stat(`${path}-wal`)?.size ?? 0) > 0) {
    throw new GreeumError('wal_unmerged', `${path}-wal holds changes that are not in the database file yet.`, {
      hint: `Close every program that has it open, then run: sqlite3 "${path}" "PRAGMA wal_checkpoint(TRUNCATE)".`,
    });
  }
}

/** Keeps other SQLite programs from writing to the file while the guard lives. */
export class DatabaseGuard {
  readonly #files: Files;
  #fd: number | null;

  /** @throws GreeumError `database_in_use` when another program is writing to it now */
  constructor(files: Files, path: string) {
    this.#files = files;
    this.#fd = files.open(path, 'r+');
    if (process.platform === 'darwin') return;
    let granted = false;
    try {
      granted = files.tryLock(this.#fd, RESERVED_BYTE, 1);
    } finally {
      if (!granted) this.close();
    }
    if (!granted) {
      throw new GreeumError('database_in_use', `Another program is writing to ${path}.`, {
        hint: 'Close it (a Python greeum process, or a database browser), then try again.',
        retry: 'after-reconnect',
      });
    }
  }

  close(): void {
    if (this.#fd === null) return;
    this.#files.close(this.#fd);
    this.#fd = null;
  }
}
