/**
 * A new first page for a file whose own is destroyed. It held the list of tables and where each begins; the rows are
 * on the other pages, in trees whose roots no other page points at. What table a tree is, is told by its rows: how many
 * columns they have, and of which kinds. Source: SQLite's file format, sections 1.6 and 2.1.
 */

import type { SqlJsStatic } from 'sql.js';

import { integer, Sql, text } from '../engine.js';
import { ensureSchema } from '../schema.js';
import { treesIn, type Kind, type Tree } from './pageTrees.js';

interface TableShape {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly ColumnShape[];
}

interface ColumnShape {
  readonly kind: string;
  /** Its value is the row's number, and null in the row itself. */
  readonly isRowNumber: boolean;
  readonly isRequired: boolean;
}

/** By table: where its tree begins. */
type Roots = ReadonlyMap<TableShape, number>;

export interface Relisted {
  /** A database without indexes and views. */
  readonly bytes: Uint8Array;
  /** Of rows that belong to no table now, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * @param pageBytes a power of two from 512
 * @returns null when there is no table of memories in it
 */
export function withNewFirstPage(sqljs: SqlJsStatic, bytes: Uint8Array, pageBytes: number): Relisted | null {
  const file = Buffer.alloc(Math.ceil(bytes.length / pageBytes) * pageBytes);
  file.set(bytes);
  const trees = treesIn(file, pageBytes);
  const shapes = shapesOfTables(sqljs);
  const roots = rootsOfTables(trees, shapes);
  if (![...roots.keys()].some(({ name }) => name === 'blocks')) return null;
  file.set(emptyFirstPage(sqljs, pageBytes, file.length / pageBytes));
  const listed = withTables(sqljs, file, roots);
  const areSwapped = areTagsAndKeywordsSwapped(sqljs, listed);
  return {
    bytes: areSwapped ? withTables(sqljs, file, swapped(roots)) : listed,
    problems: leftOver(trees, shapes, new Set(roots.values())),
  };
}

function leftOver(trees: readonly Tree[], shapes: readonly TableShape[], used: ReadonlySet<number>): string[] {
  return trees.flatMap((tree) => {
    const shape = used.has(tree.root) ? undefined : shapes.find((candidate) => isOf(tree, candidate));
    if (shape === undefined) return [];
    return [
      `${shape.name}: rows from page ${tree.root} on were deleted once, or are lost with the page that led to them.`,
    ];
  });
}

/** The larger tree first: of what was deleted there may be smaller ones that look the same. */
function rootsOfTables(trees: readonly Tree[], shapes: readonly TableShape[]): Roots {
  const roots = new Map<TableShape, number>();
  for (const tree of [...trees].sort((a, b) => b.pages - a.pages)) {
    const shape = shapes.find((candidate) => !roots.has(candidate) && isOf(tree, candidate));
    if (shape !== undefined) roots.set(shape, tree.root);
  }
  return roots;
}

function isOf({ isTable, rows, leaf }: Tree, { name, columns }: TableShape): boolean {
  // Among the indexes is one table, which has no row numbers and says in plain words what it is.
  if (!isTable) return name === 'greeum_state' && leaf.includes('format_version');
  const areOfThisTable = (kinds: readonly Kind[]): boolean =>
    kinds.length === columns.length && columns.every((column, index) => fits(kinds[index], column));
  return rows.length > 0 && rows.every(areOfThisTable);
}

function fits(kind: Kind | undefined, { kind: wanted, isRowNumber, isRequired }: ColumnShape): boolean {
  if (isRowNumber) return kind === 'null';
  if (kind === 'null') return !isRequired;
  return kind === wanted || (kind === 'integer' && wanted === 'real');
}

function shapesOfTables(sqljs: SqlJsStatic): TableShape[] {
  const sql = new Sql(sqljs, null);
  try {
    ensureSchema(sql);
    const tables = sql.all(`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`);
    return tables.map(([name, definition]) => {
      const columns = sql.all('SELECT type, pk, "notnull" FROM pragma_table_info(?)', [text(name)]);
      return {
        name: text(name),
        sql: text(definition),
        columns: columns.map(([type, key, isRequired]) => ({
          kind: text(type).toLowerCase(),
          isRowNumber: integer(key) > 0 && type === 'INTEGER',
          isRequired: integer(isRequired) > 0 || integer(key) > 0,
        })),
      };
    });
  } finally {
    sql.close();
  }
}

/** Of a database that has nothing on its other pages, as far as it knows. */
function emptyFirstPage(sqljs: SqlJsStatic, pageBytes: number, pages: number): Buffer {
  const sql = new Sql(sqljs, null);
  try {
    sql.script(`PRAGMA page_size = ${pageBytes}; CREATE TABLE t (c); DROP TABLE t; VACUUM`);
    const page = Buffer.from(sql.export().subarray(0, pageBytes));
    page.writeUInt32BE(pages, 28);
    page.copy(page, 92, 24, 28);
    return page;
  } finally {
    sql.close();
  }
}

function withTables(sqljs: SqlJsStatic, file: Uint8Array, roots: Roots): Uint8Array {
  const sql = new Sql(sqljs, Uint8Array.from(file));
  try {
    sql.script('PRAGMA writable_schema = ON');
    for (const [{ name, sql: definition }, root] of roots) {
      sql.run(`INSERT INTO sqlite_master VALUES ('table', ?, ?, ?, ?)`, [name, name, root, definition]);
    }
    return sql.export();
  } finally {
    sql.close();
  }
}

/** Both tables have three columns of the same kinds; keywords are words of the memory's text, most tags are not. */
function areTagsAndKeywordsSwapped(sqljs: SqlJsStatic, bytes: Uint8Array): boolean {
  const sql = new Sql(sqljs, bytes);
  const share = (table: string, column: string): number | null => {
    try {
      const row = sql.get(
        `SELECT count(*), sum(instr(lower(context), lower(${column})) > 0)
         FROM (SELECT * FROM ${table} NOT INDEXED LIMIT 500) JOIN blocks USING (block_index)`,
      );
      return integer(row?.[0]) === 0 ? null : integer(row?.[1]) / integer(row?.[0]);
    } catch {
      // There is no such table, or what is on its pages is damaged too.
      return null;
    }
  };
  try {
    sql.script('PRAGMA writable_schema = ON');
    const keywords = share('block_keywords', 'keyword');
    const tags = share('block_tags', 'tag');
    return tags === null ? (keywords ?? 1) < 0.5 : tags > (keywords ?? 0);
  } finally {
    sql.close();
  }
}

function swapped(roots: Roots): Roots {
  const shapes = [...roots.keys()];
  const other = (name: string): string =>
    name === 'block_tags' ? 'block_keywords' : name === 'block_keywords' ? 'block_tags' : name;
  const rootOf = (name: string): number | undefined => [...roots].find(([shape]) => shape.name === name)?.[1];
  return new Map(
    shapes.flatMap((shape) => {
      const root = rootOf(other(shape.name));
      return root === undefined ? [] : [[shape, root] as const];
    }),
  );
}
