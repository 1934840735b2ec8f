/**
 * Runs on nothing what a new owner runs first, so that its code is compiled when it is needed: it decides memories,
 * writes them to an image and replays their frames. Cold, the first ten adds take as long as the next thousand.
 */

import { decide } from '../memory/decide.js';
import { resolveCommand } from '../memory/resolveCommand.js';
import { loadEngine } from '../storage/engine.js';
import { encodeFrame, scanFrames, type Frame } from '../storage/frame.js';
import { Gatherer } from '../storage/gather.js';
import { Image } from '../storage/image.js';
import { RecentBlocks } from '../storage/recentBlocks.js';
import { ports } from './ports.js';

/** Enough for the code that runs most; the thread has nothing else to do yet. */
const MEMORIES = 30;

export async function warmUp(): Promise<void> {
  const sqljs = await loadEngine();
  const written = new Image(sqljs, null);
  const replayed = new Image(sqljs, null);
  try {
    const frames = Buffer.concat(addMemories(written).map(encodeFrame));
    replayed.load(() => {
      for (const { frame } of scanFrames(frames, 1).frames) replayed.applyRows(frame.rows);
    });
  } finally {
    written.close();
    replayed.close();
  }
}

/** As the queue does, a memory a frame; none of it reaches a disk. */
function addMemories(image: Image): Frame[] {
  const gatherer = new Gatherer(image.sql, new RecentBlocks(image.sql));
  return Array.from({ length: MEMORIES }, (_, number) => {
    const input = { content: `Memory ${number} of ${number % 7} that warms up`, idempotency_key: `warm-up-${number}` };
    const command = resolveCommand('add_memory', input, ports, { source: 'api' });
    const rows = image.transaction(() => {
      const { change } = decide(command, gatherer.gather(command));
      if (change === null) return [];
      image.applyRows(change.rows);
      gatherer.remember(change);
      return change.rows;
    });
    return { seq: number + 1, epoch: 1, at: 0, rows };
  });
}
