/** The journal as it is, damage included: recovery stops at the first damage, here reading goes on behind it. */

import type { Files } from '../files.js';
import { scanFrames, type Frame } from '../frame.js';
import { listSegments, type Segment } from '../journalReader.js';
import { readDamaged } from './damagedFrames.js';

export interface JournalScan {
  readonly segments: readonly Segment[];
  /** Intact frames above the sequence asked for, by sequence; of two with the same one, the newer owner's first. */
  readonly frames: readonly Frame[];
  /** One sentence each. Empty: recovery takes this journal as it is. */
  readonly damages: readonly string[];
  /** Those of them that say what is lost. */
  readonly losses: readonly string[];
  /** Frames that had one flipped bit. */
  readonly mended: number;
  /** Of a write that was never acknowledged. */
  readonly tornBytes: number;
  /** Sequence of the last intact frame in any segment, or the one asked for where that is larger. */
  readonly lastSequence: number;
  /** Largest epoch of any intact frame. */
  readonly epoch: number;
}

export interface ScanOptions {
  /** Sequence of the last frame that `memory.db` holds; null: nobody knows, then every frame counts. */
  readonly applied: number | null;
  readonly minEpoch?: number;
  /** Frames up to `applied` as well, as far as they are still there: a damaged `memory.db` may have lost their rows. */
  readonly withApplied?: boolean;
}

export function scanJournal(files: Files, folder: string, options: ScanOptions): JournalScan {
  const segments = files.isFolder(folder) === true ? listSegments(files, folder) : [];
  const isWanted = options.withApplied === true || options.applied === null ? () => true : isAfter(options.applied);
  const frames: Frame[] = [];
  const damages: string[] = [];
  const losses: string[] = [];
  let tornBytes = 0;
  let mended = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && !isWanted(next.firstSequence - 1)) continue;
    const content = Buffer.from(files.readAll(segment.path));
    const scan = scanFrames(content, segment.firstSequence);
    frames.push(...scan.frames.map(({ frame }) => frame));
    const rest = content.subarray(scan.goodBytes);
    if (rest.length === 0) continue;
    if (next === undefined && !scan.damaged) {
      tornBytes = rest.length;
      continue;
    }
    const found = readDamaged(rest);
    frames.push(...found.frames);
    mended += found.mended;
    // Before the newest segment's end a missing frame is seen by its number.
    if (next === undefined && found.endsInGarbage) losses.push('What follows the last intact frame cannot be read.');
    const count = found.frames.length;
    const saved = count === 1 ? '1 frame behind it can' : `${count} frames behind it can`;
    damages.push(`${segment.path} is damaged at byte ${scan.goodBytes}; ${saved} be read.`);
  }
  const wanted = frames.filter(({ seq }) => isWanted(seq)).sort((a, b) => a.seq - b.seq || b.epoch - a.epoch);
  const order = brokenOrder(wanted, sequenceBefore(segments, options), options.minEpoch ?? 0);
  losses.unshift(...order.missing);
  damages.push(...order.rivals, ...losses);
  return {
    segments,
    frames: wanted,
    damages,
    losses,
    mended,
    tornBytes,
    lastSequence: Math.max(wanted.at(-1)?.seq ?? 0, options.applied ?? 0),
    epoch: frames.reduce((largest, { epoch }) => Math.max(largest, epoch), 0),
  };
}

function isAfter(applied: number): (sequence: number) => boolean {
  return (sequence) => sequence > applied;
}

/** The frame that the first one wanted should follow. */
function sequenceBefore(segments: readonly Segment[], { applied, withApplied }: ScanOptions): number {
  const beforeSegments = (segments[0]?.firstSequence ?? (applied ?? 0) + 1) - 1;
  return withApplied === true || applied === null ? Math.min(applied ?? Infinity, beforeSegments) : applied;
}

interface BrokenOrder {
  readonly missing: readonly string[];
  /** Frames that two owners wrote, or one that did not know that it was none any more. */
  readonly rivals: readonly string[];
}

function brokenOrder(frames: readonly Frame[], before: number, minEpoch: number): BrokenOrder {
  const missing: string[] = [];
  const rivals: string[] = [];
  let last = before;
  let epoch = minEpoch;
  for (const frame of frames) {
    if (frame.seq === last) rivals.push(`Two owners wrote a frame ${frame.seq}.`);
    if (frame.seq === last + 2) missing.push(`Frame ${last + 1} is missing.`);
    if (frame.seq > last + 2) missing.push(`Frames ${last + 1} to ${frame.seq - 1} are missing.`);
    if (frame.epoch < epoch && frame.seq !== last) {
      rivals.push(`Frame ${frame.seq} is of an older owner (epoch ${frame.epoch}) than the one before it.`);
    }
    last = frame.seq;
    epoch = Math.max(epoch, frame.epoch);
  }
  return { missing, rivals };
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
