/** Answers, written in one piece: head and body leave in a single packet. */

import type { ServerResponse } from 'node:http';
import { GreeumError, type ErrorCode, type GreeumErrorOptions } from '../../protocol/errors.js';
import { RPC_GREEUM_ERROR } from '../../protocol/jsonRpc.js';

const JSON_TYPE = 'application/json';

/** How long an answer may wait for a reader that has stopped reading. */
const MAX_STALL_MS = 30_000;

export function sendJson(
  res: ServerResponse,
  status: number,
  json: string,
  extraHeaders: readonly string[] = [],
): void {
  send(res, status, JSON_TYPE, json, extraHeaders);
}

export function send(
  res: ServerResponse,
  status: number,
  type: string,
  body: string,
  extraHeaders: readonly string[] = [],
): void {
  res.writeHead(status, [
    'content-type',
    type,
    'content-length',
    String(Buffer.byteLength(body)),
    'cache-control',
    'no-store',
    ...extraHeaders,
  ]);
  res.end(body);
  endStalled(res);
}

/** A status without a body: 202 for notifications. */
export function sendEmpty(res: ServerResponse, status: number): void {
  res.writeHead(status, ['content-length', '0']);
  res.end();
}

export interface RefusalOptions extends GreeumErrorOptions {
  rpcCode?: number;
  headers?: readonly string[];
}

/**
 * A refusal before any message was understood: a JSON-RPC error with no id, so that clients of every kind can show
 * the sentence. Its `data` is a `SerializedError` as everywhere.
 */
export function refuse(
  res: ServerResponse,
  status: number,
  code: ErrorCode,
  message: string,
  { rpcCode = RPC_GREEUM_ERROR, headers = [], ...error }: RefusalOptions = {},
): void {
  const data = new GreeumError(code, message, error).toJSON();
  sendJson(res, status, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: rpcCode, message, data } }), headers);
}

/** What the socket could not take at once stays in memory until it is read: not for ever. */
function endStalled(res: ServerResponse): void {
  const { socket } = res;
  if (socket === null || socket.writableLength === 0) return;
  const timer = setTimeout(() => socket.destroy(), MAX_STALL_MS);
  res.once('close', () => clearTimeout(timer));
}
