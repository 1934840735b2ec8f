/**
 * JSON-RPC as our own clients speak it: `POST /mcp` with method `greeum/<operation>` and the operation's input as
 * `params`. A failure is an error object whose `data` is the {@link SerializedError}.
 */

import type { SerializedError } from './errors.js';

export const METHOD_PREFIX = 'greeum/';
export const MCP_PATH = '/mcp';
export const HEALTH_PATH = '/healthz';
export const METRICS_PATH = '/metrics';
/**
 * `GET /owner?nonce=…`: how an owner proves to a client that it knows the token, before the client shows the token or
 * any memory. The one path that TCP callers may ask without the token; the answer is a signature and nothing else.
 */
export const OWNER_PATH = '/owner';
export const NONCE_PATTERN = /^[A-Za-z0-9_-]{22,64}$/;

/**
 * What is signed (HMAC-SHA-256 with the token, base64url). The port is in it, so that a stranger who listens on another
 * one cannot pass the question on to the real owner and its answer back.
 * @param port null on a socket or pipe
 */
export function ownerStatement(nonce: string, port: number | null): string {
  return `owner\n${nonce}\n${port ?? 'socket'}`;
}

/**
 * `GET /stdio` with `Upgrade`, on the socket only: from then on the connection is MCP as on stdin and stdout, a message
 * a line, in both directions. What `greeum mcp serve` carries an agent's messages over.
 */
export const STDIO_PATH = '/stdio';
export const STDIO_UPGRADE = 'greeum-stdio';

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
