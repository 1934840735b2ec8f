/**
 * Checkpoint: the image becomes `memory.db`, and the journal segments it covers are retired. In two steps, so that
 * the writer never waits for the long one:
 *
 *  1. `buildCheckpoint`, in the checkpoint thread: load the last `memory.db`, replay the closed segments (the very
 *     code of recovery), write `memory.db.new` and wait for the disk. Likewise index and slots.
 *  2. `installDatabase`, in the writer thread, a few system calls: make sure that nobody changed `memory.db`, keep
 *     others from writing to the new file, rename. Then `makeInstalledDurable`. Only then are segments retired.
 *
 * A crash between any two system calls leaves the old or the new `memory.db` and a journal that continues it.
 */

import { GreeumError, kindOf } from '../protocol/errors.js';
import { DatabaseGuard } from './databaseFile.js';
import { loadEngine } from './engine.js';
import {
  errnoOf,
  renamePersistently,
  sameFile,
  writeDurably,
  writeDurablyInPortions,
  type FileIdentity,
  type Files,
} from './files.js';
import type { Image } from './image.js';
import type { Layout } from './layout.js';
import { openMemory } from './recovery.js';
import { writeState } from './schema.js';
import { SearchIndex } from './searchIndex.js';
import { buildSlotsFile, installSlotsFile, type BuiltSlots } from './slotsFile.js';

/** The index is written again when it lacks this many blocks, or this share of them: it is only a head start. */
const INDEX_LAG_BLOCKS = 2_000;
const INDEX_LAG_RATIO = 0.1;

export interface BuiltCheckpoint {
  /** The new file holds every frame up to this one. */
  readonly sequence: number;
  readonly databaseBytes: number;
  readonly hasIndex: boolean;
  /** Null when the slot file says already what it should, or cannot be replaced. */
  readonly slots: Pick<BuiltSlots, 'replaces'> | null;
  /** Why index or slot file were left alone, where one was. */
  readonly problems: readonly string[];
}

/** Step 1, from the files alone. @throws GreeumError `checkpoint_failed` or what `openMemory` throws */
export async function buildCheckpoint(files: Files, layout: Layout, throughSequence: number): Promise<BuiltCheckpoint> {
  const { image, lastSequence } = await openMemory(files, layout, { throughSequence });
  try {
    if (lastSequence !== throughSequence) {
      throw new GreeumError(
        'checkpoint_failed',
        `The journal ends at frame ${lastSequence}, not at ${throughSequence}.`,
      );
    }
    return await writeImage(files, layout, image, throughSequence, writeDurablyInPortions);
  } finally {
    image.close();
  }
}

/** Step 1 for a caller that has the image at hand. The image's own state is not touched but for its sequence. */
export async function writeImage(
  files: Files,
  layout: Layout,
  image: Image,
  sequence: number,
  write = writeDurably,
): Promise<BuiltCheckpoint> {
  const sqljs = await loadEngine();
  const databaseBytes = writeDatabase(files, layout, image, sequence, write);
  const problems: string[] = [];
  const companion = <T extends Companion>(temp: string, build: () => T | null): T | null =>
    writeCompanion(files, temp, problems, build, write);
  const index = companion(layout.indexTemp, () => {
    const bytes = buildIndex(files, layout, image);
    return bytes === null ? null : { bytes };
  });
  const slots = companion(layout.slotsTemp, () => buildSlotsFile(files, sqljs, layout.slots, image.sql));
  return {
    sequence,
    databaseBytes,
    hasIndex: index !== null,
    slots: slots === null ? null : { replaces: slots.replaces },
    problems,
  };
}

/** Writes `memory.db.new` and waits for the disk. @returns its bytes. @throws GreeumError `checkpoint_failed` */
export function writeDatabase(
  files: Files,
  layout: Layout,
  image: Image,
  sequence: number,
  write = writeDurably,
): number {
  writeState(image.sql, 'applied_sequence', String(sequence));
  const bytes = image.sql.file();
  try {
    write(files, layout.databaseTemp, bytes);
    return bytes.length;
  } catch (error) {
    // On a full disk the journal needs the room more than half a file does.
    discard(files, layout.databaseTemp);
    throw checkpointFailed(error);
  }
}

interface Companion {
  readonly bytes: Uint8Array;
}

/** Index and slot file are in `memory.db` too, in another form: no checkpoint fails for their sake. */
function writeCompanion<T extends Companion>(
  files: Files,
  temp: string,
  problems: string[],
  build: () => T | null,
  write: typeof writeDurably,
): T | null {
  try {
    const built = build();
    if (built !== null) write(files, temp, built.bytes);
    return built;
  } catch (error) {
    problems.push(error instanceof GreeumError ? error.message : kindOf(error));
    discard(files, temp);
    return null;
  }
}

function discard(files: Files, path: string): void {
  try {
    if (files.stat(path) !== null) files.unlink(path);
  } catch {
    // Whatever made the write fail is what matters; the next checkpoint overwrites the file.
  }
}

function buildIndex(files: Files, layout: Layout, image: Image): Uint8Array | null {
  const index = SearchIndex.openFile(files, layout.index, image.sql);
  const before = index.lastBlock;
  index.catchUp();
  const lag = index.lastBlock - before;
  const isWorthIt = lag >= INDEX_LAG_BLOCKS || lag > before * INDEX_LAG_RATIO;
  return isWorthIt ? index.export() : null;
}

export interface InstalledDatabase {
  readonly guard: DatabaseGuard;
  readonly identity: FileIdentity;
}

/**
 * Step 2. From its return on `memory.db` is the new file.
 * @param expected the `memory.db` that the checkpoint was built from; null: none was there
 * @throws GreeumError `database_changed` (the new file is left aside as `memory.db.new`), `checkpoint_failed`
 */
export function installDatabase(files: Files, layout: Layout, expected: FileIdentity | null): InstalledDatabase {
  assertUnchanged(files, layout, expected);
  let guard: DatabaseGuard | null = null;
  try {
    guard = new DatabaseGuard(files, layout.databaseTemp);
    const identity = files.stat(layout.databaseTemp);
    if (identity === null) throw new Error('The new file is gone before its rename.');
    renamePersistently(files, layout.databaseTemp, layout.database);
    return { guard, identity };
  } catch (error) {
    guard?.close();
    throw checkpointFailed(error);
  }
}

/** Until this returns, a power cut may bring the old file back. @throws GreeumError `checkpoint_failed` */
export function makeInstalledDurable(files: Files, layout: Layout): void {
  try {
    files.syncFolder(layout.folder);
  } catch (error) {
    throw checkpointFailed(error);
  }
}

/**
 * Puts index and slots in place. They can be rebuilt, so their order and the folder's fsync do not matter.
 * @throws GreeumError `checkpoint_failed`
 */
export function installCompanions(files: Files, layout: Layout, built: BuiltCheckpoint): void {
  try {
    if (built.hasIndex) renamePersistently(files, layout.indexTemp, layout.index);
    const isInPlace = built.slots === null || installSlotsFile(files, layout, built.slots.replaces);
    if (!isInPlace) discard(files, layout.slotsTemp);
  } catch (error) {
    throw checkpointFailed(error);
  }
}

/** Promise 6. @throws GreeumError `database_changed` */
export function assertUnchanged(files: Files, layout: Layout, expected: FileIdentity | null): void {
  if (sameFile(files.stat(layout.database), expected)) return;
  throw new GreeumError(
    'database_changed',
    `${layout.database} was changed by another program while Greeum had it open.`,
    {
      hint: 'Nothing was overwritten; the journal keeps every acknowledged write. Restart the worker to pick the change up.',
    },
  );
}

export function checkpointFailed(error: unknown): GreeumError {
  if (error instanceof GreeumError) return error;
  const errno = errnoOf(error) ?? kindOf(error);
  return new GreeumError('checkpoint_failed', `The checkpoint could not be written (${errno}).`, {
    outcome: 'written',
    hint: 'Acknowledged writes are safe in the journal. Free space on the disk; Greeum tries again by itself.',
    cause: error,
  });
}
