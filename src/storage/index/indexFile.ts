/**
 * `index.db` as bytes. Derived: whoever finds it damaged builds the index again.
 *
 *     GREEUM-INDEX\n · one line of JSON · \n · zeros to a multiple of 8 · sections, each from a multiple of 8 on ·
 *     CRC-32 of all before
 *
 * The line says which blocks the index holds and how long each section is. Numbers are little-endian, as on every
 * machine that runs Node.
 */

import { crc32 } from 'node:zlib';

import type { DocumentColumns } from './documents.js';
import type { TermTableData } from './termTable.js';

const MAGIC = 'GREEUM-INDEX\n';
const ALIGNMENT = 8;
const CRC_BYTES = 4;
/** More than the line ever takes. */
const MAX_HEAD_BYTES = 4096;
/** Bytes between two yields: 1 to 5 ms, most of which is the first touch of memory. */
const READ_AT_ONCE = 1024 * 1024;

type Section = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array | Int8Array;

export interface IndexPosition {
  /** Another way of making tokens needs another index. */
  readonly tokensVersion: number;
  readonly lastBlock: number;
  readonly lastHash: string;
  /** Changes when a block is changed in place, as Python does; see `contentsMark`. */
  readonly contents: string;
}

interface Head extends IndexPosition {
  readonly lengths: readonly number[];
}

/** What is stored, each in this order. */
export interface IndexSections extends DocumentColumns, TermTableData {
  readonly counts: Uint32Array;
  readonly postings: Uint32Array;
}

const ORDER = {
  whensMs: Float64Array,
  blocks: Uint32Array,
  parents: Int32Array,
  projects: Int32Array,
  lengths: Uint16Array,
  importances: Uint8Array,
  slots: Int8Array,
  units: Uint16Array,
  starts: Uint32Array,
  sounds: Uint32Array,
  counts: Uint32Array,
  postings: Uint32Array,
} as const;
const NAMES = Object.keys(ORDER) as (keyof IndexSections)[];

export function writeIndex(position: IndexPosition, sections: IndexSections): Uint8Array {
  const lengths = NAMES.map((name) => sections[name].length);
  const head = Buffer.from(`${MAGIC}${JSON.stringify({ ...position, lengths } satisfies Head)}\n`);
  const size = NAMES.reduce((at, name) => aligned(at + sections[name].byteLength), aligned(head.length));
  const bytes = new Uint8Array(size + CRC_BYTES);
  bytes.set(head);
  let at = aligned(head.length);
  for (const name of NAMES) {
    const section: Section = sections[name];
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), at);
    at = aligned(at + section.byteLength);
  }
  new DataView(bytes.buffer).setUint32(size, crc32(bytes.subarray(0, size)), true);
  return bytes;
}

/** Where the bytes of an index are: in a file, or in memory. */
export interface IndexSource {
  readonly size: number;
  /** @returns bytes read; fewer than fit into `into` when that is all there is, or can be had */
  read(into: Uint8Array, position: number): number;
}

export function inMemory(bytes: Uint8Array): IndexSource {
  return {
    size: bytes.length,
    read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** The position alone, without a look at the rest; null when this is no index. */
export function readPosition(source: IndexSource): IndexPosition | null {
  return readHead(source)?.head ?? null;
}

/** Null when anything is not as it was written. A few milliseconds' work at a time. */
export function* readIndex(source: IndexSource): Generator<void, IndexSections | null> {
  const found = readHead(source);
  if (found === null) return null;
  let checksum = crc32(found.bytes);
  let at = found.bytes.length;
  const sections: Partial<Record<keyof IndexSections, Section>> = {};
  for (const [index, name] of NAMES.entries()) {
    const length = found.head.lengths[index] ?? 0;
    const size = aligned(length * ORDER[name].BYTES_PER_ELEMENT);
    if (at + size > source.size) return null;
    const bytes = new Uint8Array(size);
    for (let from = 0; from < size; from += READ_AT_ONCE) {
      const part = bytes.subarray(from, from + READ_AT_ONCE);
      if (source.read(part, at + from) !== part.length) return null;
      checksum = crc32(part, checksum);
      yield;
    }
    sections[name] = new ORDER[name](bytes.buffer, 0, length);
    at += size;
  }
  const stored = new Uint8Array(CRC_BYTES);
  const isWhole = source.size === at + CRC_BYTES && source.read(stored, at) === CRC_BYTES;
  return isWhole && new DataView(stored.buffer).getUint32(0, true) === checksum ? (sections as IndexSections) : null;
}

/** @returns the line, and all bytes before the first section */
function readHead(source: IndexSource): { head: Head; bytes: Uint8Array } | null {
  const beginning = new Uint8Array(Math.min(source.size, MAX_HEAD_BYTES));
  if (source.read(beginning, 0) !== beginning.length) return null;
  const lineEnd = beginning.indexOf(0x0a, MAGIC.length);
  const end = aligned(lineEnd + 1);
  if (lineEnd < 0 || end > beginning.length) return null;
  const line = Buffer.from(beginning.subarray(0, lineEnd)).toString('utf8');
  if (!line.startsWith(MAGIC)) return null;
  try {
    const head = JSON.parse(line.slice(MAGIC.length)) as Head;
    const isHead = Number.isSafeInteger(head.lastBlock) && Array.isArray(head.lengths) && head.lengths.every(isLength);
    return isHead ? { head, bytes: beginning.subarray(0, end) } : null;
  } catch {
    // Not our line: not our file.
    return null;
  }
}

function isLength(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
