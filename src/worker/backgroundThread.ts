/** Entry of `dist/background.js`: one job, one thread, and all its memory is given back at the end. */

import { parentPort, workerData } from 'node:worker_threads';

import { GreeumError } from '../protocol/errors.js';
import { buildCheckpoint } from '../storage/checkpoint.js';
import { nodeFiles } from '../storage/files.js';
import { layoutOf } from '../storage/layout.js';
import type { BackgroundJob } from './background.js';
import { verifyMemory } from './verify.js';

async function run(job: BackgroundJob): Promise<unknown> {
  const layout = layoutOf(job.dataDir);
  switch (job.type) {
    case 'checkpoint':
      return buildCheckpoint(nodeFiles, layout, job.throughSequence);
    case 'verify':
      return verifyMemory(nodeFiles, layout);
  }
}

run(workerData as BackgroundJob).then(
  (result) => parentPort?.postMessage({ result }),
  (error: unknown) => parentPort?.postMessage({ error: GreeumError.from(error).toJSON() }),
);
