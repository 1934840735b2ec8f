/**
 * The rows of a memory as entries of a team's log. The same rows give the same entries, so whoever was interrupted
 * compares what is there with what would be written, and goes on after the last of them.
 */

import type { Change, RowWrite, SqlValue, TableName } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import { isNumbered, SHARED_TABLES, type LogEntry, type LogHead, type TeamLog } from '../protocol/teamLog.js';
import type { TableRows } from '../storage/tableRows.js';

const ENTRY_ROWS = 200;
const ENTRY_CHARACTERS = 1_000_000;
const BATCH_ENTRIES = 10;
const BATCH_CHARACTERS = 4_000_000;
/** Entries may be large. */
const READ_ENTRIES = 20;

/** A machine that follows the log meanwhile sees a memory when all that belongs to it is there. */
const LAST_TABLES: readonly TableName[] = ['blocks', 'greeum_slots'];
const ORDER = [...SHARED_TABLES.filter((table) => !LAST_TABLES.includes(table)), ...LAST_TABLES];

export interface MoveEvents {
  /** Called before each step. @throws whatever is to end it */
  goOn(): void;
  onRows(count: number): void;
}

export interface Moved {
  readonly head: LogHead;
  /** Entries that were there. */
  readonly found: number;
}

/** An entry, and how much room it takes. */
interface Portion {
  readonly change: Change;
  readonly text: string;
}

/** @throws GreeumError `storage_mismatch` for a log that holds anything else, and what a log throws */
export async function moveRows(rows: TableRows, log: TeamLog, events: MoveEvents): Promise<Moved> {
  const { memoryId, seq: found } = await log.connect();
  const portions = portionsOf(rows);
  await passFound(portions, log, found, events);
  let seq = found;
  for (const batch of batchesOf(portions)) {
    events.goOn();
    const at = seq;
    await log.append(
      () => at,
      (missed, head) => {
        if (missed.length > 0 || head.memoryId !== memoryId) throw holdsAnother(log.place);
        return batch;
      },
    );
    seq += batch.length;
    for (const change of batch) events.onRows(change.rows.length);
  }
  return { head: { memoryId, seq }, found };
}

/** Whether an interrupted run left what is there. @throws GreeumError `storage_mismatch`, and what a log throws */
export async function assertResumable(rows: TableRows, log: TeamLog, found: number, events: MoveEvents): Promise<void> {
  await passFound(portionsOf(rows), log, found, events);
}

async function passFound(
  portions: Iterator<Portion, void>,
  log: TeamLog,
  found: number,
  events: MoveEvents,
): Promise<void> {
  let seq = 0;
  while (seq < found) {
    events.goOn();
    const entries = (await log.after(seq, READ_ENTRIES)).filter((entry) => entry.seq <= found);
    if (entries.length === 0) throw holdsAnother(log.place);
    for (const entry of entries) {
      seq += 1;
      if (!isEqual(entry, seq, portions.next())) throw holdsAnother(log.place);
      events.onRows(entry.rows.length);
    }
  }
}

function isEqual(entry: LogEntry, seq: number, next: IteratorResult<Portion, void>): boolean {
  return next.done !== true && entry.seq === seq && JSON.stringify(entry.rows) === next.value.text;
}

function* portionsOf(rows: TableRows): Generator<Portion, void> {
  for (const table of ORDER) {
    for (const page of rows.pages(table, ENTRY_ROWS, 'written')) yield* portionsOfPage(table, page);
  }
}

function* portionsOfPage(table: TableName, page: readonly SqlValue[][]): Generator<Portion, void> {
  let writes: RowWrite[] = [];
  let characters = 0;
  for (const values of page) {
    const write = writeOf(table, values);
    const size = JSON.stringify(write).length;
    if (writes.length > 0 && characters + size > ENTRY_CHARACTERS) {
      yield portion(writes);
      writes = [];
      characters = 0;
    }
    writes.push(write);
    characters += size;
  }
  yield portion(writes);
}

function portion(rows: RowWrite[]): Portion {
  return { change: { rows }, text: JSON.stringify(rows) };
}

/** Every store has its slots from the beginning. */
function writeOf(table: TableName, values: readonly SqlValue[]): RowWrite {
  if (table === 'greeum_slots') return ['put', table, values];
  return ['insert', table, isNumbered(table) ? [null, ...values.slice(1)] : values];
}

/** Goes on where the iterator stands, unlike `for … of`, which would close it. */
function* batchesOf(portions: Iterator<Portion, void>): Generator<Change[], void> {
  let batch: Change[] = [];
  let characters = 0;
  for (let next = portions.next(); next.done !== true; next = portions.next()) {
    const { change, text } = next.value;
    if (batch.length === BATCH_ENTRIES || (batch.length > 0 && characters + text.length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(change);
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}

export function holdsAnother(place: string): GreeumError {
  return new GreeumError('storage_mismatch', `The database at ${place} holds a memory that is not this one.`, {
    hint: 'Choose an empty one, or another schema by ?schema=NAME. To join that memory, use an empty data directory.',
  });
}
