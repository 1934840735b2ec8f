/**
 * The one seam between us and the disk: every byte of journal, checkpoint and lock goes through it, so that a test
 * can fail, cut short or stop the world after any step. All calls block; they run in the writer or the checkpoint
 * thread, never on an editor's main thread.
 */

import * as fs from 'node:fs';
import { dirname } from 'node:path';

import { tryLock } from 'fs-native-extensions';

/** What tells one version of a file from another without reading it. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** Memory that nobody uses any more. The first touch of a page costs most of all that a large file's reading takes. */
export interface UsedMemory {
  readonly memory: ArrayBuffer;
  /** Touched so far; behind them are zeros. */
  readonly bytes: number;
}

export interface Files {
  /** Throws an errno error like `fs.openSync`. New files get mode 0600. */
  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): number;
  close(fd: number): void;
  /**
   * Closes it in the background. For the last descriptor of a large file that has lost its name: the room that it took
   * is given back then, for which the caller would wait tens of milliseconds.
   */
  closeLater(fd: number): void;
  /** Bytes read; 0 at the end. */
  read(fd: number, into: Uint8Array, position: number): number;
  /**
   * @param room zero bytes kept behind the content in the same memory, for a database to grow into: the array returned
   * ends with the content, its buffer goes on for so long
   * @param used taken where content and room fit into it
   */
  readAll(path: string, room?: number, used?: UsedMemory): Uint8Array;
  /** Bytes written, which may be fewer than given. */
  write(fd: number, bytes: Uint8Array, position: number): number;
  fdatasync(fd: number): void;
  fsync(fd: number): void;
  truncate(fd: number, length: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes names in the folder durable: a rename or a new file is not safe before it. Nothing to do on Windows. */
  syncFolder(path: string): void;
  makeFolder(path: string): void;
  list(folder: string): string[];
  /** Null when there is no such file. */
  stat(path: string): FileIdentity | null;
  /** Null when nothing is there. */
  isFolder(path: string): boolean | null;
  /** Throws an errno error when names may not be added to the folder. */
  requireWritable(folder: string): void;
  /**
   * Takes an exclusive kernel lock on these bytes, without waiting. False: somebody else holds one there. It ends when
   * `fd` is closed, or with the process or thread, however that ends.
   */
  tryLock(fd: number, offset: number, length: number): boolean;
}

/** Node reads no more in one call than fits into 31 bits. */
const LARGEST_READ = 1024 * 1024 * 1024;

const NO_FOLDER_SYNC: ReadonlySet<string> = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

export const nodeFiles: Files = {
  open: (path, flags) => fs.openSync(path, flags, 0o600),
  close: (fd) => fs.closeSync(fd),
  // Nobody will read the file again, so there is nothing that a failure could spoil.
  closeLater: (fd) => fs.close(fd, () => undefined),
  read: (fd, into, position) => fs.readSync(fd, into, 0, into.length, position),
  readAll: (path, room = 0, used) => (room === 0 ? fs.readFileSync(path) : readWithRoom(path, room, used)),
  write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
  fdatasync: (fd) => fs.fdatasyncSync(fd),
  fsync: (fd) => fs.fsyncSync(fd),
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  syncFolder(path) {
    if (process.platform === 'win32') return;
    const fd = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(fd);
    } catch (error) {
      // Some network and foreign file systems know no such thing; theirs are the guarantees that they give.
      if (!NO_FOLDER_SYNC.has(errnoOf(error) ?? '')) throw error;
    } finally {
      fs.closeSync(fd);
    }
  },
  makeFolder: (path) => void fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (folder) => fs.readdirSync(folder),
  stat(path) {
    const found = statOf(path);
    return found === null ? null : { size: found.size, mtimeMs: found.mtimeMs, inode: found.ino };
  },
  isFolder: (path) => statOf(path)?.isDirectory() ?? null,
  requireWritable: (folder) => fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK),
  tryLock: (fd, offset, length) => tryLock(fd, offset, length),
};

/** Memory that is never touched costs nothing, so the room may be generous. */
function readWithRoom(path: string, room: number, used: UsedMemory | undefined): Uint8Array {
  const fd = fs.openSync(path, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    const whole = memoryFor(size + room, used);
    let done = 0;
    while (done < size) {
      const read = fs.readSync(fd, whole, done, Math.min(size - done, LARGEST_READ), done);
      if (read === 0) break;
      done += read;
    }
    whole.fill(0, done, used?.bytes ?? done);
    return whole.subarray(0, done);
  } finally {
    fs.closeSync(fd);
  }
}

/** Not all zeros: what was used before has to be written over. */
export function memoryFor(size: number, used: UsedMemory | undefined): Uint8Array {
  return used !== undefined && used.memory.byteLength >= size ? new Uint8Array(used.memory) : new Uint8Array(size);
}

/** Below a file there is nothing either. */
function statOf(path: string): fs.Stats | null {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** Writes all of `bytes`, however short the single writes come out. @throws the errno error of the first that fails */
export function writeFully(files: Files, fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const written = files.write(fd, done === 0 ? bytes : bytes.subarray(done), position + done);
    if (written <= 0) throw new Error('A write to the disk made no progress.');
    done += written;
  }
}

/** Reads until `into` is full or the file ends, however short the single reads come out. @returns bytes read */
export function readFully(files: Files, fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.length) {
    const read = files.read(fd, done === 0 ? into : into.subarray(done), position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

export function sameFile(a: FileIdentity | null, b: FileIdentity | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.inode === b.inode;
}

/** Makes the folder and its missing parents, with names that a power cut cannot take. */
export function makeFolderDurably(files: Files, path: string): void {
  if (files.isFolder(path) === true) return;
  const parent = dirname(path);
  if (files.isFolder(parent) === null) makeFolderDurably(files, parent);
  files.makeFolder(path);
  files.syncFolder(parent);
}

/** Creates or empties `path`, writes `bytes` and waits for the disk. */
export function writeDurably(files: Files, path: string, bytes: Uint8Array): void {
  createDurably(files, path, (fd) => writeFully(files, fd, bytes, 0));
}

/** More than a disk takes at once without others noticing, and few enough for a pause after each. */
const PORTION_BYTES = 4 * 1024 * 1024;
/** Of a disk that stood still, or a process that did, nothing is to be learnt. */
const LONGEST_PAUSE_MS = 250;

/**
 * The same where others wait for the same disk: a portion at a time, each waited for, with a pause after it as long as
 * it took. So a write to the journal meanwhile waits behind one portion, not behind the whole file.
 */
export function writeDurablyInPortions(files: Files, path: string, bytes: Uint8Array, pause = pauseThread): void {
  createDurably(files, path, (fd) => {
    for (let at = 0; at < bytes.length; at += PORTION_BYTES) {
      const startMs = performance.now();
      writeFully(files, fd, bytes.subarray(at, at + PORTION_BYTES), at);
      if (at + PORTION_BYTES >= bytes.length) break;
      files.fdatasync(fd);
      pause(Math.min(performance.now() - startMs, LONGEST_PAUSE_MS));
    }
  });
}

function createDurably(files: Files, path: string, write: (fd: number) => void): void {
  const fd = files.open(path, 'w');
  try {
    write(fd);
    files.fsync(fd);
  } finally {
    files.close(fd);
  }
}

/**
 * The name is gone when this returns; what a large file took on the disk comes back in the background.
 * @throws the errno error of the removal
 */
export function unlinkLarge(files: Files, path: string): void {
  const fd = lastDescriptorOf(files, path);
  try {
    files.unlink(path);
  } finally {
    if (fd !== null) files.closeLater(fd);
  }
}

/** Null where it would not help: Windows keeps the name as long as a descriptor, and without one to spare it is only slower. */
function lastDescriptorOf(files: Files, path: string): number | null {
  if (process.platform === 'win32') return null;
  try {
    return files.open(path, 'r');
  } catch {
    return null;
  }
}

function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const RENAME_DELAYS_MS = [5, 10, 20, 40, 80] as const;

/** A rename that antivirus or an indexer holds up on Windows is tried again for about 155 ms; elsewhere once. */
export function renamePersistently(files: Files, from: string, to: string): void {
  for (const delayMs of [...RENAME_DELAYS_MS, null]) {
    try {
      files.rename(from, to);
      return;
    } catch (error) {
      const code = errnoOf(error);
      const heldUp = process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY' || code === 'EACCES');
      if (!heldUp || delayMs === null) throw error;
      pauseThread(delayMs);
    }
  }
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
