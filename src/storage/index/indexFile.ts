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
/** Bytes between two yields: about 2 ms. */
const CHECKED_AT_ONCE = 4 * 1024 * 1024;

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

/** The position alone, without a look at the rest; null when these bytes are no index. */
export function readPosition(bytes: Uint8Array): IndexPosition | null {
  return readHead(bytes)?.head ?? null;
}

/** Null when anything is not as it was written. Sections are copies. A few milliseconds' work at a time. */
export function* readIndex(bytes: Uint8Array): Generator<void, IndexSections | null> {
  const found = readHead(bytes);
  const end = bytes.length - CRC_BYTES;
  if (found === null || end < 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let checksum = 0;
  for (let from = 0; from < end; from += CHECKED_AT_ONCE) {
    checksum = crc32(bytes.subarray(from, Math.min(end, from + CHECKED_AT_ONCE)), checksum);
    yield;
  }
  if (view.getUint32(end, true) !== checksum) return null;
  let at = found.end;
  const sections: Partial<Record<keyof IndexSections, Section>> = {};
  for (const [index, name] of NAMES.entries()) {
    yield;
    const type = ORDER[name];
    const byteLength = (found.head.lengths[index] ?? 0) * type.BYTES_PER_ELEMENT;
    // Not `slice`: a Buffer's is a view of memory that holds other things as well.
    const copy = new Uint8Array(bytes.subarray(at, at + byteLength));
    if (copy.length !== byteLength) return null;
    sections[name] = new type(copy.buffer);
    at = aligned(at + byteLength);
  }
  return sections as IndexSections;
}

function readHead(bytes: Uint8Array): { head: Head; end: number } | null {
  const lineEnd = bytes.indexOf(0x0a, MAGIC.length);
  if (lineEnd < 0 || Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) return null;
  try {
    const head = JSON.parse(Buffer.from(bytes.subarray(MAGIC.length, lineEnd)).toString('utf8')) as Head;
    const isHead = Number.isSafeInteger(head.lastBlock) && Array.isArray(head.lengths);
    return isHead ? { head, end: aligned(lineEnd + 1) } : null;
  } catch {
    // Not our line: not our file.
    return null;
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
