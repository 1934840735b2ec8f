/** The data directory itself: made where that is safe to assume, refused with a reason where it is not. */

import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { GreeumError } from '../protocol/errors.js';
import { errnoOf } from '../storage/files.js';

/**
 * Makes a data directory ready for writing. One that does not exist is created, but not its parents: a missing parent
 * is a typing error or a disk that is not mounted.
 * @throws GreeumError `data_dir_missing`, `data_dir_not_a_directory`, `data_dir_unwritable`
 */
export function prepareDataDir(dataDir: string): void {
  const found = statSync(dataDir, { throwIfNoEntry: false });
  if (found === undefined) {
    if (!existsSync(dirname(dataDir))) {
      throw missingDataDir(dataDir, `its parent ${dirname(dataDir)} does not exist either`);
    }
    makeFolder(dataDir);
    return;
  }
  if (!found.isDirectory()) throw notADirectory(dataDir);
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(dataDir, error);
  }
}

/** @throws GreeumError `data_dir_not_a_directory`, `data_dir_unwritable` */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const errno = errnoOf(error);
    throw errno === 'EEXIST' || errno === 'ENOTDIR' ? notADirectory(path) : unwritable(path, error);
  }
}

function missingDataDir(dataDir: string, why: string): GreeumError {
  return new GreeumError('data_dir_missing', `The data directory ${dataDir} does not exist (${why}).`, {
    hint: 'Create it, mount its disk, or choose another with --data-dir or GREEUM_DATA_DIR.',
  });
}

function notADirectory(path: string): GreeumError {
  return new GreeumError('data_dir_not_a_directory', `The data directory ${path} is a file.`, {
    hint: 'Choose another with --data-dir or GREEUM_DATA_DIR.',
  });
}

function unwritable(path: string, cause: unknown): GreeumError {
  return new GreeumError('data_dir_unwritable', `${path} cannot be written to (${errnoOf(cause) ?? 'error'}).`, {
    hint: 'Give yourself the right to write there, or choose another data directory.',
    cause,
  });
}

/** For readers, who create nothing. @throws GreeumError `data_dir_missing`, `data_dir_not_a_directory` */
export function requireDataDir(dataDir: string): void {
  const found = statSync(dataDir, { throwIfNoEntry: false });
  if (found === undefined) throw missingDataDir(dataDir, 'there is nothing to read yet');
  if (!found.isDirectory()) throw notADirectory(dataDir);
}
