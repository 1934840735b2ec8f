import { Worker } from 'node:worker_threads';
import type { FromOwner, OwnerOptions, ToOwner } from '../protocol/ownerMessages.js';
import { bundlePath } from './distFiles.js';

/** The owner thread as its host sees it. */
export interface OwnerThread {
  post(message: ToOwner): void;
  /** Ends it at once; what was acknowledged is on disk at any instant. Resolves when it has ended. */
  terminate(): Promise<void>;
}

export interface ThreadHandlers {
  onMessage(message: FromOwner): void;
  /** The thread has ended, in order or not; the last call. `error` is what it threw, if it did. */
  onEnd(error: Error | null): void;
}

export type StartThread = (options: OwnerOptions, handlers: ThreadHandlers) => OwnerThread;

/** Starts `dist/owner.js`. What it prints becomes log lines: the host's own stdout may be a protocol. */
export const startOwnerThread: StartThread = (options, handlers) => {
  const worker = new Worker(bundlePath('owner.js'), {
    name: 'greeum owner',
    workerData: options,
    stdout: true,
    stderr: true,
    // Flags of the host (a debugger, a loader) are not the thread's.
    execArgv: [],
  });
  let failure: Error | null = null;
  const log = (level: 'info' | 'error') => (text: string) =>
    handlers.onMessage({ type: 'log', level, text: text.trimEnd() });
  worker.stdout.setEncoding('utf8').on('data', log('info'));
  worker.stderr.setEncoding('utf8').on('data', log('error'));
  worker.on('message', (message: FromOwner) => handlers.onMessage(message));
  worker.on('error', (error: Error) => (failure = error));
  worker.on('exit', () => handlers.onEnd(failure));
  return {
    post: (message) => worker.postMessage(message),
    terminate: async () => void (await worker.terminate()),
  };
};
