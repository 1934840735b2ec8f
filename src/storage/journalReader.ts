/**
 * Reading the journal: at once, as every opening does, or piece by piece while its owner goes on writing, as who stands
 * by does.
 */

import { createHash, type Hash } from 'node:crypto';

import { GreeumError } from '../protocol/errors.js';
import { readFully, type Files } from './files.js';
import { scanFrames, type Frame } from './frame.js';

const SEGMENT_NAME = /^(\d{12})\.log$/;

export interface Segment {
  readonly path: string;
  readonly firstSequence: number;
}

/** Segments in order of their first sequence. A folder that is not there has none. */
export function listSegments(files: Files, folder: string): Segment[] {
  if (files.stat(folder) === null) return [];
  return files
    .list(folder)
    .map((name) => ({ path: `${folder}/${name}`, match: SEGMENT_NAME.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ path, match }) => ({ path, firstSequence: Number(match?.[1]) }))
    .sort((a, b) => a.firstSequence - b.firstSequence);
}

export interface JournalContents {
  /** Frames that were not read before, without gaps. */
  readonly frames: readonly Frame[];
  /** Bytes of whole frames in all segments. */
  readonly bytes: number;
  /** Newest segment; null when there is none. */
  readonly tail: Tail | null;
}

interface Tail {
  readonly segment: Segment;
  readonly goodBytes: number;
  readonly fileBytes: number;
  /** Of the frame that would come next in it. */
  readonly nextSequence: number;
}

/**
 * Reads every frame after `afterSequence`, as {@link JournalReader} does.
 * @param minEpoch of the checkpoint at `afterSequence`
 */
export function readJournal(files: Files, folder: string, afterSequence: number, minEpoch = 0): JournalContents {
  return new JournalReader(files, folder, afterSequence, minEpoch).read();
}

/** What was read of a segment: its whole frames. */
interface ReadPart {
  readonly bytes: number;
  /** Over these bytes. */
  readonly hash: Hash;
  /** Of the frame that would come next in it. */
  readonly nextSequence: number;
}

/** One journal, read from its beginning and then on from where the reader stands. */
export class JournalReader {
  readonly #files: Files;
  readonly #folder: string;
  /** By path. */
  readonly #parts = new Map<string, ReadPart>();
  /** Of the last frame that was read. */
  #sequence: number;
  #epoch: number;

  /** @param minEpoch of the checkpoint at `afterSequence` */
  constructor(files: Files, folder: string, afterSequence: number, minEpoch = 0) {
    this.#files = files;
    this.#folder = folder;
    this.#sequence = afterSequence;
    this.#epoch = minEpoch;
  }

  /**
   * Reads what was not read yet. Only the newest segment may end in a torn line. Segments that end before are not
   * looked into: they are retired, and a crash may have brought back any of them. After an error the reader is of no
   * more use.
   * @throws GreeumError `journal_damaged` for damage to what was acknowledged, for a gap in the sequence, or for
   * an epoch that goes back
   */
  read(): JournalContents {
    const segments = listSegments(this.#files, this.#folder);
    const frames: Frame[] = [];
    let bytes = 0;
    let tail: Tail | null = null;
    const afterSequence = this.#sequence;
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if (next !== undefined && next.firstSequence <= afterSequence + 1) {
        bytes += this.#files.stat(segment.path)?.size ?? 0;
        continue;
      }
      const expected = tail?.nextSequence ?? Math.min(segment.firstSequence, afterSequence + 1);
      tail = this.#readSegment(segment, expected, next === undefined, frames);
      bytes += tail.goodBytes;
    }
    return { frames, bytes, tail };
  }

  /** Whether what was read is still what the files begin with: an owner cuts off again what the disk refused to keep. */
  get isUnchanged(): boolean {
    return [...this.#parts].every(([path, { bytes, hash }]) => {
      const content = this.#files.stat(path) === null ? null : this.#files.readAll(path).subarray(0, bytes);
      return content?.length === bytes && sha256(content).digest().equals(hash.copy().digest());
    });
  }

  /** @param frames gets those that were not read before */
  #readSegment(segment: Segment, expected: number, isNewest: boolean, frames: Frame[]): Tail {
    const part = this.#parts.get(segment.path) ?? null;
    const before = part?.bytes ?? 0;
    const content = this.#readFrom(segment.path, before);
    const scan = scanFrames(content, part?.nextSequence ?? segment.firstSequence);
    const goodBytes = before + scan.goodBytes;
    if (scan.damaged || (!isNewest && scan.goodBytes < content.length)) throw damage(segment, goodBytes);
    let nextSequence = part?.nextSequence ?? expected;
    if (part === null && segment.firstSequence !== expected) throw gap(segment, expected - 1, segment.firstSequence);
    for (const { frame } of scan.frames) {
      if (frame.seq !== nextSequence) throw gap(segment, nextSequence - 1, frame.seq);
      nextSequence += 1;
      if (frame.seq <= this.#sequence) continue;
      if (frame.epoch < this.#epoch) throw staleEpoch(segment, frame);
      this.#epoch = frame.epoch;
      this.#sequence = frame.seq;
      frames.push(frame);
    }
    const hash = (part?.hash ?? sha256()).update(content.subarray(0, scan.goodBytes));
    this.#parts.set(segment.path, { bytes: goodBytes, hash, nextSequence });
    return { segment, goodBytes, fileBytes: before + content.length, nextSequence };
  }

  #readFrom(path: string, offset: number): Buffer {
    if (offset === 0) return Buffer.from(this.#files.readAll(path));
    const fd = this.#files.open(path, 'r');
    try {
      const rest = Buffer.alloc(Math.max(0, (this.#files.stat(path)?.size ?? 0) - offset));
      return rest.subarray(0, readFully(this.#files, fd, rest, offset));
    } finally {
      this.#files.close(fd);
    }
  }
}

function sha256(bytes?: Uint8Array): Hash {
  const hash = createHash('sha256');
  return bytes === undefined ? hash : hash.update(bytes);
}

function damage(segment: Segment, offset: number): GreeumError {
  return damaged(`${segment.path} is damaged at byte ${offset}; a write that was acknowledged stood there.`);
}

function gap(segment: Segment, before: number, after: number): GreeumError {
  return damaged(`${segment.path} continues with frame ${after}, but the one before is ${before}: frames are missing.`);
}

function staleEpoch(segment: Segment, frame: Frame): GreeumError {
  return damaged(
    `${segment.path} has frame ${frame.seq} from an older owner (epoch ${frame.epoch}) after a newer one.`,
  );
}

function damaged(message: string): GreeumError {
  return new GreeumError('journal_damaged', message, {
    hint: 'Nothing was changed. "greeum doctor" says what can be saved, and "greeum doctor --fix" saves it.',
  });
}
