/** Where a copy of a team's memory stands in the log, and how it is told that the two do not belong together. */

import type { Change, RowWrite } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import type { LogHead } from '../protocol/teamLog.js';

/** In `greeum_state`, written with every change that the copy takes in. */
export interface Position {
  readonly memory: string;
  readonly seq: number;
  /** The newest block then; null: none. By it a file that another program wrote to is told. */
  readonly block: Block | null;
}

export interface Block {
  readonly blockIndex: number;
  readonly hash: string;
}

/** What a data directory has. */
export interface Holdings {
  readonly position: Position | null;
  readonly blockCount: number;
  readonly newestBlock: Block | null;
}

/** @throws GreeumError `storage_mismatch` for what we never wrote */
export function positionOf(state: string | null): Position | null {
  if (state === null) return null;
  try {
    const { memory, seq, block } = JSON.parse(state) as Partial<Position>;
    if (typeof memory === 'string' && Number.isSafeInteger(seq) && block !== undefined) {
      return { memory, seq: Number(seq), block };
    }
  } catch {
    // Said below.
  }
  throw unreadable();
}

export function stateRow(position: Position): RowWrite {
  return ['put', 'greeum_state', ['team', JSON.stringify(position)]];
}

/** Null: the change adds none. */
export function newestOf({ rows }: Change): Block | null {
  const blocks = rows.filter((row) => row[0] === 'insert' && row[1] === 'blocks');
  const [, , values] = blocks.at(-1) ?? [];
  return Array.isArray(values) ? { blockIndex: Number(values[0]), hash: String(values[4]) } : null;
}

/**
 * Null: the directory is a copy of this memory, or may become one.
 * @param known the last entry that was here when the head was asked for
 */
export function mismatchOf(holdings: Holdings, head: LogHead, known: number): GreeumError | null {
  const { position, blockCount, newestBlock } = holdings;
  if (position === null) return blockCount > 0 ? hasItsOwn() : null;
  if (position.memory !== head.memoryId) return anotherMemory();
  if (known > head.seq) return older(known, head.seq);
  return newestBlock?.hash === position.block?.hash ? null : writtenTo();
}

/** For a writer that was given no log. */
export function isCopy(): GreeumError {
  return mismatch(
    "This data directory is a copy of a team's memory, and no database is named.",
    'Set GREEUM_STORAGE_URL, or greeum.storage.url in VS Code. Reading works without it.',
  );
}

export function gap(): GreeumError {
  return mismatch('The log in the database lacks an entry.', 'Restore it from a backup. Nothing was written here.');
}

export function differs(cause: unknown): GreeumError {
  return new GreeumError('storage_mismatch', "A change of the team's log does not fit this copy of it.", {
    hint: 'Let an empty data directory become a new copy; please report this.',
    cause,
  });
}

function unreadable(): GreeumError {
  return mismatch(
    "Where this copy of a team's memory stands in the log cannot be read.",
    'Let an empty data directory become a new copy.',
  );
}

function hasItsOwn(): GreeumError {
  return mismatch(
    "This data directory has memories of its own, which the team's database does not have.",
    'Take another data directory for the team; "greeum migrate" makes a team\'s memory of this one.',
  );
}

function anotherMemory(): GreeumError {
  return mismatch(
    'This data directory is a copy of another memory than the one in the database.',
    'Each memory has its data directory: set GREEUM_DATA_DIR to another one.',
  );
}

function older(here: number, there: number): GreeumError {
  return mismatch(
    `The database is older than this copy of it: it ends at entry ${there}, and the copy at ${here}.`,
    'It was restored from a backup, or a standby without the newest entries took over. This copy has them: "greeum export" gets them out.',
  );
}

function writtenTo(): GreeumError {
  return mismatch(
    "Another program wrote to memory.db, which is a copy of a team's memory.",
    'Bring what it wrote over with "greeum export" and "greeum import", and let an empty data directory become a new copy.',
  );
}

function mismatch(message: string, hint: string): GreeumError {
  return new GreeumError('storage_mismatch', message, { hint });
}
