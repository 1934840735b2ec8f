/** A process, or a thread, that takes the ownership lock of `worker.lock` and does as it is told. Run by tests. */

import { parentPort, workerData } from 'node:worker_threads';

import { GreeumError } from '../../src/protocol/errors.js';
import { nodeFiles } from '../../src/storage/files.js';
import { OwnershipLock } from '../../src/worker/ownership.js';

type Report = (message: string) => void;

/** Reports `held`, or the code and sentence of the refusal. */
function take(path: string, report: Report): void {
  try {
    OwnershipLock.acquire(nodeFiles, path, { pid: process.pid, role: 'worker' });
    report('held');
  } catch (error) {
    const { code, message } = GreeumError.from(error);
    report(`${code}: ${message}`);
  }
}

if (parentPort === null) {
  take(process.argv[2] ?? '', (message) => process.send?.(message));
  // Until it is killed.
  setInterval(() => undefined, 1_000);
} else {
  const port = parentPort;
  take(workerData as string, (message) => port.postMessage(message));
  port.on('message', () => {
    throw new Error('This thread crashes, as it was told to.');
  });
}
