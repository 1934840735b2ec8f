/** When a checkpoint is due. Pure, so that the numbers can be tested and changed in one place. */

/** Below this the journal is not worth a checkpoint, however small the image. */
const MIN_JOURNAL_BYTES = 4 * 1024 * 1024;
/** A journal as large as the image: rewriting the image then costs about one byte for each byte journalled. */
const JOURNAL_TO_IMAGE_RATIO = 1;
/**
 * A few seconds of replay (measured: 0.25 to 0.5 ms a frame), for an owner that begins where nobody stood by. Each
 * checkpoint writes the whole image, so half as many frames would be twice as many bytes on the disk: with 10 000 and
 * half the image's size, 50 000 adds wrote 5.1 bytes for each that stayed, more than the budget of 4.
 */
const DUE_FRAMES = 15_000;
/** An owner that had to replay so many frames makes a checkpoint soon: the owner after it shall not have to. */
export const MANY_REPLAYED_FRAMES = 500;
/** So soon. Those who waited for an owner are served first. */
export const AFTER_OPEN_MS = 1_000;
/** After a failure, wait so long before the next try. */
const RETRY_AFTER_MS = 30_000;
/** Nothing was written for so long: a good moment. */
export const IDLE_MS = 20_000;
/**
 * A memory now and then must not rewrite a large image each time: on average it is written no faster than this, 0.1 MB
 * a second.
 */
const IDLE_BYTES_PER_MS = 100;
/** Up to this size a short-lived owner writes the image at once, so that other programs see its write. */
export const SMALL_IMAGE_BYTES = 4 * 1024 * 1024;

export interface CheckpointState {
  readonly journalBytes: number;
  readonly imageBytes: number;
  readonly framesSinceCheckpoint: number;
  /** Of the latest failure; null after a success. */
  readonly msSinceFailure: number | null;
}

export function isCheckpointDue(state: CheckpointState): boolean {
  if (state.msSinceFailure !== null && state.msSinceFailure < RETRY_AFTER_MS) return false;
  const enoughBytes = Math.max(MIN_JOURNAL_BYTES, state.imageBytes * JOURNAL_TO_IMAGE_RATIO);
  return state.journalBytes >= enoughBytes || state.framesSinceCheckpoint >= DUE_FRAMES;
}

/** How long after a write the image is written, when nothing else is. @param msSinceLast null: not yet by this owner */
export function idleDelayMs(imageBytes: number, msSinceLast: number | null): number {
  return Math.max(IDLE_MS, imageBytes / IDLE_BYTES_PER_MS - (msSinceLast ?? Number.POSITIVE_INFINITY));
}
