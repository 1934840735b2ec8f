/** Messages between the writer's thread and that of the vectors. */

import type { SerializedError } from '../protocol/errors.js';
import type { Embedded, OpenModel } from './vectors.js';
import type { Similarities } from './vectorTable.js';

export type VectorRequest =
  | { readonly type: 'open' }
  | { readonly type: 'embed'; readonly texts: readonly string[] }
  | { readonly type: 'compare'; readonly question: string };

export type ToVectors =
  | ({ readonly id: number } & VectorRequest)
  /** Nobody waits for it. */
  | { readonly type: 'put'; readonly blocks: readonly number[]; readonly vectors: Float32Array };

export type VectorResult = OpenModel | Embedded | Similarities | null;

export type FromVectors =
  { readonly id: number; readonly result: VectorResult } | { readonly id: number; readonly failure: VectorFailure };

export interface VectorFailure {
  readonly error: SerializedError;
  /** What a server asked for. */
  readonly retryAfterMs: number | null;
}
