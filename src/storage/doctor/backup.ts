/** `backups/<time>/`: where the doctor puts what it replaces or sets aside. Nothing in it is ever deleted by us. */

import { basename, dirname, join } from 'node:path';

import { makeFolderDurably, writeDurably, type Files } from '../files.js';

export class Backup {
  readonly #files: Files;
  readonly #path: string;
  #isMade = false;

  /** Makes nothing yet. @param folder of the memory */
  constructor(files: Files, folder: string, nowMs: number) {
    this.#files = files;
    const name = new Date(nowMs).toISOString().replaceAll(':', '-').replace('.', '-');
    this.#path = join(folder, 'backups', name);
  }

  /** Null while nothing lies in it. */
  get path(): string | null {
    return this.#isMade ? this.#path : null;
  }

  /** Durable when it returns. @param inside a folder within the backup */
  copy(path: string, inside = ''): void {
    const folder = join(this.#path, inside);
    const bytes = this.#files.readAll(path);
    makeFolderDurably(this.#files, folder);
    this.#isMade = true;
    writeDurably(this.#files, this.#freeName(folder, basename(path)), bytes);
    this.#files.syncFolder(folder);
  }

  /**
   * Takes the file out of where it is. Copied, not renamed: a power cut in the middle of a rename from one folder to
   * another may leave the file in neither.
   */
  move(path: string, inside = ''): void {
    this.copy(path, inside);
    this.#files.unlink(path);
    this.#files.syncFolder(dirname(path));
  }

  #freeName(folder: string, name: string): string {
    for (let count = 0; ; count += 1) {
      const path = join(folder, count === 0 ? name : `${name}.${count}`);
      if (this.#files.stat(path) === null) return path;
    }
  }
}
