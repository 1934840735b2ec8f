/**
 * `memory.db` on disk: what its header says, whether it can be opened, and how other SQLite programs are kept from
 * writing past us. Source of the lock bytes: SQLite's file format, as `docs/journal-format.md` quotes it.
 *
 * While we own a directory we hold an exclusive lock on the RESERVED byte: other programs can read the file and get
 * `database is locked` when they write. On macOS only whole files can be locked, which would keep readers out too;
 * there a change is detected by identity before it could be overwritten.
 */

import { GreeumError } from '../protocol/errors.js';
import type { Files, UsedMemory } from './files.js';
import { overlayPages, readWal, type WalPages } from './wal.js';

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;
const PAGE_SIZE_OFFSET = 16;
/** Two bytes: who writes, who reads. */
export const MODE_OFFSET = 18;
const CHANGE_COUNT_OFFSET = 24;
const PAGE_COUNT_OFFSET = 28;
/** The change count when the pages were counted. */
const COUNTED_AT_OFFSET = 92;
const ROLLBACK_MODE = 1;
const WAL_MODE = 2;
const RESERVED_BYTE = 0x40000001;

/** What a database in rollback mode has at {@link MODE_OFFSET}. */
export const ROLLBACK_MODE_BYTES: Uint8Array = Uint8Array.of(ROLLBACK_MODE, ROLLBACK_MODE);

export function walOf(path: string): string {
  return `${path}-wal`;
}

/**
 * The database as its writers left it, with what is committed in its write-ahead log. Nothing on disk is changed.
 * @param room bytes that it shall be able to grow by without being moved in memory
 * @param used see `Files.readAll`
 * @returns a database in rollback mode, the only one that sql.js knows
 * @throws GreeumError `not_a_database`, `database_damaged`, `hot_journal`, `wal_damaged`, `wal_unmerged`
 */
export function readDatabase(files: Files, path: string, room = 0, used?: UsedMemory): Uint8Array {
  refuseHotJournal(files, path);
  const bytes = files.readAll(path, room, used);
  requireDatabase(bytes, path);
  const wal = readWalOf(files, path);
  return withRoom(acceptDatabase(wal === null ? bytes : withPages(bytes, wal, path), path), room);
}

/** Null where there is no log, or nothing committed in it. @throws GreeumError `wal_damaged` */
export function readWalOf(files: Files, path: string): WalPages | null {
  const wal = walOf(path);
  return (files.stat(wal)?.size ?? 0) === 0 ? null : readWal(files.readAll(wal), wal);
}

/** @throws GreeumError `database_damaged` when a page is neither in the file nor in the log */
export function withPages(bytes: Uint8Array, wal: WalPages, path: string): Uint8Array {
  const { pageSize, pageCount, pages } = wal;
  if (pageSizeOf(bytes) !== pageSize) throw damaged(path, `its pages have another size than those of ${walOf(path)}`);
  for (let page = Math.floor(bytes.length / pageSize) + 1; page <= pageCount; page += 1) {
    if (!pages.has(page)) throw damaged(path, `page ${page} is missing`);
  }
  return overlayPages(bytes, wal);
}

/**
 * Checks an SQLite file as a whole and hands it back in rollback mode.
 * @param bytes changed in place: two bytes of the header
 * @throws GreeumError `not_a_database`, `database_damaged`
 */
export function acceptDatabase(bytes: Uint8Array, path: string): Uint8Array {
  const header = requireDatabase(bytes, path);
  const pageSize = pageSizeOf(bytes);
  const pages = header.readUInt32BE(PAGE_COUNT_OFFSET);
  const countIsValid = header.readUInt32BE(CHANGE_COUNT_OFFSET) === header.readUInt32BE(COUNTED_AT_OFFSET);
  if (bytes.length % pageSize !== 0 || (countIsValid && pages * pageSize > bytes.length)) {
    throw damaged(path, `it is cut short: ${bytes.length} bytes of ${pages * pageSize}`);
  }
  bytes.set(ROLLBACK_MODE_BYTES, MODE_OFFSET);
  return bytes;
}

function requireDatabase(bytes: Uint8Array, path: string): Buffer {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_BYTES));
  if (header.length === HEADER_BYTES && header.subarray(0, MAGIC.length).equals(MAGIC)) return header;
  throw new GreeumError('not_a_database', `${path} is not an SQLite database, or it is encrypted.`, {
    hint: 'Nothing was changed. Choose another data directory, or move this file away.',
  });
}

function pageSizeOf(bytes: Uint8Array): number {
  const size = ((bytes[PAGE_SIZE_OFFSET] ?? 0) << 8) | (bytes[PAGE_SIZE_OFFSET + 1] ?? 0);
  return size === 1 ? 65_536 : size;
}

/**
 * The same database with the room behind it that `Files.readAll` kept: the header says where its pages end, which is
 * what SQLite goes by where the two numbers in it agree.
 * @returns a Buffer: of a plain array sql.js makes a copy, room and all (it asks for a slice, and a Buffer's is a view)
 */
export function withRoom(bytes: Uint8Array, room: number): Uint8Array {
  // Whatever came between may have made an array of its own, with nothing of ours behind it.
  if (bytes.byteOffset !== 0 || bytes.buffer.byteLength < bytes.length + room) return bytes;
  const header = Buffer.from(bytes.buffer, 0, HEADER_BYTES);
  if (header.readUInt32BE(CHANGE_COUNT_OFFSET) !== header.readUInt32BE(COUNTED_AT_OFFSET)) {
    header.writeUInt32BE(bytes.length / pageSizeOf(header), PAGE_COUNT_OFFSET);
    header.copyWithin(COUNTED_AT_OFFSET, CHANGE_COUNT_OFFSET, CHANGE_COUNT_OFFSET + 4);
  }
  return Buffer.from(bytes.buffer, 0, bytes.length + room);
}

function damaged(path: string, what: string): GreeumError {
  return new GreeumError('database_damaged', `${path} is damaged: ${what}.`, {
    hint: 'Nothing was changed. "greeum doctor" says what can be saved, and "greeum doctor --fix" saves it.',
  });
}

/** Whether its next reader or writer would look for a write-ahead log. */
export function isInWalMode(files: Files, path: string): boolean {
  const fd = files.open(path, 'r');
  try {
    const mode = new Uint8Array(2);
    return files.read(fd, mode, MODE_OFFSET) === 2 && mode.includes(WAL_MODE);
  } finally {
    files.close(fd);
  }
}

/** A transaction that only its own program can roll back. @throws GreeumError `hot_journal` */
export function refuseHotJournal(files: Files, path: string): void {
  if ((files.stat(`${path}-journal`)?.size ?? 0) === 0) return;
  throw new GreeumError('hot_journal', `${path}-journal holds an unfinished transaction of another program.`, {
    hint: `Open ${path} once with the program that wrote it (or with sqlite3), so that it can roll back.`,
  });
}

/** For files whose log is nothing to us. @throws GreeumError `hot_journal`, `wal_unmerged` */
export function refuseUnfinished(files: Files, path: string): void {
  refuseHotJournal(files, path);
  if ((files.stat(walOf(path))?.size ?? 0) === 0) return;
  throw new GreeumError('wal_unmerged', `${walOf(path)} holds changes that are not in the database file yet.`, {
    hint: `Close every program that has it open, then run: sqlite3 "${path}" "PRAGMA wal_checkpoint(TRUNCATE)".`,
  });
}

export function databaseInUse(path: string, what: string): GreeumError {
  return new GreeumError('database_in_use', `Another program ${what} ${path}.`, {
    hint: 'Close it (a Python greeum process, or a database browser), then try again.',
    retry: 'after-reconnect',
  });
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
    if (!granted) throw databaseInUse(path, 'is writing to');
  }

  close(): void {
    if (this.#fd === null) return;
    this.#files.close(this.#fd);
    this.#fd = null;
  }

  /** For a file that another one has replaced: ends with it, in the background. */
  closeLater(): void {
    if (this.#fd === null) return;
    this.#files.closeLater(this.#fd);
    this.#fd = null;
  }
}
