/** What is served, as a table. Both doors have the same. */

import type { IncomingMessage } from 'node:http';
import { clientFromHeader } from '../../protocol/clientName.js';
import { CLIENT_HEADER, RPC_INVALID_REQUEST, RPC_PARSE_ERROR, SOURCE_HEADER } from '../../protocol/jsonRpc.js';
import {
  HEALTH_PATH,
  MCP_PATH,
  METRICS_PATH,
  NONCE_PATTERN,
  OWNER_PATH,
  ownerStatement,
  WATCH_PATH,
} from '../../protocol/jsonRpc.js';
import { isDeeperThan } from '../../protocol/jsonDepth.js';
import { MAX_JSON_DEPTH, MAX_PORT_REQUEST_BYTES, MAX_REQUEST_BYTES } from '../../protocol/limits.js';
import type { MemoryService } from '../../protocol/memoryService.js';
import { isLongOperation, type WorkerStatus, type WriteSource } from '../../protocol/operations.js';
import type { AccessToken } from './accessToken.js';
import { discardBody, readBody, type BodyRoom } from './body.js';
import { healthJson } from './health.js';
import type { Exchange, Routes } from './httpServer.js';
import { answerJsonRpc } from './jsonRpcRoute.js';
import { speaksMcp, type McpRoute } from './mcpRoute.js';
import { METRICS_TYPE, renderMetrics } from './metrics.js';
import { refuse, send, sendEmpty, sendJson } from './reply.js';
import type { WatchStreams } from './watch.js';
import type { Portions } from '../portions.js';

export interface RouteParts {
  service: MemoryService;
  status: () => WorkerStatus;
  token: AccessToken;
  mcp: McpRoute;
  watch: WatchStreams;
  bodyRoom: BodyRoom;
  /** In which calls are carried out, once they are read. */
  calls: Portions;
  /** Names the connection of a request: its writes take turns with those of others. */
  callerOf: (req: IncomingMessage) => string;
}

export function createRoutes({ service, status, token, mcp, watch, bodyRoom, calls, callerOf }: RouteParts): Routes {
  return {
    [MCP_PATH]: {
      POST: (exchange) => answerPost(exchange, { service, mcp, bodyRoom, calls, caller: callerOf(exchange.req) }),
      GET: (exchange) => answerStream(exchange, mcp, callerOf(exchange.req)),
      DELETE: (exchange) => answerStream(exchange, mcp, callerOf(exchange.req)),
    },
    [OWNER_PATH]: { GET: (exchange) => answerOwner(exchange, token) },
    [HEALTH_PATH]: { GET: ({ res }) => sendJson(res, 200, healthJson(status())) },
    [METRICS_PATH]: { GET: ({ res }) => send(res, 200, METRICS_TYPE, renderMetrics(status())) },
    [WATCH_PATH]: { GET: ({ res }) => watch.add(res) },
  };
}

/** The service as one caller sees it. What takes long is ended when the caller hangs up; the rest is soon over. */
function calledBy(service: MemoryService, caller: string, res: Exchange['res']): MemoryService {
  return {
    call: (operation, input, options) => {
      const signal = isLongOperation(operation) ? { signal: closedSignal(res) } : {};
      return service.call(operation, input, { ...options, ...signal, caller });
    },
  };
}

/** Aborts when the connection closes; behind the answer that changes nothing. */
function closedSignal(res: Exchange['res']): AbortSignal {
  const closed = new AbortController();
  if (res.destroyed) closed.abort();
  else res.once('close', () => closed.abort());
  return closed.signal;
}

function answerOwner({ req, res, admission }: Exchange, token: AccessToken): void {
  const nonce = new URLSearchParams(req.url?.split('?', 2)[1]).get('nonce') ?? '';
  if (!NONCE_PATTERN.test(nonce)) {
    refuse(res, 400, 'invalid_argument', 'A nonce has 22 to 64 characters of base64url.');
    return;
  }
  const port = admission.proof === 'socket' ? null : (req.socket.localPort ?? null);
  sendJson(res, 200, JSON.stringify({ proof: token.sign(ownerStatement(nonce, port)) }));
}

/** What only a session of the older era of MCP has: its stream, and its end. */
async function answerStream({ req, res }: Exchange, mcp: McpRoute, caller: string): Promise<void> {
  if (req.headers['mcp-session-id'] !== undefined) return mcp.answer({ req, res, caller, body: undefined });
  refuse(res, 405, 'invalid_argument', 'This method is for sessions only.', { headers: ['allow', 'POST'] });
}

type PostParts = Pick<RouteParts, 'service' | 'mcp' | 'bodyRoom' | 'calls'> & { caller: string };

async function answerPost(exchange: Exchange, parts: PostParts): Promise<void> {
  const { service, mcp, bodyRoom, calls, caller } = parts;
  const { req, res, admission } = exchange;
  const read = await readMessage(exchange, bodyRoom);
  if (read === null) return;
  await calls.turn();
  const { message } = read;
  if (speaksMcp(req.headers, message)) {
    await mcp.answer({ req, res, caller, body: message });
    return;
  }
  const sender = {
    source: sourceOf(req.headers[SOURCE_HEADER]),
    client: clientFromHeader(req.headers[CLIENT_HEADER]),
    isOnSocket: admission.proof === 'socket',
  };
  const { status, json } = await answerJsonRpc(calledBy(service, caller, res), message, sender);
  if (json === null) sendEmpty(res, status);
  else sendJson(res, status, json);
}

/** The body, checked and parsed; null when it was refused, and that is said. */
async function readMessage({ req, res, admission }: Exchange, room: BodyRoom): Promise<{ message: unknown } | null> {
  // A page can post text/plain without asking first, but cannot know the token in the URL: only there it is let pass.
  if (admission.proof !== 'path' && !isJson(req.headers['content-type'])) {
    refuse(res, 415, 'invalid_argument', 'The Content-Type must be application/json.');
    discardBody(req);
    return null;
  }
  const maxBytes = admission.proof === 'socket' ? MAX_REQUEST_BYTES : MAX_PORT_REQUEST_BYTES;
  const body = await readBody(req, res, { maxBytes, room });
  if ('problem' in body) {
    if (body.problem === 'too_large') refuseTooLarge(res, maxBytes);
    else if (body.problem === 'no_room') refuseForNow(res);
    else if (body.problem === 'not_utf8') refuseUnparsed(res, 'Parse error: the body is not UTF-8.');
    discardBody(req);
    return null;
  }
  if (isDeeperThan(body.text, MAX_JSON_DEPTH)) {
    refuseUnparsed(res, `Parse error: the body nests deeper than ${MAX_JSON_DEPTH} levels.`);
    return null;
  }
  try {
    return { message: JSON.parse(body.text) };
  } catch {
    refuseUnparsed(res, 'Parse error: the body is not JSON.');
    return null;
  }
}

function refuseTooLarge(res: Exchange['res'], maxBytes: number): void {
  refuse(res, 413, 'request_too_large', `A request may be at most ${maxBytes} bytes long here.`, {
    rpcCode: RPC_INVALID_REQUEST,
  });
}

function refuseForNow(res: Exchange['res']): void {
  refuse(res, 503, 'overloaded', 'Too much is being sent to the worker at once.', {
    retry: 'same-key',
    hint: 'Send it again in a moment.',
  });
}

function refuseUnparsed(res: Exchange['res'], message: string): void {
  refuse(res, 400, 'invalid_argument', message, { rpcCode: RPC_PARSE_ERROR });
}

function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const [essence = ''] = (contentType ?? '').split(';', 1);
  return essence.trim().toLowerCase() === 'application/json';
}

const SOURCES: ReadonlySet<unknown> = new Set<WriteSource>(['vscode', 'mcp', 'cli', 'api']);

function sourceOf(header: unknown): WriteSource | null {
  return SOURCES.has(header) ? (header as WriteSource) : null;
}
