/**
 * The one interface to a memory. In the owner it is the write queue itself, in a window, a bridge or the CLI it is
 * the client: whoever calls never knows which.
 */

import type { InputOf, OperationName, ResultOf, WriteSource } from './operations.js';

export interface CallOptions {
  /** Recorded as the memory's `source` when the operation adds one. */
  source?: WriteSource;
  /** Name and version of the agent, recorded in the same way; at most `MAX_CLIENT_CHARS`. */
  client?: string | undefined;
  /** Who asks: the writes of one caller wait behind each other, not before those of others. Default: one for all. */
  caller?: string;
  /** Gives up waiting. A write given up on has outcome `unknown`, unless it was still waiting in this process. */
  signal?: AbortSignal;
  /** Milliseconds until `timeout`; a client’s default is 30 000, the owner waits as long as it is not told otherwise. */
  timeoutMs?: number;
}

export interface MemoryService {
  /**
   * Runs one operation. A write resolves after its journal frame is on disk.
   * @throws GreeumError with code, outcome and retry advice; never anything else.
   */
  call<K extends OperationName>(operation: K, input: InputOf<K>, options?: CallOptions): Promise<ResultOf<K>>;
}
