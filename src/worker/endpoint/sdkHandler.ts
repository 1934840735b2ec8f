/** Between Node's HTTP and the SDK's web-standard handlers. Loaded on demand by `mcpRoute.ts`: this brings the SDK in. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type AuthInfo,
  type McpHttpHandler,
  type Server,
} from '@modelcontextprotocol/server';
import { ResourceChanges } from '../../mcp/resourceChanges.js';
import { serveStdio } from '../../mcp/stdio.js';
import { createMcpServer, type CreateMcpServer } from '../../mcp/server.js';
import { MAX_REQUEST_BYTES } from '../../protocol/limits.js';
import type { MemoryService } from '../../protocol/memoryService.js';
import type { AccessToken } from './accessToken.js';
import { McpSessions } from './mcpSessions.js';
import { refuse } from './reply.js';
import { watchedUris } from '../../mcp/subscriptions.js';

export interface SdkHandlerOptions {
  service: MemoryService;
  version: string;
  token: AccessToken;
  onChange: (listener: () => void) => () => void;
  /** Default: the real one. */
  createServer?: CreateMcpServer | undefined;
}

export interface SdkHandler {
  /** @param caller names the connection; @param body parsed, undefined for a request without one */
  answer(exchange: { req: IncomingMessage; res: ServerResponse; caller: string; body: unknown }): Promise<void>;
  /** Resolves when the connection has ended. */
  serveLines(connection: Duplex, caller: string): Promise<void>;
  close(): Promise<void>;
}

/** Not handed on: the SDK has no use for secrets, and handlers can see the request. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'cookie']);
const SESSION_HEADER = 'mcp-session-id';

export function createSdkHandler(options: SdkHandlerOptions): SdkHandler {
  const { service, version, token, onChange, createServer = createMcpServer } = options;
  const changes = new ResourceChanges({ service, onChange });
  const serverFor = (caller: string, told: ResourceChanges | null): Server =>
    createServer({ service: calledBy(service, caller), version, changes: told });

  const single = createMcpHandler(
    ({ era, authInfo }) => serverFor(authInfo?.clientId ?? '', era === 'modern' ? changes : null),
    { maxRequestBodySize: MAX_REQUEST_BYTES },
  );
  changes.onUpdated((uri) => single.notify.resourceUpdated(uri));
  let sessionCount = 0;
  const sessions = new McpSessions(token, () => serverFor(`session ${(sessionCount += 1)}`, changes));

  /** Null: there is no such session. */
  const respond = async (request: Request, body: unknown, caller: string): Promise<Response | null> => {
    const id = request.headers.get(SESSION_HEADER);
    if (request.method !== 'POST') return id === null ? notAllowed() : sessions.answer(id, { request, body });
    if (await isLegacyRequest(request, body)) {
      if (id !== null) return sessions.answer(id, { request, body });
      if (isInitializeRequest(body)) return sessions.begin({ request, body });
    }
    return answerOnce(single, { request, body, caller, changes });
  };

  return {
    async answer({ req, res, caller, body }) {
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      const response = await respond(webRequest(req, gone.signal), body, caller);
      if (response === null) refuseSession(res);
      else await sendWebResponse(res, response, gone.signal);
    },
    serveLines(connection, caller) {
      const lines = { input: connection, output: connection };
      return serveStdio({ service: calledBy(service, caller), version, onChange, ...lines });
    },
    async close() {
      changes.close();
      await Promise.all([single.close(), sessions.close()]);
    },
  };
}

/** The service as one caller sees it: its writes take turns with those of others. */
function calledBy(service: MemoryService, caller: string): MemoryService {
  return { call: (operation, input, options) => service.call(operation, input, { ...options, caller }) };
}

/** A request that stands for itself: of the newer era, or of the older one without a session. */
async function answerOnce(
  handler: McpHttpHandler,
  { request, body, caller, changes }: { request: Request; body: unknown; caller: string; changes: ResourceChanges },
): Promise<Response> {
  const ends = await Promise.all(watchedUris(body).map((uri) => changes.watch(uri)));
  request.signal.addEventListener('abort', () => ends.forEach((end) => end?.()), { once: true });
  // The SDK's way to hand a name on to the factory of servers.
  const authInfo: AuthInfo = { token: '', clientId: caller, scopes: [] };
  return handler.fetch(request, { authInfo, ...(body === undefined ? {} : { parsedBody: body }) });
}

/** The body is handed over parsed. The URL is a fixed one, because the real one may hold the token. */
function webRequest(req: IncomingMessage, signal: AbortSignal): Request {
  return new Request('http://localhost/mcp', { method: req.method ?? 'POST', headers: headersOf(req), signal });
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || SECRET_HEADERS.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function notAllowed(): Response {
  const error = { code: -32000, message: 'Method not allowed.' };
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 405, headers: { allow: 'POST' } });
}

function refuseSession(res: ServerResponse): void {
  refuse(res, 404, 'invalid_argument', 'There is no such session.', {
    hint: 'Begin a new one with initialize.',
  });
}

async function sendWebResponse(res: ServerResponse, response: Response, gone: AbortSignal): Promise<void> {
  // Whether the connection stays open is Node's to say.
  const { connection: _connection, ...headers } = Object.fromEntries(response.headers);
  res.writeHead(response.status, { 'cache-control': 'no-store', ...headers });
  if (response.body === null) {
    res.end();
    return;
  }
  // A stream may have nothing to say for long; its client waits for the head.
  res.flushHeaders();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  if (gone.aborted) cancel();
  gone.addEventListener('abort', cancel, { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!res.write(value)) await drained(res);
  }
  gone.removeEventListener('abort', cancel);
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      res.off('drain', settle);
      res.off('close', settle);
      resolve();
    };
    res.on('drain', settle);
    res.on('close', settle);
  });
}
