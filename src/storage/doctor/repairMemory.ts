/**
 * Repairing image and journal together: what can be read of the image, every intact frame on top, and the result as a
 * new `memory.db`. The order keeps each step harmless: first copies of everything in the backup, then the new file
 * under another name, then the rename, and only then is the journal deleted where it was. A crash in between leaves
 * what the doctor can start from again, and the next owner can lose nothing of.
 */

import type { SqlJsStatic } from 'sql.js';

import { installDatabase, makeInstalledDurable, writeDatabase } from '../checkpoint.js';
import { acceptDatabase, DatabaseGuard, walOf } from '../databaseFile.js';
import { integer, text, type Sql } from '../engine.js';
import type { Files } from '../files.js';
import { Image } from '../image.js';
import type { Layout } from '../layout.js';
import { readState, writeState } from '../schema.js';
import type { Backup } from './backup.js';
import type { ImageOnDisk } from './imageState.js';
import { isWholeStory, scanJournal, type JournalScan } from './journalScan.js';
import { applyFrames } from './salvageFrames.js';
import { openDamaged } from './openDamaged.js';
import { mergeIntactPages } from './unmergedLog.js';
import { salvageDatabase, type SalvagedTable } from './salvageDatabase.js';

export interface RepairNotes {
  readonly done: string[];
  readonly lost: string[];
}

/**
 * The caller holds the ownership lock, and found that image or journal need this. Files that cannot be helped stay.
 * @param mendBlocks mends what it can of the rows, once all of them are there; returns how many
 */
export function repairMemory(
  files: Files,
  sqljs: SqlJsStatic,
  layout: Layout,
  disk: ImageOnDisk,
  backup: Backup,
  mendBlocks: (sql: Sql) => number,
): RepairNotes {
  const notes: RepairNotes = { done: [], lost: [] };
  const base = openBase(files, sqljs, layout, disk, notes);
  if (base === null) return notes;
  const { image, journal } = base;
  try {
    const { applied, lost } = applyFrames(image, journal.frames);
    const mended = mendBlocks(image.sql);
    const blocks = integer(image.sql.get('SELECT count(*) FROM blocks')?.[0]);
    if (blocks === 0) {
      notes.done.length = 0;
      notes.lost.push(
        'No memory could be read, so nothing was changed: an empty database is no repair. Restore a backup, or move ' +
          'the folder away to begin anew.',
      );
      return notes;
    }
    const answer = text(image.sql.get('PRAGMA integrity_check(1)')?.[0]);
    if (answer !== 'ok') throw new Error(`The repaired database is not whole: ${answer}`);
    notes.lost.push(...journal.losses, ...lost);
    if (mended > 0) notes.done.push(`Mended ${mended} memories in which one bit was flipped: their hashes tell which.`);
    if (journal.mended > 0) {
      notes.done.push(`Mended ${journal.mended} frames in which one bit was flipped: their checksums tell which.`);
    }
    // A frame that is lost may have begun an epoch; numbers are cheap, an epoch that comes twice is not.
    writeState(image.sql, 'epoch', String(Math.max(image.epoch, journal.epoch) + 1 + journal.damages.length));
    install(files, layout, settleLog(files, layout, disk, backup, notes), image, journal, backup);
    notes.done.push(`Wrote ${layout.database} with ${blocks} memories; ${applied} frames of the journal are in it.`);
    return notes;
  } finally {
    image.close();
  }
}

/** What could be read of a log beside the database is in the image by now; so it goes into the file, and the log away. */
function settleLog(
  files: Files,
  layout: Layout,
  disk: ImageOnDisk,
  backup: Backup,
  { done, lost }: RepairNotes,
): ImageOnDisk {
  const { log } = disk;
  if (log === null) return disk;
  mergeIntactPages(files, layout, log, backup);
  done.push(`Merged ${log.pages?.pages.size ?? 0} pages of ${walOf(layout.database)} into the database.`);
  if (log.problem !== null) lost.push(`${log.problem.message} What was written after that could not be read.`);
  return { ...disk, identity: files.stat(layout.database), log: null };
}

interface Base {
  readonly image: Image;
  readonly journal: JournalScan;
}

/** The image to apply the journal to; null when there is none that would not hide a loss. */
function openBase(
  files: Files,
  sqljs: SqlJsStatic,
  layout: Layout,
  { state, bytes }: ImageOnDisk,
  notes: RepairNotes,
): Base | null {
  switch (state.kind) {
    case 'busy':
    case 'newer':
      notes.lost.push(`${state.sentence} Nothing was changed.`);
      return null;
    case 'whole': {
      const { applied, epoch } = state;
      const journal = scanJournal(files, layout.journalFolder, { applied, minEpoch: epoch });
      return { image: new Image(sqljs, acceptDatabase(Uint8Array.from(bytes ?? []), layout.database)), journal };
    }
    case 'damaged':
      return salvagedBase(files, sqljs, layout, bytes ?? new Uint8Array(), notes);
    case 'missing':
    case 'unreadable': {
      const journal = scanJournal(files, layout.journalFolder, { applied: 0 });
      if (!isWholeStory(journal)) {
        notes.lost.push(
          `${layout.database} cannot be read and its journal does not hold the whole memory. Nothing was changed: ` +
            'put a backup of memory.db in its place and run this again; intact frames are then applied to it.',
        );
        return null;
      }
      notes.done.push('Rebuilt the database from the journal, which is complete from its first frame.');
      return { image: new Image(sqljs, null), journal };
    }
  }
}

function salvagedBase(
  files: Files,
  sqljs: SqlJsStatic,
  layout: Layout,
  bytes: Uint8Array,
  notes: RepairNotes,
): Base | null {
  const damaged = openDamaged(sqljs, bytes);
  if (damaged === null) throw new Error('The damaged database cannot be opened any more.');
  let salvaged;
  try {
    salvaged = salvageDatabase(sqljs, damaged.sql);
  } finally {
    damaged.sql.close();
  }
  const rows = salvaged.tables.reduce((sum, { saved }) => sum + saved, 0);
  notes.done.push(`Read ${rows} rows of ${salvaged.tables.length} tables out of the damaged database.`);
  notes.lost.push(...salvaged.tables.filter(({ lost }) => lost !== 0).map(lossOf));
  notes.lost.push(...salvaged.problems, ...damaged.problems);
  const image = new Image(sqljs, salvaged.bytes);
  const isKnown = readState(image.sql, 'applied_sequence') !== null;
  const applied = isKnown ? image.appliedSequence : null;
  return { image, journal: scanJournal(files, layout.journalFolder, { applied, withApplied: true }) };
}

function lossOf({ table, saved, lost }: SalvagedTable): string {
  const count = lost === null ? 'an unknown number of' : String(lost);
  return `${table}: ${saved} rows were read, ${count} could not be.`;
}

function install(
  files: Files,
  layout: Layout,
  { identity }: ImageOnDisk,
  image: Image,
  journal: JournalScan,
  backup: Backup,
): void {
  const guard = identity === null ? null : new DatabaseGuard(files, layout.database);
  try {
    if (identity !== null) backup.copy(layout.database);
    for (const { path } of journal.segments) backup.copy(path, 'journal');
    if (files.stat(layout.databaseTemp) !== null) backup.move(layout.databaseTemp);
    // It may name memories that are lost now.
    if (files.stat(layout.index) !== null) backup.move(layout.index);
    writeDatabase(files, layout, image, journal.lastSequence);
    installDatabase(files, layout, identity).guard.close();
    makeInstalledDurable(files, layout);
  } finally {
    guard?.close();
  }
  for (const { path } of journal.segments) files.unlink(path);
  if (journal.segments.length > 0) files.syncFolder(layout.journalFolder);
}
