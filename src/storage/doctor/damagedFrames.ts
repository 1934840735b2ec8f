/**
 * Frames behind damage. Every frame whose checksum holds is found, also one that lost the newline between itself and
 * its neighbour; and one in which a single bit is flipped is mended, because its checksum tells which one.
 */

import { decodeFrame, type Frame } from '../frame.js';

const NEWLINE = 0x0a;
/** How a frame begins. Text of a memory cannot look like it: JSON escapes its quotes. */
const FRAME_BEGINS = /[0-9a-f]{8} \{"seq":/g;
/** Up to this length CRC-32 tells any three flipped bits from none, so that a frame mended by one is the right one. */
const MAX_MENDABLE_BYTES = 11_000;
/** Mending takes up to half a second each; what is scratched all over is not mended. */
const MAX_MENDINGS = 100;

export interface DamagedFrames {
  readonly frames: readonly Frame[];
  /** How many of them were mended. */
  readonly mended: number;
  /** Whether something that is no frame follows the last one. */
  readonly endsInGarbage: boolean;
}

/** @param bytes from the first damage to the end of the segment */
export function readDamaged(bytes: Buffer): DamagedFrames {
  const frames: Frame[] = [];
  let mended = 0;
  let endsInGarbage = false;
  let attempts = 0;
  const readStretch = (stretch: Buffer): void => {
    for (const piece of piecesOf(stretch)) {
      let frame = decodeFrame(piece) ?? decodeFrame(piece.subarray(0, -1));
      if (frame === null && attempts < MAX_MENDINGS) {
        attempts += 1;
        frame = mend(piece);
        if (frame !== null) mended += 1;
      }
      if (frame !== null) frames.push(frame);
      endsInGarbage = frame === null;
    }
  };
  // Lines that are no frames belong together: the newline between them may be the damage.
  let garbageFrom: number | null = null;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const frame = decodeFrame(bytes.subarray(start, end));
    if (frame === null) garbageFrom ??= start;
    else {
      if (garbageFrom !== null) readStretch(bytes.subarray(garbageFrom, start - 1));
      garbageFrom = null;
      frames.push(frame);
      endsInGarbage = false;
    }
    start = end + 1;
  }
  if (garbageFrom !== null) readStretch(withoutLastNewline(bytes.subarray(garbageFrom)));
  return { frames, mended, endsInGarbage };
}

function withoutLastNewline(bytes: Buffer): Buffer {
  return bytes[bytes.length - 1] === NEWLINE ? bytes.subarray(0, -1) : bytes;
}

/** A stretch of garbage, cut where frames begin; what stands before the first one is a piece as well. */
function piecesOf(stretch: Buffer): Buffer[] {
  const begins = [...stretch.toString('latin1').matchAll(FRAME_BEGINS)].map(({ index }) => index);
  if (begins[0] !== 0) begins.unshift(0);
  return begins.map((begin, index) => {
    const next = begins[index + 1];
    return stretch.subarray(begin, next === undefined ? stretch.length : next - 1);
  });
}

/** The frame that this line was before one of its bits was flipped; null when that is not what is wrong with it. */
function mend(line: Buffer): Frame | null {
  if (line.length > MAX_MENDABLE_BYTES) return null;
  const copy = Buffer.from(line);
  for (let index = 0; index < copy.length; index += 1) {
    const byte = copy[index] ?? 0;
    for (let bit = 1; bit < 256; bit <<= 1) {
      copy[index] = byte ^ bit;
      const frame = decodeQuietly(copy);
      if (frame !== null) return frame;
    }
    copy[index] = byte;
  }
  return null;
}

function decodeQuietly(line: Buffer): Frame | null {
  try {
    return decodeFrame(line);
  } catch {
    // The checksum holds by chance, and what it is of is no JSON.
    return null;
  }
}
