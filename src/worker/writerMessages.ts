/** Messages between the owner thread and its writer thread. Answers of one batch travel together. */

import type { EmbeddingOptions } from '../protocol/embedding.js';
import type { SecretPolicy } from '../protocol/environment.js';
import type { SerializedError } from '../protocol/errors.js';
import type { StorageOptions } from '../protocol/teamLog.js';
import type { LogLevel, Origin, WriterOperation, WriterSnapshot } from './writer.js';

export interface WriterThreadOptions {
  readonly dataDir: string;
  readonly secrets: SecretPolicy;
  readonly embedding: EmbeddingOptions | null;
  readonly storage: StorageOptions | null;
}

export type ToWriter =
  /** Take the lock and open the directory; after `lock_busy` it may be asked for again. */
  | { readonly type: 'open' }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly operation: WriterOperation;
      readonly input: unknown;
      readonly origin: Origin;
    }
  /** Nobody waits for the answer to this call any more: what can be ended is ended. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close'; readonly checkpointMs: number };

export type Answer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: SerializedError };

export type FromWriter =
  /** The lock is this thread's; `opened` or `refused` follows. */
  | { readonly type: 'locked'; readonly database: string }
  | { readonly type: 'opened'; readonly snapshot: WriterSnapshot }
  | { readonly type: 'refused'; readonly error: SerializedError }
  | { readonly type: 'answers'; readonly answers: readonly Answer[] }
  | { readonly type: 'snapshot'; readonly snapshot: WriterSnapshot }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly type: 'fatal'; readonly error: SerializedError }
  | { readonly type: 'closed' };
