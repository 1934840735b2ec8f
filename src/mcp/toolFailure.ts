import type { GreeumError, SerializedError } from '../protocol/errors.js';

/** A failed call as a result with `isError`, so that the model reads the sentence. */
export interface ToolFailure {
  content: [{ type: 'text'; text: string }];
  structuredContent: { error: SerializedError; idempotency_key?: string };
  isError: boolean;
}

/** @param key the idempotency key of the call; told where it is needed to repeat it */
export function failure(error: GreeumError, key: unknown): ToolFailure {
  const sentences = [error.message];
  if (error.hint !== undefined) sentences.push(error.hint);
  const retryKey = error.outcome === 'unknown' && typeof key === 'string' ? key : undefined;
  // Our own client's hint names the key already.
  if (retryKey !== undefined && !error.hint?.includes(retryKey)) {
    sentences.push(`To repeat it safely, use idempotency_key "${retryKey}".`);
  }
  return {
    content: [{ type: 'text', text: sentences.join(' ') }],
    structuredContent: {
      error: error.toJSON(),
      ...(retryKey === undefined ? {} : { idempotency_key: retryKey }),
    },
    isError: true,
  };
}
