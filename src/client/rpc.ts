import { GreeumError, isSerializedError } from '../protocol/errors.js';
import {
  METHOD_PREFIX,
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  RPC_PARSE_ERROR,
} from '../protocol/jsonRpc.js';
import { MAX_REQUEST_BYTES } from '../protocol/limits.js';
import type { InputOf, OperationName, ResultOf } from '../protocol/operations.js';

/** Errors of a server that did not get as far as carrying anything out. */
const NOT_UNDERSTOOD: readonly unknown[] = [
  RPC_PARSE_ERROR,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  RPC_INVALID_PARAMS,
];

/**
 * The body of one call. Numbers that JSON cannot carry are refused here, because they would arrive as null.
 * @throws GreeumError `invalid_importance`, `invalid_argument`, `request_too_large`
 */
export function encodeCall<K extends OperationName>(operation: K, input: InputOf<K>): string {
  const body = JSON.stringify(
    { jsonrpc: '2.0', id: 1, method: METHOD_PREFIX + operation, params: input },
    (key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw notFinite(key);
      return value;
    },
  );
  if (Buffer.byteLength(body) > MAX_REQUEST_BYTES) {
    throw new GreeumError('request_too_large', `A request may have at most ${MAX_REQUEST_BYTES} bytes.`);
  }
  return body;
}

/**
 * The result in an owner's answer.
 * @throws GreeumError the owner's own error, or what the answer's status means when there is none in it
 */
export function decodeAnswer<K extends OperationName>(operation: K, status: number, body: string): ResultOf<K> {
  const answer = parseObject(body);
  if (answer === null) throw refusedByStatus(operation, status);
  if (typeof answer['result'] === 'object' && answer['result'] !== null) return answer['result'] as ResultOf<K>;
  const { code, data } = (answer['error'] ?? {}) as { code?: unknown; data?: unknown };
  if (isSerializedError(data)) throw GreeumError.fromJSON({ ...data, retry: data.retry ?? 'never' });
  // JSON-RPC, but not ours; Python Greeum's server answers like this.
  if (NOT_UNDERSTOOD.includes(code)) throw notAWorker('it does not know the method');
  throw refusedByStatus(operation, status);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Not JSON at all: the status line is all there is to go by.
    return null;
  }
}

function refusedByStatus(operation: OperationName, status: number): GreeumError {
  if (status === 401 || status === 403) {
    return new GreeumError('unauthorized', 'The worker did not accept the token.', {
      hint: 'Use the endpoint that worker_state.json in the data directory holds; it contains the token.',
    });
  }
  if (status === 413) return new GreeumError('request_too_large', 'The worker refused the request as too large.');
  if (status >= 400 && status < 500) {
    return notAWorker(`status ${status}`);
  }
  return new GreeumError('internal', `The worker gave an answer to ${operation} that cannot be read (${status}).`, {
    // It arrived, and nobody can say what became of it.
    outcome: 'unknown',
    retry: 'same-key',
  });
}

function notAWorker(why: string): GreeumError {
  return new GreeumError('worker_unreachable', `What answers at the endpoint is not a Greeum worker (${why}).`, {
    hint: 'Check the endpoint; "greeum worker status" shows the worker of the data directory.',
  });
}

function notFinite(key: string): GreeumError {
  if (key === 'importance') return new GreeumError('invalid_importance', 'Importance must be a number from 0 to 1.');
  return new GreeumError('invalid_argument', `"${key}" must be a finite number.`);
}
