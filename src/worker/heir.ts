/**
 * Of all who wait for the owner's end one is the heir: it keeps the memory loaded, and the others let it go first. A
 * kernel lock decides who it is, as with the owner; without an heir, or with one that is suspended, everybody races
 * as before and the winner loads the memory then.
 */

import { setTimeout as pause } from 'node:timers/promises';

import type { Files } from '../storage/files.js';
import { layoutOf } from '../storage/layout.js';
import { MemoryFollower } from '../storage/memoryFollower.js';
import { OWNER_ROOM } from '../storage/takeover.js';
import { OwnershipLock, whoOwns } from './ownership.js';
import { warmUp } from './warmUp.js';

/** How often the heir reads on, and the others look whether there is one. */
const LOOK_MS = 500;
/**
 * What an heir needs to take the lock, on a machine that is not idle, even if it is reading a new file just then. Who
 * goes ahead of it instead has all of that before itself.
 */
const HEAD_START_MS = 300;

export class Heir {
  readonly #files: Files;
  readonly #dataDir: string;
  /** Not null: this is the heir. */
  #place: { readonly lock: OwnershipLock; readonly follower: MemoryFollower } | null = null;
  /** Null: it is not standing by. */
  #timer: NodeJS.Timeout | null = null;
  /** Once: what is compiled stays so. */
  #warming: Promise<void> | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(files: Files, dataDir: string) {
    this.#files = files;
    this.#dataDir = dataDir;
  }

  /** Keeps no process alive. */
  standBy(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then(() => {
        if (this.#timer !== null) this.standBy();
      });
    }, LOOK_MS).unref();
  }

  /**
   * Ends the standing by; resolves when it is this one's turn to try for the ownership.
   * @returns what the heir has loaded; null for all others
   */
  async itsTurn(): Promise<MemoryFollower | null> {
    if (this.#timer === null) return null;
    clearTimeout(this.#timer);
    this.#timer = null;
    await this.#looking;
    if (this.#place !== null) return this.#place.follower;
    if (this.#isAnotherHeir()) await pause(HEAD_START_MS);
    return null;
  }

  /** It has become the owner: another one may be the heir now. */
  leave(): void {
    this.#place?.follower.close();
    this.#place?.lock.release();
    this.#place = null;
  }

  async #look(): Promise<void> {
    this.#warming ??= warmUp();
    await this.#warming;
    this.#place ??= this.#takePlace();
    await this.#place?.follower.follow();
  }

  #takePlace(): { lock: OwnershipLock; follower: MemoryFollower } | null {
    const layout = layoutOf(this.#dataDir, (path) => this.#files.stat(path) !== null);
    try {
      const lock = OwnershipLock.acquire(this.#files, layout.heirLock, { pid: process.pid, role: 'worker' });
      return { lock, follower: new MemoryFollower(this.#files, layout, OWNER_ROOM) };
    } catch {
      // Another one is the heir, or the folder cannot be written to: then there is nothing to inherit either.
      return null;
    }
  }

  #isAnotherHeir(): boolean {
    try {
      return whoOwns(this.#files, layoutOf(this.#dataDir).heirLock) !== null;
    } catch {
      // Nobody can tell: then nobody is waited for.
      return false;
    }
  }
}
