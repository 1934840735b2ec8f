/**
 * The memory of a team: one log of changes in a database that all machines share. Each machine has the whole memory
 * in its own data directory and follows the log; see `docs/team.md`. `dist/team.js` is loaded only where a URL names
 * such a database.
 */

import { TABLE_COLUMNS, type Change, type SqlValue, type TableName } from './change.js';

/** Where the log is. Crosses threads; the password is in no other field. */
export interface StorageOptions {
  /** `postgres://user@host:5432/database?sslmode=…`; may hold the password. */
  url: string;
  /** Used where the URL has none. */
  password?: string | undefined;
  /** What becomes of a new memory while the database cannot be reached. Default: `refuse`. */
  whenUnreachable?: WhenUnreachable | undefined;
}

/** An error at once, or accepted on this machine and delivered when the database is back. */
export const WHEN_UNREACHABLE = ['refuse', 'queue'] as const;
export type WhenUnreachable = (typeof WHEN_UNREACHABLE)[number];

/** One change, as whoever wrote it decided it. */
export interface LogEntry extends Change {
  /** From 1 on, without gaps. */
  readonly seq: number;
}

/** Tables that each machine keeps for itself. */
const LOCAL_TABLES: readonly TableName[] = ['greeum_state', 'consolidation_queue'];

export function isShared(table: TableName): boolean {
  return !LOCAL_TABLES.includes(table);
}

export const SHARED_TABLES = (Object.keys(TABLE_COLUMNS) as TableName[]).filter(isShared);

/** Its rows are numbered by each store for itself, where a row brings no number. */
export function isNumbered(table: TableName): boolean {
  return TABLE_COLUMNS[table][0] === 'id';
}

/** Without the rows that each machine keeps for itself. */
export function sharedPart(change: Change): Change {
  return { rows: change.rows.filter((row) => isShared(row[1])) };
}

export interface LogHead {
  /** Made once for each memory; tells one from another. */
  readonly memoryId: string;
  /** Of the newest entry; 0: there is none. */
  readonly seq: number;
}

export interface TeamLog {
  /** Host, port, database and schema, fit to be shown: no user and no password. */
  readonly place: string;
  /**
   * Makes the tables where they are missing. Like the others it tries once.
   * @throws GreeumError `storage_unreachable`, `storage_refused`, `storage_mismatch`, `newer_format`
   */
  connect(): Promise<LogHead>;
  /** Entries after `seq`, in order. @throws GreeumError as {@link connect} */
  after(seq: number, limit: number): Promise<LogEntry[]>;
  /**
   * One transaction, in which nobody else appends; it is on the server's disk when this resolves.
   * @param after the last entry that the caller has, at the moment when the head is locked
   * @param plan is given what the caller lacks, and returns what is to be appended. When it throws, nothing is.
   * @returns the sequence of the first of them
   * @throws GreeumError as {@link connect}, with the outcome `unknown` when the way was lost at the end
   */
  append(after: () => number, plan: (missed: readonly LogEntry[], head: LogHead) => readonly Change[]): Promise<number>;
  /**
   * Calls `onNews` when somebody has appended, where the engine tells, with the last sequence; null after a lost
   * connection, when nobody told.
   */
  listen(onNews: (seq: number | null) => void): Promise<void>;
  close(): Promise<void>;
}

/** A row as both stores can give it: in the order of `TABLE_COLUMNS`, without a number of its own, blobs as base64. */
export type PlainRow = readonly (string | number | null)[];

export function plainRow(table: TableName, values: readonly SqlValue[]): PlainRow {
  return (isNumbered(table) ? values.slice(1) : values).map(plainValue);
}

export function plainValue(value: SqlValue): string | number | null {
  return typeof value === 'object' && value !== null ? value.base64 : value;
}

/** The database as of one moment, whatever is written meanwhile. */
export interface TeamSnapshot {
  readonly head: LogHead;
  /** In the order of the primary key, by its bytes; some at a time. */
  rows(table: TableName): AsyncIterable<readonly PlainRow[]>;
}

/** The log and what it has led to, for whoever moves a memory there or back. */
export interface TeamDatabase extends TeamLog {
  /**
   * Makes nothing. Null: no memory is there, and `connect` may make one.
   * @throws GreeumError as {@link TeamLog.connect}
   */
  look(): Promise<LogHead | null>;
  /** @throws GreeumError as {@link TeamLog.connect}, and what `work` throws */
  snapshot(work: (snapshot: TeamSnapshot) => Promise<void>): Promise<void>;
}

/** What `dist/team.js` exports. */
export interface TeamModule {
  /** Connects to nothing yet. @throws GreeumError `invalid_storage_url` */
  openTeamLog(options: StorageOptions): TeamDatabase;
  /** Why the database could not take this row, as the end of a sentence; null: it can. */
  unfit(table: TableName, values: readonly SqlValue[]): string | null;
}
