/** Callers that do not wait for ever: their time is up, or nobody wants the answer any more. */

import { GreeumError, IN_DOUBT } from '../protocol/errors.js';
import type { CallOptions } from '../protocol/memoryService.js';
import { isWriteOperation, type OperationName } from '../protocol/operations.js';

/** The longest that a timer can be set to. Nobody waits 25 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The result of `start()`, as long as the caller waits for it. The work itself goes on when nobody waits any more: a
 * write may be in the hands of the disk.
 * @throws GreeumError `timeout`; a write that was given up before it began is `not_written`, one after that `unknown`
 */
export function patiently<T>(
  operation: OperationName,
  { signal, timeoutMs }: Pick<CallOptions, 'signal' | 'timeoutMs'>,
  start: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(givenUp(operation));
  if (timeoutMs !== undefined && timeoutMs <= 0) return Promise.reject(timeIsUp(operation, timeoutMs));
  const work = start();
  if (signal === undefined && timeoutMs === undefined) return work;
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      outcome();
    };
    const onAbort = (): void => settle(() => reject(inDoubt(operation, givenUp(operation))));
    const onTime = (): void => settle(() => reject(inDoubt(operation, timeIsUp(operation, timeoutMs ?? 0))));
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, Math.min(timeoutMs, MAX_TIMER_MS));
    signal?.addEventListener('abort', onAbort);
    work.then(
      (result) => settle(() => resolve(result)),
      (error: unknown) => settle(() => reject(GreeumError.from(error))),
    );
  });
}

function givenUp(operation: OperationName): GreeumError {
  return new GreeumError('timeout', `Nobody waits for the answer to ${operation} any more: the call was given up.`);
}

function timeIsUp(operation: OperationName, timeoutMs: number): GreeumError {
  return new GreeumError('timeout', `No answer to ${operation} within ${timeoutMs} ms.`, {
    retry: 'after-reconnect',
    hint: 'Is the disk very slow? "greeum worker status" tells.',
  });
}

/** The same error behind the start of a write. */
function inDoubt(operation: OperationName, error: GreeumError): GreeumError {
  if (!isWriteOperation(operation)) return error;
  return new GreeumError(error.code, `${error.message} ${IN_DOUBT}`, {
    outcome: 'unknown',
    retry: 'same-key',
    hint: 'Repeat it with the same idempotency key: it is then written once, whatever happened.',
    cause: error,
  });
}
