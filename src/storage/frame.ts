/**
 * A journal frame: one line, which a person can read with `less`.
 *
 *     3f8a1c02 {"seq":17,"epoch":3,"at":1795460084015,"rows":[["insert","blocks",[16,"2026-11-23T18:54:44.015137",…]]]}
 *
 * Eight hex digits of CRC-32 (IEEE) over the UTF-8 of the JSON, a space, compact JSON, a newline. JSON escapes
 * control characters, so a newline inside a line cannot happen. `at` is Unix milliseconds.
 */

import { crc32 } from 'node:zlib';

import type { RowWrite } from '../protocol/change.js';

export interface Frame {
  /** One more than the frame before. */
  readonly seq: number;
  /** Of the owner that wrote it; never smaller than that of the frame before. */
  readonly epoch: number;
  readonly at: number;
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
  /** Whether an undamaged frame stands behind a damaged line: then it is damage, not a torn tail. */
  readonly damaged: boolean;
}

/** Reads a segment's bytes up to the first line that is not a frame. */
export function scanFrames(bytes: Buffer): Scan {
  const frames: ScannedFrame[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const frame = newline === -1 ? null : decodeFrame(bytes.subarray(start, newline));
    if (frame === null) return { frames, goodBytes: start, damaged: holdsFrameAfter(bytes, start) };
    start = newline + 1;
    frames.push({ frame, endOffset: start });
  }
  return { frames, goodBytes: start, damaged: false };
}

function holdsFrameAfter(bytes: Buffer, damagedStart: number): boolean {
  let newline = bytes.indexOf(NEWLINE, damagedStart);
  while (newline !== -1) {
    const next = bytes.indexOf(NEWLINE, newline + 1);
    if (next === -1) return false;
    if (decodeFrame(bytes.subarray(newline + 1, next)) !== null) return true;
    newline = next;
  }
  return false;
}
