import type { SerializedError } from '../protocol/errors.js';
import type { WorkerStatus } from '../protocol/operations.js';

export type HostPhase = 'stopped' | 'starting' | 'owner' | 'client' | 'degraded' | 'failed';

export interface HostState {
  readonly phase: HostPhase;
  /** Who writes: this process, or another one whose client this is; null: nobody is known. */
  readonly role: 'owner' | 'client' | null;
  /** Process of the owner, where it is known. */
  readonly ownerPid: number | null;
  /** What the owner said last; null before its first word. */
  readonly status: WorkerStatus | null;
  /** Why it is `failed`, or what made the owner thread start anew. */
  readonly error: SerializedError | null;
}

export interface HostLog {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

export const STOPPED: HostState = { phase: 'stopped', role: null, ownerPid: null, status: null, error: null };

/** Whether a listener would see a difference; the numbers in `status` have an event of their own. */
export function isSameState(a: HostState, b: HostState): boolean {
  return (
    a.phase === b.phase &&
    a.role === b.role &&
    a.ownerPid === b.ownerPid &&
    a.error === b.error &&
    a.status?.degraded?.reason === b.status?.degraded?.reason
  );
}
