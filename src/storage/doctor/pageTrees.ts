/** The b-trees of an SQLite file, found without its list of tables. Source: SQLite's file format, sections 1.6 and 2.1. */

const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;
/** Rows of a tree that are looked at. */
const SAMPLED_ROWS = 20;

export type Kind = 'null' | 'integer' | 'real' | 'blob' | 'text';

export interface Tree {
  /** Page number, from 1. */
  readonly root: number;
  /** That can be reached from the root. */
  readonly pages: number;
  /** With row numbers; else an index, or a table without. */
  readonly isTable: boolean;
  /** Kinds of the columns of some of its rows. */
  readonly rows: readonly (readonly Kind[])[];
  /** One of its leaves. */
  readonly leaf: Buffer;
}

/** Trees whose root is another page than the first. A page that no other one leads to counts as a root. */
export function treesIn(file: Buffer, pageBytes: number): Tree[] {
  const pageAt = (number: number): Buffer => file.subarray((number - 1) * pageBytes, number * pageBytes);
  const count = file.length / pageBytes;
  const children = new Map<number, readonly number[]>();
  for (let number = 2; number <= count; number += 1) {
    const found = childrenOf(pageAt(number));
    if (found !== null) {
      children.set(
        number,
        found.filter((child) => child > 1 && child <= count),
      );
    }
  }
  const isChild = new Set([...children.values()].flat());
  return [...children.keys()].filter((number) => !isChild.has(number)).map((root) => treeAt(root, children, pageAt));
}

function treeAt(root: number, children: ReadonlyMap<number, readonly number[]>, pageAt: (n: number) => Buffer): Tree {
  const reached = new Set<number>([root]);
  // A set can grow while it is walked through, and holds each page once, however damaged pages point around.
  for (const number of reached) for (const child of children.get(number) ?? []) reached.add(child);
  const pages = [...reached].map(pageAt);
  const leaf = pages.find(([type]) => type === LEAF_TABLE || type === LEAF_INDEX) ?? pageAt(root);
  const isTable = leaf[0] === LEAF_TABLE;
  return { root, pages: reached.size, isTable, rows: isTable ? rowsOn(leaf) : [], leaf };
}

/** Pages below this one; null when it belongs to no tree. */
function childrenOf(page: Buffer): number[] | null {
  const type = page[0];
  if (type === LEAF_TABLE || type === LEAF_INDEX) return cellsOf(page, 8) === null ? null : [];
  if (type !== INTERIOR_TABLE && type !== INTERIOR_INDEX) return null;
  const cells = cellsOf(page, 12);
  return cells === null ? null : [...cells.map((offset) => page.readUInt32BE(offset)), page.readUInt32BE(8)];
}

/** Where the cells of a page begin; null when its header makes no sense. */
function cellsOf(page: Buffer, headerBytes: number): number[] | null {
  const count = page.readUInt16BE(3);
  const end = headerBytes + count * 2;
  if (end > page.length) return null;
  const offsets = Array.from({ length: count }, (_, index) => page.readUInt16BE(headerBytes + index * 2));
  return offsets.every((offset) => offset >= end && offset + 4 <= page.length) ? offsets : null;
}

function rowsOn(leaf: Buffer): Kind[][] {
  return (cellsOf(leaf, 8) ?? []).slice(0, SAMPLED_ROWS).map((offset) => kindsAt(leaf, offset));
}

/** A cell: length of the row, its number, then the row, which begins with the kinds of its columns. */
function kindsAt(page: Buffer, offset: number): Kind[] {
  const length = varint(page, offset);
  const number = varint(page, length.end);
  const header = varint(page, number.end);
  const end = number.end + header.value;
  const kinds: Kind[] = [];
  for (let at = header.end; at < end && at < page.length;) {
    const { value, end: next } = varint(page, at);
    kinds.push(kindOf(value));
    at = next;
  }
  return kinds;
}

function kindOf(serialType: number): Kind {
  if (serialType === 0) return 'null';
  if (serialType === 7) return 'real';
  if (serialType < 12) return 'integer';
  return serialType % 2 === 0 ? 'blob' : 'text';
}

function varint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[start + index] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return { value: value * 256 + (bytes[start + 8] ?? 0), end: start + 9 };
}
