/** {@link Background} in threads of its own, one at a time. */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { GreeumError, isSerializedError } from '../protocol/errors.js';
import type { VerifyResult } from '../protocol/operations.js';
import type { BuiltCheckpoint } from '../storage/checkpoint.js';
import type { Background, BackgroundJob } from './background.js';

export class ThreadedBackground implements Background {
  readonly #dataDir: string;
  readonly #script: string;
  readonly #running = new Set<Worker>();

  /** @param distDir where `background.js` lies */
  constructor(dataDir: string, distDir: string) {
    this.#dataDir = dataDir;
    this.#script = join(distDir, 'background.js');
  }

  buildCheckpoint(throughSequence: number): Promise<BuiltCheckpoint> {
    return this.#run({ type: 'checkpoint', dataDir: this.#dataDir, throughSequence });
  }

  verify(signal?: AbortSignal): Promise<VerifyResult> {
    return this.#run({ type: 'verify', dataDir: this.#dataDir }, signal);
  }

  async cancel(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.terminate()));
  }

  /** The caller asks for the result type that belongs to the job's type. */
  #run<T>(job: BackgroundJob, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(stopped(job));
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#script, { workerData: job });
      this.#running.add(worker);
      const end = (): void => void worker.terminate();
      signal?.addEventListener('abort', end, { once: true });
      worker.once('message', (message: { result?: T; error?: unknown }) => {
        if (isSerializedError(message.error)) reject(GreeumError.fromJSON(message.error));
        else resolve(message.result as T);
      });
      worker.once('error', (error) => reject(GreeumError.from(error)));
      worker.once('exit', () => {
        this.#running.delete(worker);
        signal?.removeEventListener('abort', end);
        reject(stopped(job));
      });
    });
  }
}

function stopped(job: BackgroundJob): GreeumError {
  return new GreeumError('worker_stopping', `The ${job.type} was stopped before it was done.`);
}
