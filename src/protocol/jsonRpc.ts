/**
 * JSON-RPC as our own clients speak it: `POST /mcp` with method `greeum/<operation>` and the operation's input as
 * `params`. A failure is an error object whose `data` is the {@link SerializedError}.
 */

import type { SerializedError } from './errors.js';

export const METHOD_PREFIX = 'greeum/';
export const MCP_PATH = '/mcp';
export const HEALTH_PATH = '/healthz';
export const METRICS_PATH = '/metrics';
/** Newline-delimited JSON of `WorkerStatus`, a line at each change; ends when the owner ends. */
export const WATCH_PATH = '/watch';
/** Optional header of our own clients: the `WriteSource` of what they add. */
export const SOURCE_HEADER = 'greeum-source';
/** Likewise the agent on whose behalf they call, percent-encoded. */
export const CLIENT_HEADER = 'greeum-client';

export const RPC_PARSE_ERROR = -32700;
export const RPC_INVALID_REQUEST = -32600;
export const RPC_METHOD_NOT_FOUND = -32601;
export const RPC_INVALID_PARAMS = -32602;
export const RPC_INTERNAL_ERROR = -32603;
/** Any {@link SerializedError}; look at `data.code`. */
export const RPC_GREEUM_ERROR = -32001;

export type JsonRpcId = string | number | null;

export interface JsonRpcError {
  code: number;
  message: string;
  data?: SerializedError | undefined;
}

export type JsonRpcResponse =
  { jsonrpc: '2.0'; id: JsonRpcId; result: unknown } | { jsonrpc: '2.0'; id: JsonRpcId; error: JsonRpcError };
