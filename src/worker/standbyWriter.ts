/**
 * A writer thread that has no lock yet. It is loaded once and may try for the lock again and again, so that an owner
 * that dies is not waited for until threads have started and the engine is compiled.
 */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { GreeumError } from '../protocol/errors.js';
import { lostWriter, WriterClient, type WriterClientEvents } from './writerClient.js';
import type { FromWriter, ToWriter, WriterThreadOptions } from './writerMessages.js';

export class StandbyWriter {
  readonly #options: WriterThreadOptions;
  readonly #script: string;
  /** Null before the first try, and after the thread has ended or was handed over. */
  #thread: Worker | null = null;

  /** @param distDir where `writer.js` lies */
  constructor(options: WriterThreadOptions, distDir: string = __dirname) {
    this.#options = options;
    this.#script = join(distDir, 'writer.js');
  }

  /**
   * Takes the lock and opens the directory; one try at a time.
   * @param onLocked the lock is taken: nobody else will open that database now
   * @returns the writer, to whom the thread belongs from then on
   * @throws GreeumError `lock_busy`, after which the thread stands by; or that of a directory that cannot be opened
   */
  open(events: WriterClientEvents, onLocked: (database: string) => void): Promise<WriterClient> {
    const thread = this.#thread ?? this.#start();
    thread.postMessage({ type: 'open' } satisfies ToWriter);
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        thread.off('message', onMessage).off('error', onError).off('exit', onExit);
        outcome();
      };
      const onError = (error: unknown): void => settle(() => reject(GreeumError.from(error)));
      const onExit = (): void => settle(() => reject(lostWriter()));
      const onMessage = (message: FromWriter): void => {
        if (message.type === 'log') return events.log(message.level, message.text);
        if (message.type === 'locked') return onLocked(message.database);
        settle(() => {
          if (message.type !== 'opened') return reject(refusalIn(message));
          this.#thread = null;
          resolve(new WriterClient(thread, message.snapshot, events));
        });
      };
      thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
  }

  /** Ends the thread, if it has no lock. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(this.#script, { workerData: this.#options });
    this.#thread = thread;
    // While it stands by its end means that the next try starts another one.
    const forget = (): void => {
      if (this.#thread === thread) this.#thread = null;
    };
    return thread.on('error', forget).on('exit', forget);
  }
}

function refusalIn(message: FromWriter): GreeumError {
  return message.type === 'refused' ? GreeumError.fromJSON(message.error) : lostWriter();
}
