/** The file that an export becomes: written beside its place, and put there when it is whole. */

import { randomBytes } from 'node:crypto';
import { link, lstat, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { MemoryLocation } from '../client/dataDirectory.js';
import { GreeumError } from '../protocol/errors.js';

export interface ExportTarget {
  write(text: string): Promise<void>;
  /** Puts the whole file in its place. @throws GreeumError; then nothing is there that was not before */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Memories are for nobody else. */
const MODE = 0o600;

/**
 * @param overwrites whether a file that is there may be replaced
 * @throws GreeumError `invalid_argument`, `data_dir_unwritable`
 */
export async function openExportTarget(
  given: string,
  overwrites: boolean,
  memory: MemoryLocation,
): Promise<ExportTarget> {
  const folder = await realFolder(path.dirname(path.resolve(given)));
  const file = path.join(folder, path.basename(path.resolve(given)));
  if ([memory.dataDir, memory.folder].some((own) => file.startsWith(own + path.sep))) {
    throw new GreeumError('invalid_argument', `${file} is inside the memory itself. Nothing was exported.`, {
      hint: 'Choose a file outside the data directory.',
    });
  }
  await requireFree(file, overwrites);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`);
  const handle = await open(temporary, 'wx', MODE).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
  return new TargetFile(handle, temporary, file, overwrites);
}

class TargetFile implements ExportTarget {
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #file: string;
  readonly #overwrites: boolean;

  constructor(handle: FileHandle, temporary: string, file: string, overwrites: boolean) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#file = file;
    this.#overwrites = overwrites;
  }

  async write(text: string): Promise<void> {
    await this.#handle.writeFile(text).catch((cause: unknown) => {
      throw notWritten(this.#file, cause);
    });
  }

  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await this.#putInPlace();
    } catch (error) {
      await this.discard();
      throw error instanceof GreeumError ? error : notWritten(this.#file, error);
    }
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(this.#temporary, { force: true });
  }

  /** A link fails where a file has appeared meanwhile; a rename would replace it. */
  async #putInPlace(): Promise<void> {
    await requireFree(this.#file, this.#overwrites);
    if (!this.#overwrites && (await linked(this.#temporary, this.#file))) return rm(this.#temporary);
    await rename(this.#temporary, this.#file);
  }
}

/** False on file systems that have no links. @throws GreeumError `invalid_argument` when the file is there */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(to);
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') return false;
    throw error;
  }
}

/** A link counts as what it is: what it leads to is never written to. */
async function requireFree(file: string, overwrites: boolean): Promise<void> {
  const stat = await lstat(file).catch(() => null);
  if (stat === null) return;
  if (!stat.isFile()) {
    throw new GreeumError('invalid_argument', `${file} is there, and no plain file. Nothing was exported.`, {
      hint: 'Choose another name.',
    });
  }
  if (!overwrites) throw isThere(file);
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new GreeumError('invalid_argument', `There is no folder ${folder}. Nothing was exported.`, {
      hint: 'Make it first.',
      cause,
    });
  }
}

function isThere(file: string): GreeumError {
  return new GreeumError('invalid_argument', `${file} is there already. Nothing was exported.`, {
    hint: 'Choose another name, or replace it with --force.',
  });
}

function notWritten(where: string, cause: unknown): GreeumError {
  const code = String((cause as NodeJS.ErrnoException).code);
  return new GreeumError('data_dir_unwritable', `${where} cannot be written (${code}). Nothing was exported.`, {
    cause,
  });
}
