import type { LocalMemory, LocalModule, LocalOptions } from '../protocol/localModule.js';
import { isWorkersOwn, isWriteOperation, type OperationName } from '../protocol/operations.js';
import { loadBundle } from './distFiles.js';

/** Opens the store in this very process. */
export type OpenLocal = (options: LocalOptions) => Promise<LocalMemory>;

/** Loads the engine the first time it is needed; reading it from disk costs more than a whole call to a worker. */
export const openLocalBundle: OpenLocal = (options) => (loadBundle('local.js') as LocalModule).openLocal(options);

/** How an operation runs without a worker; null where it is about the worker itself, or what only that has. */
export function localMode(operation: OperationName): LocalOptions['mode'] | null {
  if (isWorkersOwn(operation)) return null;
  // A flush is a checkpoint: it writes `memory.db`.
  return isWriteOperation(operation) || operation === 'flush' ? 'write' : 'read';
}
