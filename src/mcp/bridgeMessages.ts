/** What the bridge has to know of the messages that it carries. */

import { randomUUID } from 'node:crypto';
import { GreeumError } from '../protocol/errors.js';
import { RPC_INTERNAL_ERROR } from '../protocol/jsonRpc.js';
import { isOperation, isWriteOperation } from '../protocol/operations.js';
import { failure } from './toolFailure.js';

export type Message = Readonly<Record<string, unknown>>;

/** Undefined: not JSON; null: JSON, but no message. */
export function parsed(line: string): Message | null | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isMessage = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMessage && ('method' in value || 'result' in value || 'error' in value) ? value : null;
  } catch {
    return undefined;
  }
}

export function isRequest(message: Message): boolean {
  return typeof message['method'] === 'string' && message['id'] !== undefined;
}

/** A write that has no idempotency key gets one: however often it is asked for, it happens once. */
export function withKey(message: Message): Message {
  if (message['method'] !== 'tools/call' || !isRecord(message['params'])) return message;
  const { name, arguments: given = {} } = message['params'];
  if (typeof name !== 'string' || !isOperation(name) || !isWriteOperation(name) || !isRecord(given)) return message;
  if (given['idempotency_key'] !== undefined) return message;
  return { ...message, params: { ...message['params'], arguments: { ...given, idempotency_key: randomUUID() } } };
}

/** Whether an owner said only that it cannot say. */
export function isNoAnswer({ result, error }: Message): boolean {
  const { code, outcome, retry } = (field(field(result, 'structuredContent'), 'error') ??
    field(error, 'data') ??
    {}) as {
    code?: unknown;
    outcome?: unknown;
    retry?: unknown;
  };
  return code === 'worker_stopping' || (outcome === 'unknown' && retry === 'same-key');
}

/** The answer to a request that no owner answers. */
export function failedAnswer(
  { id, method, params }: Message,
  { error, wasSent }: { error: GreeumError; wasSent: boolean },
): object {
  const isTool = method === 'tools/call';
  const name = field(params, 'name');
  const isWrite = isTool && typeof name === 'string' && isOperation(name) && isWriteOperation(name);
  const known = isWrite && wasSent ? openOutcome(error) : error;
  const key = field(field(params, 'arguments'), 'idempotency_key');
  if (isTool) return { jsonrpc: '2.0', id, result: failure(known, key) };
  const text = known.hint === undefined ? known.message : `${known.message} ${known.hint}`;
  return { jsonrpc: '2.0', id, error: { code: RPC_INTERNAL_ERROR, message: text, data: known.toJSON() } };
}

/** An owner had it and did not answer. */
function openOutcome({ code, message, hint, cause }: GreeumError): GreeumError {
  return new GreeumError(code, message, { outcome: 'unknown', retry: 'same-key', ...(hint && { hint }), cause });
}

export const keyOf = (id: unknown): string => JSON.stringify(id) ?? '';
export const lineOf = (message: Message): string => `${JSON.stringify(message)}\n`;

function isRecord(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
