/** `backups/` beside `memory.db`: what is kept before a file becomes another one. Nothing in it is deleted by us. */

import { basename, join } from 'node:path';

import { makeFolderDurably, writeDurably, type Files } from './files.js';
import { listSegments } from './journalReader.js';
import type { Layout } from './layout.js';

/** `memory_<label>_20261123_185444.db`, as Greeum names its own. @returns its path, durable */
export function backUpDatabase(files: Files, layout: Layout, label: string, nowMs: number): string {
  const folder = makeBackups(files, layout);
  const path = join(folder, `memory_${label}_${localStamp(nowMs)}.db`);
  writeDurably(files, path, files.readAll(layout.database));
  files.syncFolder(folder);
  return path;
}

/** All segments, in a folder of their own. @returns its path, durable */
export function backUpJournal(files: Files, layout: Layout, nowMs: number): string {
  const folder = join(makeBackups(files, layout), `journal_${localStamp(nowMs)}`);
  makeFolderDurably(files, folder);
  for (const { path } of listSegments(files, layout.journalFolder)) {
    writeDurably(files, join(folder, basename(path)), files.readAll(path));
  }
  files.syncFolder(folder);
  return folder;
}

function makeBackups(files: Files, { folder }: Layout): string {
  const backups = join(folder, 'backups');
  makeFolderDurably(files, backups);
  return backups;
}

function localStamp(ms: number): string {
  const at = new Date(ms);
  const digits = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}${digits(at.getMonth() + 1)}${digits(at.getDate())}`;
  return `${day}_${digits(at.getHours())}${digits(at.getMinutes())}${digits(at.getSeconds())}`;
}
