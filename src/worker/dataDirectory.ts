/** The data directory itself: made where that is safe to assume, refused with a reason where it is not. */

import { dirname } from 'node:path';

import { GreeumError } from '../protocol/errors.js';
import { errnoOf, makeFolderDurably, type Files } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';

/**
 * Makes a data directory ready for writing. One that does not exist is created, but not its parents: a missing parent
 * is a typing error or a disk that is not mounted.
 * @throws GreeumError `data_dir_missing`, `data_dir_not_a_directory`, `data_dir_unwritable`
 */
export function prepareDataDir(files: Files, dataDir: string): void {
  const isFolder = files.isFolder(dataDir);
  if (isFolder === null) {
    const parent = dirname(dataDir);
    if (files.isFolder(parent) === false) throw notADirectory(parent);
    if (files.isFolder(parent) === null) {
      throw missingDataDir(dataDir, `its parent ${parent} does not exist either`);
    }
    makeFolder(files, dataDir);
    return;
  }
  if (!isFolder) throw notADirectory(dataDir);
  try {
    files.requireWritable(dataDir);
  } catch (error) {
    throw unwritable(dataDir, error);
  }
}

/**
 * Makes the folder of the memory's files. Until there is a database, the folders' names are made durable even if they
 * were there: whoever made them may have died before.
 * @throws GreeumError `data_dir_not_a_directory`, `data_dir_unwritable`
 */
export function makeMemoryFolder(files: Files, dataDir: string, { folder, database }: Layout): void {
  makeFolder(files, folder);
  if (files.stat(database) !== null) return;
  for (const path of new Set([folder, dataDir])) {
    try {
      files.syncFolder(dirname(path));
    } catch (error) {
      // A parent that may be entered but not read cannot be synced by anybody but who made it.
      if (errnoOf(error) !== 'EACCES') throw unwritable(path, error);
    }
  }
}

function makeFolder(files: Files, path: string): void {
  try {
    makeFolderDurably(files, path);
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
export function requireDataDir(files: Files, dataDir: string): void {
  const isFolder = files.isFolder(dataDir);
  if (isFolder === null) throw missingDataDir(dataDir, 'there is nothing to read yet');
  if (!isFolder) throw notADirectory(dataDir);
}
