/**
 * The journal: `journal/<first-sequence>.log`, append-only segments of frames (see `frame.ts`). This is its writing end;
 * `journalReader.ts` is the other.
 *
 * Guarantee: when `append` returns, its frames are on disk (`fdatasync`; for a new segment its name too). When it
 * throws, they are cut off again and will never be replayed, unless the error's outcome is `unknown`: then the disk
 * refused even that, and the journal takes nothing more until `repair` succeeds.
 *
 * One process appends, the one that holds the ownership lock. Rejected: a binary format (nobody could read it when
 * it matters most), one file per batch (a folder fsync each), SQLite's WAL (sql.js cannot write one).
 */

import { dirname } from 'node:path';

import { GreeumError } from '../protocol/errors.js';
import type { Files } from './files.js';
import { errnoOf, unlinkLarge, writeFully } from './files.js';
import { encodeFrame, type Frame } from './frame.js';
import { listSegments, type JournalContents, type Segment } from './journalReader.js';

export class Journal {
  readonly #files: Files;
  readonly #folder: string;
  #fd: number | null = null;
  #segment: Segment | null = null;
  /** Of the file behind `#fd`. */
  #inode: number | null = null;
  /** Good length of the newest segment; everything behind it is to be cut off. */
  #length = 0;
  #closedBytes = 0;
  #nextSequence: number;
  #needsRepair = false;
  /** Whether a power cut can no longer take the segment's name, and the folder's. */
  #isNameDurable = false;
  #isFolderDurable = false;

  /** @param contents what `readJournal` found. A torn tail is cut off before the first append. */
  constructor(files: Files, folder: string, contents: JournalContents, lastSequence: number) {
    this.#files = files;
    this.#folder = folder;
    this.#nextSequence = lastSequence + 1;
    this.#closedBytes = contents.bytes;
    // The newest segment left may be a retired one that ends before the checkpoint: then a new one begins.
    if (contents.tail?.nextSequence === this.#nextSequence) {
      this.#segment = contents.tail.segment;
      this.#length = contents.tail.goodBytes;
      this.#closedBytes = contents.bytes - contents.tail.goodBytes;
      this.#needsRepair = contents.tail.fileBytes > contents.tail.goodBytes;
    }
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Bytes of all frames that are not retired. */
  get bytes(): number {
    return this.#closedBytes + this.#length;
  }

  /**
   * Appends the frames in order and waits for the disk once. `frames[0].seq` must be `nextSequence`.
   * @throws GreeumError `journal_write_failed`, outcome `not_written` or `unknown`
   */
  append(frames: readonly Frame[]): void {
    if (frames[0]?.seq !== this.#nextSequence) throw new Error('Frames must continue the journal.');
    const batch = this.#nextSequence;
    const bytes = Buffer.concat(frames.map((frame, index) => encodeFrame(index === 0 ? frame : { ...frame, batch })));
    let isBegun = false;
    try {
      if (this.#needsRepair) this.#cutBack();
      this.#openSegment();
      isBegun = true;
      writeFully(this.#files, this.#fd as number, bytes, this.#length);
      this.#files.fdatasync(this.#fd as number);
      // A file that lost its name takes everything, and nobody will ever find it again.
      this.#requireNamed();
    } catch (error) {
      throw isBegun ? this.#undo(error) : writeFailed(error, 'not_written');
    }
    this.#length += bytes.length;
    this.#nextSequence += frames.length;
  }

  /** True when a failed append could not be undone; `repair` must succeed before the next append. */
  get needsRepair(): boolean {
    return this.#needsRepair;
  }

  /** Cuts off what a failed append left behind. @throws GreeumError `journal_write_failed` when the disk still refuses */
  repair(): void {
    if (!this.#needsRepair) return;
    try {
      this.#cutBack();
    } catch (error) {
      throw writeFailed(error, 'unknown');
    }
  }

  /**
   * Ends the newest segment, so that a checkpoint can retire it. A torn end is cut off first, because only the newest
   * segment may have one.
   * @returns the last sequence of the closed ones
   */
  roll(): number {
    this.repair();
    this.close();
    this.#closedBytes += this.#length;
    this.#segment = null;
    this.#inode = null;
    this.#isNameDurable = false;
    this.#length = 0;
    return this.#nextSequence - 1;
  }

  /** Deletes closed segments whose frames are all in the checkpoint at `throughSequence`. */
  retire(throughSequence: number): void {
    const segments = listSegments(this.#files, this.#folder);
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1]?.firstSequence ?? this.#nextSequence;
      const isOpen = segment.path === this.#segment?.path;
      if (isOpen || next - 1 > throughSequence) break;
      const size = this.#files.stat(segment.path)?.size ?? 0;
      unlinkLarge(this.#files, segment.path);
      this.#closedBytes = Math.max(0, this.#closedBytes - size);
    }
  }

  close(): void {
    if (this.#fd === null) return;
    this.#files.close(this.#fd);
    this.#fd = null;
  }

  /** An earlier owner may have died before names were durable, so each owner sees to that anew. */
  #openSegment(): void {
    if (!this.#isFolderDurable) {
      this.#files.makeFolder(this.#folder);
      this.#files.syncFolder(dirname(this.#folder));
      this.#isFolderDurable = true;
    }
    this.#fd ??= this.#segment === null ? this.#createSegment() : this.#files.open(this.#segment.path, 'r+');
    this.#inode ??= this.#inodeOnDisk();
    if (this.#isNameDurable) return;
    this.#files.syncFolder(this.#folder);
    this.#isNameDurable = true;
  }

  #createSegment(): number {
    const firstSequence = this.#nextSequence;
    const path = `${this.#folder}/${String(firstSequence).padStart(12, '0')}.log`;
    const fd = this.#files.open(path, 'w');
    this.#segment = { path, firstSequence };
    this.#length = 0;
    return fd;
  }

  /** Brings the segment back to its last good length, so that no half batch can ever be replayed. */
  #cutBack(): void {
    if (this.#segment !== null) {
      // What has the name by now may be another owner's. Asked before ours is closed, so that its number is not reused.
      if (this.#inode !== null) this.#requireNamed();
      // A descriptor whose fsync failed may hide the failure from the next one; start from a new one.
      this.close();
      this.#fd = this.#files.open(this.#segment.path, 'r+');
      this.#files.truncate(this.#fd, this.#length);
      this.#files.fsync(this.#fd);
    }
    this.#needsRepair = false;
  }

  /** @throws Error when the segment's name leads to another file than the one that is open, or to none */
  #requireNamed(): void {
    if (this.#inodeOnDisk() !== this.#inode) throw new SegmentGone(this.#segment?.path ?? this.#folder);
  }

  #inodeOnDisk(): number | null {
    return this.#segment === null ? null : (this.#files.stat(this.#segment.path)?.inode ?? null);
  }

  #undo(cause: unknown): GreeumError {
    this.#needsRepair = true;
    try {
      this.#cutBack();
      return writeFailed(cause, 'not_written');
    } catch {
      // The disk refuses to undo as well. Which of the two failed does not matter to the caller: the frames may or
      // may not be there after a restart, so the outcome is unknown and the first error is the one to show.
      return writeFailed(cause, 'unknown');
    }
  }
}

/** The data directory was deleted, moved or replaced under the owner. */
class SegmentGone extends Error {}

function writeFailed(cause: unknown, outcome: 'not_written' | 'unknown'): GreeumError {
  if (cause instanceof SegmentGone) {
    return new GreeumError('journal_write_failed', `${cause.message} is not there any more, or is another file now.`, {
      outcome,
      retry: 'same-key',
      hint: 'Put the data directory back where it was, or stop this worker; then try again with the same idempotency key.',
      cause,
    });
  }
  const errno = errnoOf(cause) ?? 'unknown error';
  const what = errno === 'ENOSPC' ? 'The disk is full' : `The disk refused the journal (${errno})`;
  return new GreeumError('journal_write_failed', `${what}; the write was not acknowledged.`, {
    outcome,
    retry: 'same-key',
    hint: 'Free space on the disk of the data directory, then try again with the same idempotency key.',
    cause,
  });
}
