/**
 * Runs on nothing what an opening runs on a memory, so that its code is compiled when it is needed: cold, the replay of
 * the first hundred frames takes longer than that of the next thousand.
 */

import { TABLE_COLUMNS, type RowWrite, type TableName } from '../protocol/change.js';
import { loadEngine } from '../storage/engine.js';
import { encodeFrame, scanFrames, type Frame } from '../storage/frame.js';
import { Image } from '../storage/image.js';

/** Some 50 ms of work; more of it gains nothing that could be measured. */
const FRAMES = 200;

export async function warmUp(): Promise<void> {
  const image = new Image(await loadEngine(), null);
  try {
    const frames = Array.from({ length: FRAMES }, (_, index) => sample(index + 1));
    const scanned = scanFrames(Buffer.concat(frames.map(encodeFrame)), 1).frames;
    image.load(() => {
      for (const { frame } of scanned) image.applyRows(frame.rows);
    });
  } finally {
    image.close();
  }
}

/** The rows of a memory that is added; what is in them does not matter, as long as no other has it. */
function sample(seq: number): Frame {
  const rows = TABLES.map((table): RowWrite => ['insert', table, TABLE_COLUMNS[table].map(() => seq)]);
  return { seq, epoch: 1, at: 0, rows };
}

const TABLES = [
  'blocks',
  'block_keywords',
  'block_tags',
  'block_metadata',
  'memory_nodes',
  'associations',
  'greeum_requests',
] as const satisfies readonly TableName[];
