/** sql.js behind a small typed surface: a database in memory, statements prepared once, no `any`. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import initSqlJs, { type Database as SqlJsDatabase, type SqlJsStatic, type Statement } from 'sql.js';

import type { Blob, SqlValue } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import type { UsedMemory } from './files.js';

/** A value as SQLite gives it back. */
export type Cell = number | string | Uint8Array | null;
/** A value as it can be bound. */
export type Bindable = SqlValue | Uint8Array;

let engine: Promise<SqlJsStatic> | null = null;

/** Compiles the WebAssembly once a thread. */
export function loadEngine(): Promise<SqlJsStatic> {
  engine ??= withWholeTexts(() => initSqlJs({ wasmBinary: new Uint8Array(readFileSync(wasmPath())).buffer }));
  return engine;
}

/**
 * sql.js makes its decoder of texts while it starts, and a decoder drops a U+FEFF at the beginning unless it is told
 * otherwise: a memory would lose its first character, and no longer be what its hash says.
 */
function withWholeTexts<T>(start: () => T): T {
  const original = globalThis.TextDecoder;
  class WholeTextDecoder extends original {
    constructor(label?: string) {
      super(label, { ignoreBOM: true });
    }
  }
  globalThis.TextDecoder = WholeTextDecoder;
  try {
    return start();
  } finally {
    globalThis.TextDecoder = original;
  }
}

/** In an SQLite file's header: four bytes that are the application's, and that nothing here uses. */
const USER_VERSION_OFFSET = 60;

/** Beside the bundle; in a source checkout, in the package. */
function wasmPath(): string {
  const bundled = join(__dirname, 'sql-wasm.wasm');
  return existsSync(bundled) ? bundled : require.resolve('sql.js/dist/sql-wasm.wasm');
}

/**
 * Something broke off in the middle of SQLite's own code: no memory for its file, or a trap of WebAssembly. Nothing that
 * this database says can be believed from then on, so every later statement fails with the same.
 */
export class EngineFailure extends GreeumError {
  constructor(cause: unknown) {
    super('internal', 'SQLite broke off in the middle of its work. The worker restarts.', {
      retry: 'after-reconnect',
      hint: 'Nothing of this was written. Try again: another worker, or the local path, takes over.',
      cause,
    });
  }
}

/** One open database. Not reentrant: a statement's rows are read to the end before it is used again. */
export class Sql {
  readonly #db: SqlJsDatabase;
  /** What the database was opened in, and lives in until it has outgrown it. */
  readonly #memory: Uint8Array | null;
  readonly #statements = new Map<string, Statement>();
  #failure: EngineFailure | null = null;
  /** Told once. */
  onFailure: (failure: EngineFailure) => void = () => undefined;

  /**
   * @param bytes an SQLite file, or null for an empty database. Where the size in its header is valid, the buffer may
   * go on behind the last page: the database grows into that room. sql.js would move it all to a larger buffer each
   * time it has grown by an eighth, and whoever writes then waits: 100 ms to a second for 300 MB.
   */
  constructor(sqljs: SqlJsStatic, bytes: Uint8Array | null) {
    this.#memory = bytes;
    this.#db = new sqljs.Database(bytes);
  }

  /** Runs one statement that returns no rows. */
  run(sql: string, values: readonly Bindable[] = []): void {
    const bound = values.map(toBindable);
    try {
      this.#statement(sql).run(bound);
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** Runs several statements without parameters. */
  script(sql: string): void {
    this.#db.exec(sql);
  }

  /** The first row, or undefined. */
  get(sql: string, values: readonly Bindable[] = []): Cell[] | undefined {
    const bound = values.map(toBindable);
    const statement = this.#statement(sql);
    try {
      statement.bind(bound);
      return statement.step() ? statement.get() : undefined;
    } catch (error) {
      throw this.#told(error);
    } finally {
      if (this.#failure === null) statement.reset();
    }
  }

  all(sql: string, values: readonly Bindable[] = []): Cell[][] {
    return [...this.each(sql, values)];
  }

  /** Row by row, for results that are large. The caller reads to the end, or stops with `break`. */
  *each(sql: string, values: readonly Bindable[] = []): Generator<Cell[]> {
    const bound = values.map(toBindable);
    const statement = this.#statement(sql);
    try {
      statement.bind(bound);
      while (statement.step()) yield statement.get();
    } catch (error) {
      throw this.#told(error);
    } finally {
      if (this.#failure === null) statement.reset();
    }
  }

  /** Rows changed by the latest insert, update or delete. */
  get changes(): number {
    return this.#db.getRowsModified();
  }

  /** The whole database as an SQLite file, copied. */
  export(): Uint8Array {
    return this.#db.export();
  }

  /**
   * The whole database as an SQLite file, for use before the next write: where it still lives in the bytes that it was
   * opened in, they are handed out themselves. Not within a transaction.
   */
  file(): Uint8Array {
    if (this.#memory === null || !this.#livesIn(this.#memory)) return this.export();
    const bytes = integer(this.get('PRAGMA page_count')?.[0]) * integer(this.get('PRAGMA page_size')?.[0]);
    return this.#memory.subarray(0, bytes);
  }

  /** Nothing in sql.js says whether its file is still this array. So it is asked to leave a mark in its header. */
  #livesIn(memory: Uint8Array): boolean {
    const header = new DataView(memory.buffer, memory.byteOffset);
    const version = header.getInt32(USER_VERSION_OFFSET);
    const mark = version ^ 1;
    this.script(`PRAGMA user_version = ${mark}`);
    const isThere = header.getInt32(USER_VERSION_OFFSET) === mark;
    this.script(`PRAGMA user_version = ${version}`);
    return isThere;
  }

  /** Closes it. @returns the memory it lived in, for another database to be read into; undefined where it has outgrown it */
  recycle(): UsedMemory | undefined {
    const memory = this.#memory;
    const bytes = memory !== null && this.#livesIn(memory) ? this.file().length : null;
    this.close();
    if (memory === null || bytes === null || !(memory.buffer instanceof ArrayBuffer)) return undefined;
    return memory.byteOffset === 0 ? { memory: memory.buffer, bytes } : undefined;
  }

  close(): void {
    this.onFailure = () => undefined;
    this.#statements.clear();
    this.#db.close();
  }

  /** What SQLite or sql.js refuses they tell with a plain error, or a string; any other class came from within. */
  #told(error: unknown): unknown {
    if (this.#failure !== null || !(error instanceof Error) || error.constructor === Error) return error;
    this.#failure = new EngineFailure(error);
    this.onFailure(this.#failure);
    return this.#failure;
  }

  #statement(sql: string): Statement {
    if (this.#failure !== null) throw this.#failure;
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function toBindable(value: Bindable): Cell {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? fromBlob(value) : value;
}

function fromBlob(blob: Blob): Uint8Array {
  return new Uint8Array(Buffer.from(blob.base64, 'base64'));
}

export function text(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : String(cell);
}

export function textOrNull(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : text(cell);
}

export function integer(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : Number(cell ?? 0);
}

export function integerOrNull(cell: Cell | undefined): number | null {
  return cell === null || cell === undefined ? null : integer(cell);
}
