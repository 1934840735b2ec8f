/**
 * Opening a directory as its owner: whatever others left there becomes one plain `memory.db` and a journal that
 * continues it, durably, before anybody is served. Every step leaves a directory from which the same can begin again:
 *
 *  - WAL mode and a write-ahead log of Python: `walTakeover.ts`.
 *  - An older schema: a copy in `backups/`, then a checkpoint at once.
 *  - Blocks that another program wrote while frames were waiting: the frames go behind them (`protocol/rebase.ts`), a
 *    copy of the journal into `backups/`, then a checkpoint at once. Its rename is the moment at which that holds:
 *    before it the old file and the old frames are there, and lead to the same rows again; after it the new file holds
 *    all of them and the frames are retired. No frame is ever rewritten, and none is appended before.
 */

import { setTimeout } from 'node:timers/promises';

import { GreeumError } from '../protocol/errors.js';
import type { Rebase } from '../protocol/rebase.js';
import { backUpDatabase, backUpJournal } from './backups.js';
import { installDatabase, makeInstalledDurable, writeDatabase } from './checkpoint.js';
import { DatabaseGuard } from './databaseFile.js';
import { errnoOf, type FileIdentity, type Files, type UsedMemory } from './files.js';
import type { Image } from './image.js';
import { listSegments, readJournal, type JournalContents } from './journalReader.js';
import type { Layout } from './layout.js';
import type { MemoryFollower } from './memoryFollower.js';
import { openMemory, type OpenedMemory } from './recovery.js';
import { WalTakeover } from './walTakeover.js';

/** Some 130 000 memories of 300 characters, before the image has to be moved in memory while a write waits. */
export const OWNER_ROOM = 512 * 1024 * 1024;

/**
 * An owner that is killed loses its lock on the directory a moment before the one on the file, and who stands by is
 * that fast. Another program that writes is waited for as long.
 */
const GUARD_WAIT_MS = 1_000;
const GUARD_POLL_MS = 5;

export interface TakenOver {
  readonly image: Image;
  readonly journal: JournalContents;
  readonly lastSequence: number;
  readonly epoch: number;
  readonly guard: DatabaseGuard;
  readonly identity: FileIdentity;
  /** What was found and done, a sentence each, without memory text. */
  readonly notes: readonly string[];
}

export interface TakeOverOptions {
  readonly nowMs: number;
  readonly rebase: Rebase;
  /** May have the memory loaded. */
  readonly follower?: MemoryFollower | undefined;
}

/**
 * The caller holds the ownership lock.
 * @throws GreeumError what `openMemory` throws, `database_in_use`, `data_dir_unwritable`, `checkpoint_failed`
 */
export async function takeOver(files: Files, layout: Layout, options: TakeOverOptions): Promise<TakenOver> {
  const { nowMs, rebase, follower } = options;
  await createDatabase(files, layout);
  const guard = await guardDatabase(files, layout);
  let opened: OpenedMemory | null = null;
  const notes: string[] = [];
  try {
    const wal = WalTakeover.begin(files, layout.database);
    try {
      const followed = wal === null ? (follower?.take(layout) ?? null) : null;
      if (followed !== null) notes.push('The memory was loaded while another process owned it.');
      opened = followed ?? (await openMemory(files, layout, { rebase, ...roomFor(follower) }));
      wal?.finish();
    } finally {
      wal?.close();
    }
    if (wal !== null) notes.push('memory.db was in WAL mode: its log was merged, and it is in rollback mode now.');
    const { image, journal, lastSequence, epoch } = opened;
    const needsCheckpoint = image.isMigrated || opened.moved.length > 0;
    if (!needsCheckpoint) {
      return { image, journal, lastSequence, epoch, guard, identity: identityOf(files, layout), notes };
    }
    notes.push(...backUp(files, layout, opened, nowMs));
    const installed = settle(files, layout, opened);
    guard.close();
    return { image, lastSequence, epoch, ...installed, notes };
  } catch (error) {
    opened?.image.close();
    guard.close();
    throw unwritable(error, layout);
  }
}

function roomFor(follower: MemoryFollower | undefined): { room: number; used?: UsedMemory | undefined } {
  const used = follower?.takeUsed();
  return used === undefined ? { room: OWNER_ROOM } : { room: OWNER_ROOM / 2, used };
}

/** A new directory gets its `memory.db` at once, so that every program finds a database and not only a journal. */
async function createDatabase(files: Files, layout: Layout): Promise<void> {
  const found = files.stat(layout.database);
  if (found !== null && found.size > 0) return;
  const { image, lastSequence } = await openMemory(files, layout);
  try {
    writeDatabase(files, layout, image, lastSequence);
    installDatabase(files, layout, found).guard.close();
    makeInstalledDurable(files, layout);
  } catch (error) {
    throw unwritable(error, layout);
  } finally {
    image.close();
  }
}

async function guardDatabase(files: Files, layout: Layout): Promise<DatabaseGuard> {
  const deadlineMs = performance.now() + GUARD_WAIT_MS;
  for (;;) {
    try {
      return new DatabaseGuard(files, layout.database);
    } catch (error) {
      const isHeld = error instanceof GreeumError && error.code === 'database_in_use';
      if (!isHeld || performance.now() >= deadlineMs) throw unwritable(error, layout);
    }
    await setTimeout(GUARD_POLL_MS);
  }
}

function backUp(files: Files, layout: Layout, { image, moved }: OpenedMemory, nowMs: number): string[] {
  const notes: string[] = [];
  if (image.isMigrated) {
    const copy = backUpDatabase(files, layout, 'migrate', nowMs);
    notes.push(`memory.db was of an older kind and got what it lacked; as it was: ${copy}`);
  }
  const [first] = moved;
  if (first !== undefined) {
    const copy = backUpJournal(files, layout, nowMs);
    notes.push(
      `Another program wrote to memory.db while ${moved.length} memories waited in the journal. They stand behind ` +
        `its own now, from #${first.to.blockIndex} instead of #${first.from.blockIndex} on; the journal as it was: ${copy}`,
    );
  }
  return notes;
}

function settle(
  files: Files,
  layout: Layout,
  { image, lastSequence, epoch }: OpenedMemory,
): Pick<TakenOver, 'guard' | 'identity' | 'journal'> {
  writeDatabase(files, layout, image, lastSequence);
  const { guard, identity } = installDatabase(files, layout, identityOf(files, layout));
  try {
    makeInstalledDurable(files, layout);
    for (const { path } of listSegments(files, layout.journalFolder)) files.unlink(path);
    return { guard, identity, journal: readJournal(files, layout.journalFolder, lastSequence, epoch) };
  } catch (error) {
    guard.close();
    throw error;
  }
}

function identityOf(files: Files, layout: Layout): FileIdentity {
  const identity = files.stat(layout.database);
  if (identity === null) throw new Error('The database vanished while it was opened.');
  return identity;
}

function unwritable(error: unknown, layout: Layout): unknown {
  const cause = error instanceof GreeumError ? error.cause : error;
  const errno = errnoOf(cause);
  if (errno !== 'EACCES' && errno !== 'EROFS' && errno !== 'EPERM') return error;
  return new GreeumError('data_dir_unwritable', `${layout.folder} cannot be written to (${errno}).`, {
    hint: 'Give yourself the right to write there, or choose another data directory.',
    cause: error,
  });
}
