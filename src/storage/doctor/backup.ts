/** `backups/<time>/`: where the doctor puts what it replaces or sets aside. Nothing in it is ever deleted by us. */

import { basename, join } from 'node:path';

import { makeFolderDurably, renamePersistently, writeDurably, type Files } from '../files.js';

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
    const to = this.#place(path, inside);
    writeDurably(this.#files, to, this.#files.readAll(path));
    this.#files.syncFolder(join(this.#path, inside));
  }

  /** Takes the file out of where it is. */
  move(path: string, inside = ''): void {
    renamePersistently(this.#files, path, this.#place(path, inside));
    this.#files.syncFolder(join(this.#path, inside));
  }

  #place(path: string, inside: string): string {
    const folder = join(this.#path, inside);
    makeFolderDurably(this.#files, folder);
    this.#isMade = true;
    for (let count = 0; ; count += 1) {
      const to = join(folder, count === 0 ? basename(path) : `${basename(path)}.${count}`);
      if (this.#files.stat(to) === null) return to;
    }
  }
}
