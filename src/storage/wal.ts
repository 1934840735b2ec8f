/**
 * Reads a write-ahead log that another SQLite program left behind (`memory.db-wal`): pages that are committed and not
 * in the database file yet. Source: SQLite's file format, "The Write-Ahead Log" and its checksum algorithm.
 *
 *     header, 32 bytes: magic, version, page size, checkpoint number, salt 1, salt 2, checksum of these (8 bytes)
 *     frame, 24 bytes and a page: page number, size of the database in pages if it commits (else 0), salts, checksum
 *
 * SQLite takes the log for ended at the first frame that is not right, whatever the reason. We only take it for ended
 * where a program that was killed can have ended it: in the middle of a frame, or before frames of an earlier round
 * (older salts). A whole frame of this round whose checksum is wrong was damaged, and then nothing is touched.
 */

import { GreeumError } from '../protocol/errors.js';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const MAGIC_BIG_ENDIAN = 0x377f0683;
const VERSION = 3_007_000;
const CHECKSUM_OFFSET = 24;
const SALT_OFFSET = 16;
/** Of a frame's header: what its checksum covers, with the page behind it. */
const SUMMED_FRAME_BYTES = 8;
const FRAME_SALT_OFFSET = 8;
const FRAME_CHECKSUM_OFFSET = 16;
/** The first salt grows by one each round: no program was killed in so many rounds of one file. */
const OLD_ROUNDS = 0x00ff_ffff;

export interface WalPages {
  readonly pageSize: number;
  /** Size of the database after the last commit. */
  readonly pageCount: number;
  /** The newest committed content of each page, by its number from 1 on. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

type Sum = readonly [number, number];

/**
 * The committed pages; null when no transaction was committed.
 * @param path for messages
 * @throws GreeumError `wal_damaged`
 */
export function readWal(bytes: Uint8Array, path: string): WalPages | null {
  const { pages, problem } = readIntactWal(bytes, path);
  if (problem !== null) throw problem;
  return pages;
}

export interface IntactWal {
  readonly pages: WalPages | null;
  /** `wal_damaged`: there is more in the log, and nobody can tell what. */
  readonly problem: GreeumError | null;
}

/** The pages that were committed before the first frame that is not right: what SQLite itself would read. */
export function readIntactWal(bytes: Uint8Array, path: string): IntactWal {
  const log = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const committed = new Map<number, Uint8Array>();
  const open = new Map<number, Uint8Array>();
  let pageCount = 0;
  let pageSize = 0;
  let problem: GreeumError | null = null;
  if (log.length < HEADER_BYTES + FRAME_HEADER_BYTES) return { pages: null, problem };
  try {
    const header = readHeader(log, path);
    pageSize = header.pageSize;
    for (const frame of frames(log, header, path)) {
      open.set(frame.page, frame.content);
      if (frame.pagesAfterCommit === 0) continue;
      for (const [page, content] of open) committed.set(page, content);
      open.clear();
      pageCount = frame.pagesAfterCommit;
    }
  } catch (error) {
    if (!(error instanceof GreeumError)) throw error;
    problem = error;
  }
  if (pageCount === 0) return { pages: null, problem };
  for (const page of committed.keys()) if (page > pageCount) committed.delete(page);
  return { pages: { pageSize, pageCount, pages: committed }, problem };
}

/** The database with these pages in it; one that is in neither is zeros. */
export function overlayPages(bytes: Uint8Array, { pageSize, pageCount, pages }: WalPages): Uint8Array {
  const merged = new Uint8Array(pageCount * pageSize);
  merged.set(bytes.subarray(0, merged.length));
  for (const [page, content] of pages) merged.set(content, (page - 1) * pageSize);
  return merged;
}

interface Header {
  readonly isBigEndian: boolean;
  readonly pageSize: number;
  readonly salts: Buffer;
  readonly sum: Sum;
}

function readHeader(log: Buffer, path: string): Header {
  const magic = log.readUInt32BE(0);
  const isBigEndian = magic === MAGIC_BIG_ENDIAN;
  const pageSize = log.readUInt32BE(8);
  const isPageSize = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  if ((!isBigEndian && magic !== MAGIC_LITTLE_ENDIAN) || log.readUInt32BE(4) !== VERSION || !isPageSize) {
    throw damaged(path, 0);
  }
  const sum = checksum([0, 0], log.subarray(0, CHECKSUM_OFFSET), isBigEndian);
  if (!isSum(log, CHECKSUM_OFFSET, sum)) throw damaged(path, 0);
  return { isBigEndian, pageSize, salts: log.subarray(SALT_OFFSET, CHECKSUM_OFFSET), sum };
}

interface WalFrame {
  readonly page: number;
  /** 0: the transaction goes on. */
  readonly pagesAfterCommit: number;
  readonly content: Uint8Array;
}

function* frames(log: Buffer, header: Header, path: string): Generator<WalFrame> {
  const frameBytes = FRAME_HEADER_BYTES + header.pageSize;
  let sum = header.sum;
  let offset = HEADER_BYTES;
  for (; offset + frameBytes <= log.length && isThisRound(log, offset, header); offset += frameBytes) {
    const content = log.subarray(offset + FRAME_HEADER_BYTES, offset + frameBytes);
    sum = checksum(sum, log.subarray(offset, offset + SUMMED_FRAME_BYTES), header.isBigEndian);
    sum = checksum(sum, content, header.isBigEndian);
    const page = log.readUInt32BE(offset);
    if (page === 0 || !isSum(log, offset + FRAME_CHECKSUM_OFFSET, sum)) throw damaged(path, offset);
    yield { page, pagesAfterCommit: log.readUInt32BE(offset + 4), content };
  }
  for (; offset + frameBytes <= log.length; offset += frameBytes) {
    if (!isEarlierRound(log, offset, header)) throw damaged(path, offset);
  }
}

function isThisRound(log: Buffer, offset: number, { salts }: Header): boolean {
  return log.subarray(offset + FRAME_SALT_OFFSET, offset + FRAME_CHECKSUM_OFFSET).equals(salts);
}

function isEarlierRound(log: Buffer, offset: number, { salts }: Header): boolean {
  const roundsAgo = (salts.readUInt32BE(0) - log.readUInt32BE(offset + FRAME_SALT_OFFSET)) >>> 0;
  return roundsAgo > 0 && roundsAgo < OLD_ROUNDS;
}

function checksum([first, second]: Sum, bytes: Buffer, isBigEndian: boolean): Sum {
  let a = first;
  let b = second;
  for (let offset = 0; offset < bytes.length; offset += 8) {
    const x = isBigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
    const y = isBigEndian ? bytes.readUInt32BE(offset + 4) : bytes.readUInt32LE(offset + 4);
    a = (a + x + b) >>> 0;
    b = (b + y + a) >>> 0;
  }
  return [a, b];
}

function isSum(log: Buffer, offset: number, [a, b]: Sum): boolean {
  return log.readUInt32BE(offset) === a && log.readUInt32BE(offset + 4) === b;
}

function damaged(path: string, offset: number): GreeumError {
  return new GreeumError(
    'wal_damaged',
    `${path} is damaged at byte ${offset}: what was written there is not readable.`,
    {
      hint: 'Nothing was changed. Keep a copy of the folder; opening it with sqlite3 keeps what comes before the damage.',
    },
  );
}
