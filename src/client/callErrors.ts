/** The sentences a caller reads when no owner gave an answer. */

import { GreeumError, IN_DOUBT } from '../protocol/errors.js';
import type { OperationName } from '../protocol/operations.js';
import type { MemoryLocation } from './dataDirectory.js';
import type { Candidate } from './discovery.js';
import { describeEndpoint } from './endpoint.js';

const START_ONE = 'Start one with "greeum worker serve --detach", or open VS Code with the Greeum extension.';
/** After it was stopped on purpose. */
export const START_AGAIN = 'Start it: "Greeum: Start Worker" in VS Code, or "greeum worker serve --detach".';

/** @param hint how it could come about that there is one */
export function noWorker({ dataDir }: Pick<MemoryLocation, 'dataDir'>, hint = START_ONE): GreeumError {
  return new GreeumError('worker_required', `No worker is running for ${dataDir}.`, {
    retry: 'after-reconnect',
    hint,
  });
}

/** An owner is known, and the folder of its memory is not there any more. */
export function folderIsGone(dataDir: string): GreeumError {
  return new GreeumError('data_dir_missing', `The folder ${dataDir} is not there any more.`, {
    retry: 'after-reconnect',
    hint: 'Bring it back and restart the worker, or choose another folder.',
  });
}

export function unreachable({ endpoint, origin }: Candidate, cause: Error): GreeumError {
  const where = `${describeEndpoint(endpoint)} (${origin})`;
  return new GreeumError('worker_unreachable', `No worker answers at ${where}: ${cause.message}.`, {
    retry: 'after-reconnect',
    hint: 'Check the endpoint; "greeum worker status" shows the worker of the data directory.',
    cause,
  });
}

export function connectionLost(operation: OperationName, cause: Error): GreeumError {
  return new GreeumError('connection_lost', `The connection to the worker broke before it answered ${operation}.`, {
    retry: 'after-reconnect',
    hint: 'Repeat the call; "greeum worker status" shows whether a worker is running.',
    cause,
  });
}

export function workerRunning({ dataDir }: MemoryLocation, pid: number): GreeumError {
  return new GreeumError(
    'worker_running',
    `A worker (process ${pid}) owns ${dataDir}; Greeum does not write around it.`,
    {
      hint: 'Leave out --no-worker (or GREEUM_USE_WORKER=0), or stop the worker first: greeum worker stop',
    },
  );
}

/** Keeps the opener's sentence, which names the process. */
export function lockStayedBusy(cause: Error): GreeumError {
  return new GreeumError('lock_busy', cause.message, {
    retry: 'after-reconnect',
    hint: 'Another process is writing to this data directory. Repeat the call, or end that process if it hangs.',
    cause,
  });
}

export function timeIsUp(operation: OperationName, timeoutMs: number): GreeumError {
  return new GreeumError('timeout', `No answer to ${operation} within ${timeoutMs} ms.`, {
    retry: 'after-reconnect',
    hint: 'Is the worker suspended or the disk very slow? "greeum worker status" tells.',
  });
}

export function gaveUp(operation: OperationName): GreeumError {
  return new GreeumError('timeout', `Nobody waits for the answer to ${operation} any more: the call was given up.`);
}

/** The same error for a write that may have been carried out: it names the key that makes a repetition safe. */
export function outcomeOpen(error: GreeumError, key: string | undefined): GreeumError {
  const repeat =
    key === undefined ? '' : `Repeat it with the idempotency key ${key}: it is then written once, whatever happened.`;
  return new GreeumError(
    error.code,
    error.message.includes(IN_DOUBT) ? error.message : `${error.message} ${IN_DOUBT}`,
    {
      outcome: 'unknown',
      retry: 'same-key',
      hint: repeat || (error.hint ?? ''),
      cause: error,
    },
  );
}
