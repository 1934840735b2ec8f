/** `GET /healthz`: alive, who owns the memory, and whether writes are refused. Never waits for the writer. */

import type { WorkerStatus } from '../../protocol/operations.js';

/**
 * Always 200 while the owner lives: Python's CLI takes any other status for a dead worker and starts one of its own.
 * The first two fields are Python's.
 */
export function healthJson({ pid, host, version, epoch, degraded }: WorkerStatus): string {
  const status = degraded === null ? 'ok' : 'degraded';
  return JSON.stringify({ status, initialized: true, live: true, pid, host, version, epoch, degraded });
}
