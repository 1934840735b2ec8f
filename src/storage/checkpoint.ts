/**
 * Checkpoint: the image becomes `memory.db`, and the journal segments it covers are retired. In two steps, so that
 * the writer never waits for the long one:
 *
 *  1. `buildCheckpoint`, in the checkpoint thread: load the last `memory.db`, replay the closed segments (the very
 *     code of recovery), write `memory.db.new` and wait for the disk. Likewise index and slots.
 *  2. `installDatabase`, in the writer thread, a few system calls: make sure that nobody changed `memory.db`, keep
 *     others from writing to the new file, rename, wait for the folder. Only then are segments retired.
 *
 * A crash between any two system calls leaves the old or the new `memory.db` and a journal that continues it.
 */

import { GreeumError } from '../protocol/errors.js';
import { DatabaseGuard } from './databaseFile.js';
import { loadEngine } from './engine.js';
import { errnoOf, renamePersistently, sameFile, writeDurably, type FileIdentity, type Files } from './files.js';
import type { Image } from './image.js';
import type { Layout } from './layout.js';
import { openMemory } from './recovery.js';
import { writeState } from './schema.js';
import { SearchIndex } from './searchIndex.js';
import { buildSlotsFile } from './slotsFile.js';

/** The index is written again when it lacks this many blocks, or this share of them: it is only a head start. */
const INDEX_LAG_BLOCKS = 2_000;
const INDEX_LAG_RATIO = 0.1;

export interface BuiltCheckpoint {
  /** The new file holds every frame up to this one. */
  readonly sequence: number;
  readonly databaseBytes: number;
  readonly hasIndex: boolean;
  readonly hasSlots: boolean;
  /** Why the slot file was left alone, where it was. */
  readonly slotsProblem: string | null;
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
    return await writeImage(files, layout, image, throughSequence);
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
): Promise<BuiltCheckpoint> {
  const sqljs = await loadEngine();
  writeState(image.sql, 'applied_sequence', String(sequence));
  const bytes = image.sql.export();
  try {
    writeDurably(files, layout.databaseTemp, bytes);
    const index = buildIndex(files, layout, sqljs, image);
    if (index !== null) writeDurably(files, layout.indexTemp, index);
    let slots: Uint8Array | null = null;
    let slotsProblem: string | null = null;
    try {
      slots = buildSlotsFile(files, sqljs, layout.slots, image.sql);
    } catch (error) {
      // Python's slot file is damaged or somebody else's: it stays as it is, the slots are safe in memory.db.
      slotsProblem = error instanceof Error ? error.message : 'unreadable';
    }
    if (slots !== null) writeDurably(files, layout.slotsTemp, slots);
    return {
      sequence,
      databaseBytes: bytes.length,
      hasIndex: index !== null,
      hasSlots: slots !== null,
      slotsProblem,
    };
  } catch (error) {
    throw checkpointFailed(error);
  }
}

function buildIndex(
  files: Files,
  layout: Layout,
  sqljs: Parameters<typeof SearchIndex.open>[0],
  image: Image,
): Uint8Array | null {
  const index = SearchIndex.openFile(files, sqljs, layout.index, image.sql);
  try {
    const before = index.lastBlock;
    index.catchUp(image.sql);
    const lag = index.lastBlock - before;
    const isWorthIt = lag >= INDEX_LAG_BLOCKS || lag > before * INDEX_LAG_RATIO;
    return isWorthIt ? index.export() : null;
  } finally {
    index.close();
  }
}

export interface InstalledDatabase {
  readonly guard: DatabaseGuard;
  readonly identity: FileIdentity;
}

/**
 * Step 2.
 * @param expected the `memory.db` that the checkpoint was built from; null: none was there
 * @throws GreeumError `database_changed` (the new file is left aside as `memory.db.new`), `checkpoint_failed`
 */
export function installDatabase(files: Files, layout: Layout, expected: FileIdentity | null): InstalledDatabase {
  assertUnchanged(files, layout, expected);
  let guard: DatabaseGuard | null = null;
  try {
    guard = new DatabaseGuard(files, layout.databaseTemp);
    renamePersistently(files, layout.databaseTemp, layout.database);
    files.syncFolder(layout.folder);
    const identity = files.stat(layout.database);
    if (identity === null) throw new Error('The file is gone after its rename.');
    return { guard, identity };
  } catch (error) {
    guard?.close();
    throw checkpointFailed(error);
  }
}

/** Puts index and slots in place. They can be rebuilt, so their order and the folder's fsync do not matter. */
export function installCompanions(files: Files, layout: Layout, built: BuiltCheckpoint): void {
  if (built.hasIndex) renamePersistently(files, layout.indexTemp, layout.index);
  if (built.hasSlots) renamePersistently(files, layout.slotsTemp, layout.slots);
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

function checkpointFailed(error: unknown): GreeumError {
  if (error instanceof GreeumError) return error;
  const errno = errnoOf(error) ?? (error instanceof Error ? error.message : 'unknown error');
  return new GreeumError('checkpoint_failed', `The checkpoint could not be written (${errno}).`, {
    outcome: 'written',
    hint: 'Acknowledged writes are safe in the journal. Free space on the disk; Greeum tries again by itself.',
    cause: error,
  });
}
