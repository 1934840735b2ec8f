/**
 * The journal as it is, damage included. Recovery stops at the first damage; here reading goes on behind it, and every
 * frame whose checksum holds is found, also one that lost the newline between itself and its neighbour.
 */

import type { Files } from '../files.js';
import { decodeFrame, scanFrames, type Frame } from '../frame.js';
import { listSegments, type Segment } from '../journal.js';

const NEWLINE = 0x0a;
/** How a frame begins. Text of a memory cannot look like it: JSON escapes its quotes. */
const FRAME_BEGINS = /[0-9a-f]{8} \{"seq":/g;

export interface JournalScan {
  readonly segments: readonly Segment[];
  /** Intact frames above the sequence asked for, by sequence; of two with the same one, the newer owner's first. */
  readonly frames: readonly Frame[];
  /** One sentence each. Empty: recovery takes this journal as it is. */
  readonly damages: readonly string[];
  /** Of a write that was never acknowledged. */
  readonly tornBytes: number;
  /** Sequence of the last intact frame in any segment, or the one asked for where that is larger. */
  readonly lastSequence: number;
  /** Largest epoch of any intact frame. */
  readonly epoch: number;
}

/** @param afterSequence what `memory.db` holds; null: unknown, then every frame counts */
export function scanJournal(files: Files, folder: string, afterSequence: number | null, minEpoch = 0): JournalScan {
  const segments = files.isFolder(folder) === true ? listSegments(files, folder) : [];
  const frames: Frame[] = [];
  const damages: string[] = [];
  let tornBytes = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && afterSequence !== null && next.firstSequence <= afterSequence + 1) continue;
    const content = Buffer.from(files.readAll(segment.path));
    const scan = scanFrames(content, segment.firstSequence);
    frames.push(...scan.frames.map(({ frame }) => frame));
    const rest = content.subarray(scan.goodBytes);
    if (rest.length === 0) continue;
    if (next === undefined && !scan.damaged) {
      tornBytes = rest.length;
      continue;
    }
    const found = framesAnywhere(rest);
    frames.push(...found);
    const saved = found.length === 1 ? '1 intact frame follows' : `${found.length} intact frames follow`;
    damages.push(`${segment.path} is damaged at byte ${scan.goodBytes}; ${saved}.`);
  }
  const wanted = frames.filter(({ seq }) => seq > (afterSequence ?? 0));
  wanted.sort((a, b) => a.seq - b.seq || b.epoch - a.epoch);
  damages.push(...brokenOrder(wanted, afterSequence ?? (segments[0]?.firstSequence ?? 1) - 1, minEpoch));
  return {
    segments,
    frames: wanted,
    damages,
    tornBytes,
    lastSequence: wanted.at(-1)?.seq ?? afterSequence ?? 0,
    epoch: frames.reduce((largest, { epoch }) => Math.max(largest, epoch), 0),
  };
}

/** Missing sequences, doubled ones, and epochs that go back. */
function brokenOrder(frames: readonly Frame[], before: number, minEpoch: number): string[] {
  const sentences: string[] = [];
  let last = before;
  let epoch = minEpoch;
  for (const frame of frames) {
    if (frame.seq === last) sentences.push(`Two owners wrote a frame ${frame.seq}.`);
    if (frame.seq === last + 2) sentences.push(`Frame ${last + 1} is missing.`);
    if (frame.seq > last + 2) sentences.push(`Frames ${last + 1} to ${frame.seq - 1} are missing.`);
    if (frame.epoch < epoch && frame.seq !== last) {
      sentences.push(`Frame ${frame.seq} is of an older owner (epoch ${frame.epoch}) than the one before it.`);
    }
    last = frame.seq;
    epoch = Math.max(epoch, frame.epoch);
  }
  return sentences;
}

function framesAnywhere(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    frames.push(...framesInLine(bytes.subarray(start, end)));
    start = end + 1;
  }
  return frames;
}

/** What became one line: a frame, garbage, or frames with one damaged byte where a newline was. */
function framesInLine(line: Buffer): Frame[] {
  const whole = decodeFrame(line);
  if (whole !== null) return [whole];
  const begins = [...line.toString('latin1').matchAll(FRAME_BEGINS)].map(({ index }) => index);
  return begins.flatMap((begin, index) => {
    const end = begins[index + 1];
    const frame = decodeFrame(line.subarray(begin, end === undefined ? line.length : end - 1));
    return frame === null ? [] : [frame];
  });
}

/**
 * Whether these frames alone make up the whole memory: they begin with frame 1, and the first block among them begins
 * the chain. A memory that was there before its journal has blocks that no frame holds.
 */
export function isWholeStory({ frames, damages, segments }: JournalScan): boolean {
  if (damages.length > 0 || segments[0]?.firstSequence !== 1 || frames[0]?.seq !== 1) return false;
  for (const { rows } of frames) {
    for (const row of rows) {
      if (row[0] === 'insert' && row[1] === 'blocks') return row[2][0] === 0 && row[2][5] === '';
    }
  }
  return false;
}
