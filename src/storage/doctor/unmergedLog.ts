/**
 * A write-ahead log beside a database that is damaged, or one that is damaged itself. The next owner merges a log that
 * is sound into a database that is; here is what there is to do about the others.
 */

import { walOf } from '../databaseFile.js';
import type { Files } from '../files.js';
import type { Layout } from '../layout.js';
import { overlayPages, readIntactWal, type IntactWal } from '../wal.js';
import { WalTakeover } from '../walTakeover.js';
import type { Backup } from './backup.js';

/** Null where there is none. */
export function readUnmergedLog(files: Files, database: string): IntactWal | null {
  const path = walOf(database);
  return (files.stat(path)?.size ?? 0) === 0 ? null : readIntactWal(files.readAll(path), path);
}

/** The database with what is intact of its log, damaged as it may be. */
export function withIntactPages(bytes: Uint8Array, log: IntactWal | null): Uint8Array {
  return log === null || log.pages === null ? bytes : overlayPages(bytes, log.pages);
}

/**
 * Both files into the backup, then what is intact of the log into the database, then the log away: no step leaves less
 * than there was, and a later database never has an older log beside it.
 * @throws GreeumError `database_in_use` while another program has the database open
 */
export function mergeIntactPages(files: Files, { database }: Layout, { pages }: IntactWal, backup: Backup): void {
  const takeover = WalTakeover.begin(files, database);
  try {
    backup.copy(database);
    backup.copy(walOf(database));
    takeover?.finish(pages);
  } finally {
    takeover?.close();
  }
}
