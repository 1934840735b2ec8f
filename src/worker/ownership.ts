/**
 * The ownership lock: an exclusive kernel lock on `worker.lock`. The kernel gives it back when the process dies,
 * however it dies, and keeps it while the process is merely slow or suspended; so there are never two owners, and
 * never a lock that nobody holds.
 *
 * Rejected: a lock file with a heartbeat (a laptop that sleeps loses it and wakes as a second owner), `O_EXCL` files
 * with a pid (pids are reused), SQLite's own lock (sql.js takes none), proper-lockfile (left a lock behind for ten
 * minutes after a kill).
 *
 * The byte that is locked lies far behind the file's text, because Windows keeps others from reading locked bytes
 * and they want to read who the holder is. The file is never deleted: somebody may be about to lock it.
 */

import { setTimeout } from 'node:timers/promises';

import { GreeumError } from '../protocol/errors.js';
import { errnoOf, writeFully, type Files } from '../storage/files.js';

const LOCK_OFFSET = 0x40000000;
/** Trying costs a system call; a local writer holds the lock for some tens of milliseconds. */
const POLL_MS = 4;

/** Who holds the lock: for messages only, the lock itself decides. */
export interface LockHolder {
  readonly pid: number;
  /** A worker stays; a local writer holds the lock for one command. */
  readonly role: 'worker' | 'local';
}

/** A local writer is soon done; then the caller looks again whether there is a worker by now. */
export const LOCAL_WRITER_WAIT_MS = 5_000;

export class OwnershipLock {
  readonly #files: Files;
  #fd: number | null;

  private constructor(files: Files, fd: number) {
    this.#files = files;
    this.#fd = fd;
  }

  /**
   * Takes the lock or fails at once.
   * @throws GreeumError `lock_busy` (with the holder's pid), `data_dir_unwritable`
   */
  static acquire(files: Files, path: string, holder: LockHolder): OwnershipLock {
    const fd = openLockFile(files, path);
    try {
      if (!files.tryLock(fd, LOCK_OFFSET, 1)) throw new LockBusyError(readHolder(files, fd));
      writeHolder(files, fd, holder);
    } catch (error) {
      files.close(fd);
      throw error;
    }
    return new OwnershipLock(files, fd);
  }

  /**
   * Takes the lock as soon as a local writer lets go of it. A worker keeps it, so nobody waits for one.
   * The pause is short and does not grow: whoever came late must not be served before those who wait.
   * @param waitMs longest wait, in milliseconds
   */
  static async acquireSoon(files: Files, path: string, holder: LockHolder, waitMs: number): Promise<OwnershipLock> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      try {
        return OwnershipLock.acquire(files, path, holder);
      } catch (error) {
        const isSoonFree = error instanceof LockBusyError && error.holder?.role !== 'worker';
        if (!isSoonFree || performance.now() >= deadlineMs) throw error;
      }
      await setTimeout(POLL_MS + Math.random() * POLL_MS);
    }
  }

  release(): void {
    if (this.#fd === null) return;
    writeHolder(this.#files, this.#fd, null);
    this.#files.close(this.#fd);
    this.#fd = null;
  }
}

/**
 * Who owns the directory now. Changes no file, but holds the lock for the moment of asking.
 * @returns null: nobody; `pid` null: somebody who has not written a name
 * @throws the errno error of a lock file that may not be opened
 */
export function whoOwns(files: Files, path: string): { readonly pid: number | null } | null {
  if (files.stat(path) === null) return null;
  const fd = files.open(path, 'r+');
  try {
    return files.tryLock(fd, LOCK_OFFSET, 1) ? null : { pid: readHolder(files, fd)?.pid ?? null };
  } finally {
    files.close(fd);
  }
}

/** @param holder null: nobody */
function writeHolder(files: Files, fd: number, holder: LockHolder | null): void {
  const text = Buffer.from(holder === null ? '' : `${JSON.stringify(holder)}\n`);
  try {
    writeFully(files, fd, text, 0);
    files.truncate(fd, text.length);
  } catch {
    // A full disk must not keep anybody from owning the directory: the name is for messages, the lock decides.
  }
}

function openLockFile(files: Files, path: string): number {
  try {
    if (files.stat(path) === null) createLockFile(files, path);
    // For reading as well: somebody else may take the lock first, and then their name is asked for.
    return files.open(path, 'r+');
  } catch (error) {
    throw new GreeumError(
      'data_dir_unwritable',
      `${path} cannot be opened for writing (${errnoOf(error) ?? 'error'}).`,
      {
        hint: 'Give yourself the right to write there, or choose another data directory.',
        cause: error,
      },
    );
  }
}

function createLockFile(files: Files, path: string): void {
  try {
    files.close(files.open(path, 'wx'));
  } catch (error) {
    // Somebody created it between the two calls.
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** `lock_busy`, with who holds it as far as that is known. */
class LockBusyError extends GreeumError {
  readonly holder: LockHolder | null;

  constructor(holder: LockHolder | null) {
    const who = holder === null ? 'Another process' : `Process ${holder.pid}`;
    const what = holder?.role === 'local' ? 'is writing' : 'runs the worker';
    super('lock_busy', `${who} ${what} for this data directory.`, {
      retry: 'after-reconnect',
      hint:
        holder?.role === 'worker'
          ? `Go through that worker, or stop it first ("greeum worker stop").`
          : 'Try again in a moment.',
    });
    this.holder = holder;
  }
}

/** Null when the holder has not written its name yet; whose name is still there from before may be long gone. */
function readHolder(files: Files, fd: number): LockHolder | null {
  const bytes = Buffer.alloc(256);
  const length = files.read(fd, bytes, 0);
  const match = /^\{"pid":(\d+),"role":"(worker|local)"\}\n/.exec(bytes.toString('latin1', 0, length));
  if (match === null || !isAlive(Number(match[1]))) return null;
  return { pid: Number(match[1]), role: match[2] === 'local' ? 'local' : 'worker' };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return errnoOf(error) !== 'ESRCH';
  }
}

/** The pid in a `lock_busy` sentence, for callers that got it across a thread or a socket. */
export function pidOfHolder(error: GreeumError): number | null {
  const match = /^Process (\d+) /.exec(error.message);
  return match === null ? null : Number(match[1]);
}
