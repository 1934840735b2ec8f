/** The writer as an owner has it, checkpoints in a thread of their own, without the endpoint. */

import { resolve } from 'node:path';

import { ThreadedBackground } from '../src/worker/threadedBackground.js';
import { Writer } from '../src/worker/writer.js';

export function openBenchWriter(dataDir: string): Promise<Writer> {
  return Writer.open({
    dataDir,
    role: 'worker',
    createBackground: () => new ThreadedBackground(dataDir, resolve(__dirname, '../dist')),
    log: () => undefined,
    onChange: () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
}
