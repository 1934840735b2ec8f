/**
 * Every row that can still be read from a damaged SQLite file, in a new one. SQLite copies ranges of rows itself
 * (`INSERT … SELECT`, so that types stay what they are); a range that fails is halved until single rows fail alone.
 * Indexes are made anew, so damage to them costs nothing.
 */

import type { SqlJsStatic } from 'sql.js';

import { integer, Sql, text } from '../engine.js';
import { schemaOf, type SchemaEntry } from './openDamaged.js';

/** Halving an endless range of numbers that lead nowhere ends here. */
const MAX_FAILURES = 50_000;
/** Above any row number that a table without a readable end may have. */
const FAR = 2 ** 40;

export interface SalvagedTable {
  readonly table: string;
  readonly saved: number;
  /** Null: nobody knows any more. */
  readonly lost: number | null;
}

export interface SalvagedDatabase {
  readonly bytes: Uint8Array;
  readonly tables: readonly SalvagedTable[];
  /** Tables, indexes and views that could not be made again. */
  readonly problems: readonly string[];
}

/** @param damaged what `openDamaged` gave. @throws Error when nothing can be written anew */
export function salvageDatabase(sqljs: SqlJsStatic, damaged: Sql): SalvagedDatabase {
  const path = text(damaged.get('PRAGMA database_list')?.[2]);
  const sql = new Sql(sqljs, null);
  try {
    sql.script('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF');
    // Before the other file: an entry of its list of tables that makes no sense is then no reason to refuse it.
    sql.script('PRAGMA writable_schema = ON');
    sql.run('ATTACH ? AS damaged', [path]);
    const schema = schemaOf(sql, 'damaged');
    const problems: string[] = [];
    const tables: SalvagedTable[] = [];
    for (const entry of schema.filter(isPlainTable)) {
      if (create(sql, entry, problems)) tables.push(new TableCopy(sql, entry.name).run());
    }
    for (const entry of schema.filter(isVirtualTable)) {
      const values = [entry.name, entry.name, entry.sql];
      sql.run(`INSERT INTO main.sqlite_master VALUES ('table', ?, ?, 0, ?)`, values);
    }
    for (const entry of schema.filter(({ type }) => type !== 'table')) create(sql, entry, problems);
    sql.script('PRAGMA writable_schema = OFF');
    return { bytes: sql.export(), tables, problems };
  } finally {
    sql.close();
  }
}

const VIRTUAL = /^\s*CREATE\s+VIRTUAL\s+TABLE/i;

function isPlainTable({ type, sql }: SchemaEntry): boolean {
  return type === 'table' && !VIRTUAL.test(sql);
}

function isVirtualTable({ type, sql }: SchemaEntry): boolean {
  return type === 'table' && VIRTUAL.test(sql);
}

function create(sql: Sql, { type, name, sql: definition }: SchemaEntry, problems: string[]): boolean {
  try {
    sql.script(definition);
    return true;
  } catch (error) {
    problems.push(`The ${type} ${name} could not be made again (${messageOf(error)})`);
    return false;
  }
}

/** What the indexes of a table, or its two ends, say about its rows. */
interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Null where no index could be counted. */
  readonly count: number | null;
}

class TableCopy {
  readonly #sql: Sql;
  readonly #table: string;
  readonly #columns: string;
  #saved = 0;
  #failures = 0;
  /** Row numbers that led to damage. */
  #unreadable = 0;

  constructor(sql: Sql, table: string) {
    this.#sql = sql;
    this.#table = table;
    const names = sql.all(`SELECT name FROM pragma_table_info(?, 'main')`, [table]).map(([name]) => quoted(text(name)));
    this.#columns = names.join(', ');
  }

  run(): SalvagedTable {
    if (!this.#hasRowNumbers()) return this.#runByKey();
    const bounds = this.#bounds();
    const range = bounds ?? { least: 0, most: FAR };
    if (bounds === null || bounds.least <= bounds.most) this.#copy(range.least, range.most);
    return { table: this.#table, saved: this.#saved, lost: this.#lost(bounds) };
  }

  #lost(bounds: Bounds | null): number | null {
    if (typeof bounds?.count === 'number') return Math.max(0, bounds.count - this.#saved);
    const isSure = this.#unreadable === 0 && this.#failures === 0 && bounds !== null;
    return isSure ? 0 : null;
  }

  /** Halves first to last, so that a table without a known end is followed from its beginning. */
  #copy(least: number, most: number): void {
    const insert =
      `INSERT INTO main.${quoted(this.#table)} (${this.#columns}) ` +
      `SELECT ${this.#columns} FROM damaged.${quoted(this.#table)} WHERE rowid BETWEEN ? AND ?`;
    const ranges: [number, number][] = [[least, most]];
    for (let range = ranges.pop(); range !== undefined && this.#failures < MAX_FAILURES; range = ranges.pop()) {
      const [from, to] = range;
      try {
        this.#sql.run(insert, [from, to]);
        this.#saved += this.#sql.changes;
      } catch {
        // Damage somewhere in the range. Which kind does not matter: what can be read is found by halving.
        this.#failures += 1;
        if (from === to) {
          this.#unreadable += 1;
          continue;
        }
        const middle = from + Math.floor((to - from) / 2);
        ranges.push([middle + 1, to], [from, middle]);
      }
    }
  }

  #hasRowNumbers(): boolean {
    try {
      this.#sql.get(`SELECT rowid FROM main.${quoted(this.#table)} LIMIT 0`);
      return true;
    } catch {
      // A table WITHOUT ROWID; nothing else can be wrong with one that was just made.
      return false;
    }
  }

  #bounds(): Bounds | null {
    const from = `FROM damaged.${quoted(this.#table)}`;
    const counted: Bounds[] = [];
    const indexes = this.#attempt(() =>
      this.#sql.all('SELECT name FROM pragma_index_list(?, ?)', [this.#table, 'damaged']),
    );
    for (const [name] of indexes ?? []) {
      const row = this.#attempt(() =>
        this.#sql.get(`SELECT min(rowid), max(rowid), count(*) ${from} INDEXED BY ${quoted(text(name))}`),
      );
      if (row) counted.push(boundsOf(row[0], row[1], integer(row[2])));
    }
    const least = this.#attempt(() => this.#sql.get(`SELECT rowid ${from} ORDER BY rowid LIMIT 1`) ?? []);
    const most = this.#attempt(() => this.#sql.get(`SELECT rowid ${from} ORDER BY rowid DESC LIMIT 1`) ?? []);
    if (least !== null && most !== null) counted.push(boundsOf(least[0], most[0], null));
    if (counted.length === 0) return null;
    const counts = counted.map(({ count }) => count).filter((count) => count !== null);
    return {
      least: Math.min(...counted.map((bounds) => bounds.least)),
      most: Math.max(...counted.map((bounds) => bounds.most)),
      count: counts.length === 0 ? null : Math.max(...counts),
    };
  }

  /** From both ends to the damage. */
  #runByKey(): SalvagedTable {
    const names = this.#columns.split(', ');
    const insert =
      `INSERT OR IGNORE INTO main.${quoted(this.#table)} (${this.#columns}) ` +
      `VALUES (${names.map(() => '?').join(', ')})`;
    const keys = this.#sql
      .all(`SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk`, [this.#table])
      .map(([name]) => quoted(text(name)));
    let isWhole = true;
    for (const direction of ['ASC', 'DESC']) {
      const order = keys.map((key) => `${key} ${direction}`).join(', ');
      const done = this.#attempt(() => {
        const rows = this.#sql.each(`SELECT ${this.#columns} FROM damaged.${quoted(this.#table)} ORDER BY ${order}`);
        for (const row of rows) {
          this.#sql.run(insert, row);
          this.#saved += this.#sql.changes;
        }
        return true;
      });
      isWhole &&= done === true;
    }
    return { table: this.#table, saved: this.#saved, lost: isWhole ? 0 : null };
  }

  /** Null when the file does not let itself be read there. */
  #attempt<T>(read: () => T): T | null {
    try {
      return read();
    } catch {
      // Damage; the caller has another way, or does without.
      return null;
    }
  }
}

function boundsOf(least: unknown, most: unknown, count: number | null): Bounds {
  return typeof least === 'number' && typeof most === 'number' ? { least, most, count } : { least: 1, most: 0, count };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
