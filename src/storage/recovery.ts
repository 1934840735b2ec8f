/**
 * Opening a memory: `memory.db` plus the journal frames after it. The owner, the checkpoint thread and lockless
 * readers all come through here, so the code that saves the day after a crash runs every day.
 */

import { GreeumError } from '../protocol/errors.js';
import { acceptDatabase, refuseUnfinished } from './databaseFile.js';
import { loadEngine } from './engine.js';
import { errnoOf, sameFile, type FileIdentity, type Files } from './files.js';
import type { Frame } from './frame.js';
import { Image } from './image.js';
import { listSegments, readJournal, type JournalContents } from './journal.js';
import type { Layout } from './layout.js';

export interface OpenedMemory {
  readonly image: Image;
  readonly journal: JournalContents;
  /** Of the last frame that the image holds now. */
  readonly lastSequence: number;
  /** Largest seen; a new owner takes the next one. */
  readonly epoch: number;
  /** The file that was read; null where there was none. */
  readonly database: FileIdentity | null;
}

export interface OpenOptions {
  /** Frames after this are left out; default: none are. */
  throughSequence?: number;
}

/** How often a reader starts again because a checkpoint moved the files under it. */
const READ_ATTEMPTS = 20;

/**
 * Opens without taking a lock or changing anything. A checkpoint that happens meanwhile makes it start again.
 * @throws GreeumError `not_a_database`, `database_damaged`, `journal_damaged`, `newer_format`, `hot_journal`,
 * `wal_unmerged`, `database_changed`
 */
export async function openMemory(files: Files, layout: Layout, options: OpenOptions = {}): Promise<OpenedMemory> {
  const sqljs = await loadEngine();
  for (let attempt = 1; ; attempt += 1) {
    const before = files.stat(layout.database);
    try {
      const opened = openOnce(files, layout, options, before, (bytes) => new Image(sqljs, bytes));
      if (sameFile(before, files.stat(layout.database))) return opened;
      opened.image.close();
    } catch (error) {
      // Between a checkpoint's rename and its deletions a segment vanishes without the database changing again.
      const moved = errnoOf(error) === 'ENOENT' || !sameFile(before, files.stat(layout.database));
      if (!moved || attempt >= READ_ATTEMPTS) throw error;
    }
    if (attempt >= READ_ATTEMPTS) {
      throw new GreeumError('read_failed', `${layout.database} kept changing while it was read.`, {
        retry: 'after-reconnect',
        hint: 'Try again in a moment.',
      });
    }
  }
}

function openOnce(
  files: Files,
  layout: Layout,
  options: OpenOptions,
  database: FileIdentity | null,
  createImage: (bytes: Uint8Array | null) => Image,
): OpenedMemory {
  refuseUnfinished(files, layout.database);
  const image = loadImage(createImage, isNew(database) ? null : readDatabase(files, layout), layout);
  try {
    const applied = image.appliedSequence;
    const firstSegment = listSegments(files, layout.journalFolder)[0];
    if (isNew(database) && firstSegment !== undefined && firstSegment.firstSequence > 1) throw missingDatabase(layout);
    const journal = readJournal(files, layout.journalFolder, applied, image.epoch);
    const frames = journal.frames.filter((frame) => frame.seq <= (options.throughSequence ?? Infinity));
    replay(image, frames, layout);
    const last = frames[frames.length - 1];
    return {
      image,
      journal,
      lastSequence: last?.seq ?? applied,
      epoch: Math.max(image.epoch, last?.epoch ?? 0),
      database,
    };
  } catch (error) {
    image.close();
    throw error;
  }
}

/** SQLite itself takes an empty file for a new database. */
function isNew(database: FileIdentity | null): boolean {
  return database === null || database.size === 0;
}

function readDatabase(files: Files, layout: Layout): Uint8Array {
  return acceptDatabase(files.readAll(layout.database), layout.database);
}

function loadImage(createImage: (bytes: Uint8Array | null) => Image, bytes: Uint8Array | null, layout: Layout): Image {
  try {
    return createImage(bytes);
  } catch (error) {
    if (error instanceof GreeumError) throw error;
    const what = error instanceof Error ? error.message : 'unknown error';
    throw new GreeumError('database_damaged', `${layout.database} cannot be opened (${what}).`, {
      hint: 'Nothing was changed. Keep a copy of the folder, then restore a backup of it.',
      cause: error,
    });
  }
}

function replay(image: Image, frames: readonly Frame[], layout: Layout): void {
  if (frames.length === 0) return;
  try {
    image.transaction(() => {
      for (const frame of frames) image.applyRows(frame.rows);
    });
  } catch (error) {
    throw new GreeumError(
      'database_changed',
      `The journal does not fit ${layout.database}: the file was changed by another program since.`,
      {
        hint: 'Nothing was changed. Keep a copy of the folder; the journal in it still holds every acknowledged write.',
        cause: error,
      },
    );
  }
}

function missingDatabase(layout: Layout): GreeumError {
  return new GreeumError('database_damaged', `${layout.database} is missing, but its journal is there.`, {
    hint: 'Put the database back from a backup of the folder; the journal holds what came after it.',
  });
}
