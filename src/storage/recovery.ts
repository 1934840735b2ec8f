/**
 * Opening a memory: `memory.db` plus the journal frames after it. The owner, the checkpoint thread and lockless
 * readers all come through here, so the code that saves the day after a crash runs every day.
 */

import type { Change } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import { continuesChain, type ChainHead, type MovedBlock, type Rebase } from '../protocol/rebase.js';
import { readDatabase, refuseUnfinished, walOf } from './databaseFile.js';
import { integer, loadEngine, text } from './engine.js';
import { errnoOf, sameFile, type FileIdentity, type Files, type UsedMemory } from './files.js';
import type { Frame } from './frame.js';
import { Image } from './image.js';
import { JournalReader, listSegments, type JournalContents } from './journalReader.js';
import type { Layout } from './layout.js';

export interface OpenedMemory {
  readonly image: Image;
  readonly journal: JournalContents;
  /** Stands behind the last frame of `journal`. */
  readonly reader: JournalReader;
  /** Of the last frame that the image holds now. */
  readonly lastSequence: number;
  /** Largest seen; a new owner takes the next one. */
  readonly epoch: number;
  /** The file that was read; null where there was none. */
  readonly database: FileIdentity | null;
  /**
   * Blocks of the journal that the image has in another place than they were acknowledged with, because another
   * program continued the chain in the file. An owner makes that lasting before it does anything else.
   */
  readonly moved: readonly MovedBlock[];
}

export interface OpenOptions {
  /** Frames after this are left out; default: none are. */
  throughSequence?: number;
  /** How frames go onto a chain that was continued by others; without it that is an error. */
  rebase?: Rebase;
  /** Bytes that the image shall be able to grow by without being moved in memory. */
  room?: number;
  /** What an image that is closed has lived in; see `Image.recycle`. */
  used?: UsedMemory | undefined;
}

/** For what a journal holds at most, several times over. */
const ROOM = 64 * 1024 * 1024;

/** How often a reader starts again because a checkpoint moved the files under it. */
const READ_ATTEMPTS = 20;

/**
 * Opens without taking a lock or changing anything. A checkpoint that happens meanwhile makes it start again.
 * @throws GreeumError `not_a_database`, `database_damaged`, `journal_damaged`, `newer_format`, `hot_journal`,
 * `wal_damaged`, `database_changed`
 */
export async function openMemory(files: Files, layout: Layout, options: OpenOptions = {}): Promise<OpenedMemory> {
  const sqljs = await loadEngine();
  for (let attempt = 1; ; attempt += 1) {
    const before = files.stat(layout.database);
    const logBefore = files.stat(walOf(layout.database));
    const isUnchanged = (): boolean =>
      sameFile(before, files.stat(layout.database)) && sameFile(logBefore, files.stat(walOf(layout.database)));
    try {
      // Nobody knows how much of it a first attempt has touched.
      const used = attempt === 1 ? options.used : undefined;
      const opened = openOnce(files, layout, { ...options, used }, before, (bytes) => new Image(sqljs, bytes));
      if (isUnchanged()) return opened;
      opened.image.close();
    } catch (error) {
      // Between a checkpoint's rename and its deletions a segment vanishes without the database changing again.
      const moved = errnoOf(error) === 'ENOENT' || !isUnchanged();
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
  // Without a database SQLite would throw its log away.
  if (isNew(database)) refuseUnfinished(files, layout.database);
  const bytes = isNew(database) ? null : readDatabase(files, layout.database, options.room ?? ROOM, options.used);
  const image = loadImage(createImage, bytes, layout);
  try {
    const applied = image.appliedSequence;
    const firstSegment = listSegments(files, layout.journalFolder)[0];
    if (isNew(database) && firstSegment !== undefined && firstSegment.firstSequence > 1) throw missingDatabase(layout);
    const reader = new JournalReader(files, layout.journalFolder, applied, image.epoch);
    const journal = reader.read();
    const frames = journal.frames.filter((frame) => frame.seq <= (options.throughSequence ?? Infinity));
    const { changes, moved } = fitted(frames, chainHead(image), options.rebase, layout);
    replay(image, changes, layout);
    const last = frames[frames.length - 1];
    return {
      image,
      journal,
      reader,
      lastSequence: last?.seq ?? applied,
      epoch: Math.max(image.epoch, last?.epoch ?? 0),
      database,
      moved,
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

/** Null: it has no block. */
export function chainHead({ sql }: Image): ChainHead | null {
  const row = sql.get('SELECT block_index, hash FROM blocks ORDER BY block_index DESC LIMIT 1');
  return row === undefined ? null : { blockIndex: integer(row[0]), hash: text(row[1]) };
}

/** The frames' changes, put behind what others wrote where that is needed. @throws GreeumError `database_changed` */
function fitted(
  frames: readonly Frame[],
  head: ChainHead | null,
  rebase: Rebase | undefined,
  layout: Layout,
): { changes: readonly Change[]; moved: readonly MovedBlock[] } {
  if (continuesChain(frames, head)) return { changes: frames, moved: [] };
  if (rebase === undefined) throw databaseChanged(layout);
  return rebase(frames, head);
}

function loadImage(createImage: (bytes: Uint8Array | null) => Image, bytes: Uint8Array | null, layout: Layout): Image {
  try {
    return createImage(bytes);
  } catch (error) {
    if (error instanceof GreeumError) throw error;
    const what = error instanceof Error ? error.message : 'unknown error';
    throw new GreeumError('database_damaged', `${layout.database} cannot be opened (${what}).`, {
      hint: 'Nothing was changed. "greeum doctor" says what can be saved, and "greeum doctor --fix" saves it.',
      cause: error,
    });
  }
}

function replay(image: Image, changes: readonly Change[], layout: Layout): void {
  if (changes.length === 0) return;
  try {
    image.load(() => {
      for (const { rows } of changes) image.applyRows(rows);
    });
  } catch (error) {
    throw databaseChanged(layout, error);
  }
}

function databaseChanged(layout: Layout, cause?: unknown): GreeumError {
  return new GreeumError(
    'database_changed',
    `The journal does not fit ${layout.database}: the file was changed by another program since.`,
    {
      hint: 'Nothing was changed. Keep a copy of the folder; the journal in it still holds every acknowledged write.',
      cause,
    },
  );
}

function missingDatabase(layout: Layout): GreeumError {
  return new GreeumError('database_damaged', `${layout.database} is missing, but its journal is there.`, {
    hint: 'Put the database back from a backup of the folder; the journal holds what came after it.',
  });
}
