/** Long work over the files of a directory, away from the thread that answers callers. */

import type { VerifyResult } from '../protocol/operations.js';
import type { BuiltCheckpoint } from '../storage/checkpoint.js';

export interface Background {
  /** Step 1 of a checkpoint, see `storage/checkpoint.ts`. */
  buildCheckpoint(throughSequence: number): Promise<BuiltCheckpoint>;
  /** @param signal ends it: its promise rejects */
  verify(signal?: AbortSignal): Promise<VerifyResult>;
  /** Ends whatever runs; its promise rejects. */
  cancel(): Promise<void>;
}

export type BackgroundJob =
  | { readonly type: 'checkpoint'; readonly dataDir: string; readonly throughSequence: number }
  | { readonly type: 'verify'; readonly dataDir: string };
