import type { ErrorCode } from '../protocol/errors.js';

/** What the process ends with; part of the interface for scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, noWorker: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(code: ErrorCode): ExitCode {
  return code === 'worker_required' || code === 'worker_unreachable' ? EXIT.noWorker : EXIT.failed;
}
