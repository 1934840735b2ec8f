/** Exactly once: the same idempotency key gives the same answer, and nothing is written a second time. */

import type { Decision, RowWrite } from '../protocol/change.js';
import type { Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { RequestFacts } from '../protocol/facts.js';
import type { JsonValue } from '../protocol/json.js';

/** What a rule leads to before the key of the request is considered. */
export interface Outcome {
  readonly rows: readonly RowWrite[];
  readonly answer: JsonValue;
}

/**
 * @param decideNow called when this key is new, or there is none
 * @throws GreeumError `idempotency_conflict` when the key came with another payload before
 */
export function onceOnly(
  { idempotencyKey, payloadHash, atMs }: Pick<Command, 'idempotencyKey' | 'payloadHash' | 'atMs'>,
  { request, expiredKeys }: RequestFacts,
  decideNow: () => Outcome,
): Decision {
  if (idempotencyKey !== null && request !== null) {
    if (request.payloadHash !== payloadHash) throw keyConflict();
    return { change: null, answer: JSON.parse(request.answer) as JsonValue };
  }
  const { rows, answer } = decideNow();
  if (idempotencyKey === null) return { change: rows.length === 0 ? null : { rows }, answer };
  const record: RowWrite = ['insert', 'greeum_requests', [idempotencyKey, payloadHash, JSON.stringify(answer), atMs]];
  const expired = expiredKeys.map((key): RowWrite => ['delete', 'greeum_requests', key]);
  return { change: { rows: [...rows, record, ...expired] }, answer };
}

/** The write that came first with this key is there; this one is not. */
export function keyConflict(): GreeumError {
  return new GreeumError('idempotency_conflict', 'This idempotency key was used for another request.', {
    outcome: 'not_written',
    retry: 'never',
    hint: 'Use a new key for each intent, and the same key only to repeat exactly the same request.',
  });
}
