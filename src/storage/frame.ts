/**
 * A journal frame: one line, which a person can read with `less`.
 *
 *     3f8a1c02 {"seq":17,"epoch":3,"at":1795460084015,"rows":[["insert","blocks",[16,"2026-11-23T18:54:44.015137",…]]]}
 *
 * Eight hex digits of CRC-32 (IEEE) over the UTF-8 of the JSON, a space, compact JSON, a newline. JSON escapes
 * control characters, so neither a newline nor a zero byte inside a line can happen. `at` is Unix milliseconds.
 *
 * Which end of a segment is torn, and which is damage? A write that a crash cut short can leave a line without its
 * end, or zeros where data never arrived; then whatever is intact behind them belongs to the same batch, because a
 * batch is written only after the one before it is safe. Everything else was once acknowledged, and is damage.
 */

import { crc32 } from 'node:zlib';

import type { RowWrite } from '../protocol/change.js';

export interface Frame {
  /** One more than the frame before. */
  readonly seq: number;
  /** Of the owner that wrote it; never smaller than that of the frame before. */
  readonly epoch: number;
  readonly at: number;
  /** Sequence of the first frame of its batch; left out in that first one. */
  readonly batch?: number;
  readonly rows: readonly RowWrite[];
}

const CRC_DIGITS = 8;
const NEWLINE = 0x0a;

/** The frame's line, newline included. */
export function encodeFrame(frame: Frame): Buffer {
  const json = JSON.stringify(frame);
  const line = Buffer.allocUnsafe(CRC_DIGITS + 1 + Buffer.byteLength(json) + 1);
  const end = line.write(json, CRC_DIGITS + 1) + CRC_DIGITS + 1;
  line[end] = NEWLINE;
  line.write(crcDigits(line.subarray(CRC_DIGITS + 1, end)), 0, 'latin1');
  line[CRC_DIGITS] = 0x20;
  return line;
}

/** Null when the line (without its newline) is not a whole, undamaged frame. */
export function decodeFrame(line: Buffer): Frame | null {
  if (line.length < CRC_DIGITS + 3 || line[CRC_DIGITS] !== 0x20) return null;
  const json = line.subarray(CRC_DIGITS + 1);
  if (line.toString('latin1', 0, CRC_DIGITS) !== crcDigits(json)) return null;
  return JSON.parse(json.toString('utf8')) as Frame;
}

function crcDigits(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(CRC_DIGITS, '0');
}

export interface ScannedFrame {
  readonly frame: Frame;
  /** Where the frame's line ends in the segment, newline included. */
  readonly endOffset: number;
}

export interface Scan {
  readonly frames: readonly ScannedFrame[];
  /** Length of the undamaged beginning. */
  readonly goodBytes: number;
  /** Whether something behind the good bytes was acknowledged once: then it is damage, not a torn end. */
  readonly damaged: boolean;
}

/** Reads a segment's bytes up to the first line that is not a frame. @param firstSequence of the segment */
export function scanFrames(bytes: Buffer, firstSequence: number): Scan {
  const frames: ScannedFrame[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const frame = newline === -1 ? null : decodeFrame(bytes.subarray(start, newline));
    if (frame === null) {
      const missing = (frames[frames.length - 1]?.frame.seq ?? firstSequence - 1) + 1;
      return { frames, goodBytes: start, damaged: !isTorn(bytes.subarray(start), missing) };
    }
    start = newline + 1;
    frames.push({ frame, endOffset: start });
  }
  return { frames, goodBytes: start, damaged: false };
}

/** One flipped bit can make a space a zero, but neither two in a row nor the first or last byte of a line. */
function hasHole(rest: Buffer): boolean {
  return rest.includes(TWO_ZEROS) || rest[0] === 0 || rest[rest.length - 1] === 0;
}
const TWO_ZEROS = Buffer.alloc(2);

/** @param rest what follows the good bytes. @param missing sequence of the frame that should be there */
function isTorn(rest: Buffer, missing: number): boolean {
  if (hasHole(rest)) return framesWithin(rest).every(({ seq, batch }) => (batch ?? seq) <= missing);
  // Without a hole only the end of the last line can be missing. A whole frame whose newline alone is wrong was there.
  return !rest.includes(NEWLINE) && decodeFrame(rest.subarray(0, -1)) === null;
}

/** Intact frames, each of which may have zeros before it. */
function framesWithin(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let start = 0;
  for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, start)) {
    const line = bytes.subarray(start, newline);
    const frame = decodeFrame(line.subarray(line.lastIndexOf(0) + 1));
    if (frame !== null) frames.push(frame);
    start = newline + 1;
  }
  return frames;
}
