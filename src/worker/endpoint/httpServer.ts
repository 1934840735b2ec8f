/**
 * One HTTP server: who may come in, which route answers, and the bounds that keep a slow or hostile caller from
 * holding it up. The order is fixed: guard, token, route, then the body, which is read only for those let in.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { kindOf, type ErrorCode } from '../../protocol/errors.js';
import { STDIO_PATH, STDIO_UPGRADE, RPC_INVALID_REQUEST } from '../../protocol/jsonRpc.js';
import type { Admission, Admit } from './auth.js';
import { discardBody } from './body.js';
import type { Connections } from './connections.js';
import { foreignReason } from './hostGuard.js';
import type { EndpointLimits } from './limits.js';
import type { Pace } from './rateLimit.js';
import { refuse } from './reply.js';

export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  admission: Admission;
}

export type Handler = (exchange: Exchange) => void | Promise<void>;

const METHODS = ['GET', 'POST', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** Path → method → who answers. */
export type Routes = Readonly<Record<string, Readonly<Partial<Record<Method, Handler>>>>>;

export interface HttpServerOptions {
  routes: Routes;
  admit: Admit;
  connections: Connections;
  limits: EndpointLimits;
  gate: Gate;
  /** Null: as fast as they like. */
  pace: Pace | null;
  /** Takes the connections that want to be lines of MCP; null where there are none. */
  takeLines: ((connection: Socket) => void) | null;
  onWarning: (text: string) => void;
}

/** Holds requests back until both doors are there and the directory is open, or is known not to open. */
export class Gate {
  #state: 'waiting' | 'open' | 'shut' = 'waiting';
  #decide!: () => void;
  /** It is known whether anybody will be let in. */
  readonly decided = new Promise<void>((resolve) => (this.#decide = resolve));

  get state(): 'waiting' | 'open' | 'shut' {
    return this.#state;
  }

  open(): void {
    this.#settle('open');
  }

  /** Nobody was let in, and nobody will be. An open gate stays open. */
  shut(): void {
    this.#settle('shut');
  }

  #settle(state: 'open' | 'shut'): void {
    if (this.#state !== 'waiting') return;
    this.#state = state;
    this.#decide();
  }
}

export function createHttpServer(options: HttpServerOptions): Server {
  const { routes, admit, connections, limits, gate, pace, takeLines, onWarning } = options;
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    // Calls are small and wait for their answers; the system must not hold them back.
    noDelay: true,
  });
  server.maxHeadersCount = limits.headers;
  server.maxConnections = limits.connections;
  const table = new Map(Object.entries(routes));

  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    if (gate.state !== 'open') {
      if (gate.state === 'shut') turnAway(req, res);
      else void gate.decided.then(() => serve(req, res));
      return;
    }
    const underWay = connections.begin(req, res);
    const exchange = underWay > limits.answersPerConnection ? tooMany(res) : enter(req, res, { admit, pace });
    const handler = exchange === null ? null : routeOf(exchange, table);
    if (exchange === null || handler === null) {
      discardBody(req);
      return;
    }
    void runHandler(handler, exchange, onWarning);
  };
  server.on('request', serve);
  // Without this Node asks for the body before anyone has looked at the head; see `readBody`.
  server.on('checkContinue', serve);
  if (takeLines !== null) {
    server.on('upgrade', (req: IncomingMessage, connection: Socket, head: Buffer) => {
      void gate.decided.then(() => {
        if (gate.state === 'open') upgrade(req, connection, { head, takeLines });
        else connection.destroy();
      });
    });
  }
  server.on('clientError', answerClientError);
  connections.watch(server);
  return server;
}

/** Of who may come in, and for what, a connection tells as much as a request. */
function upgrade(
  { method, url, headers }: IncomingMessage,
  connection: Socket,
  { head, takeLines }: { head: Buffer; takeLines: (connection: Socket) => void },
): void {
  connection.on('error', () => connection.destroy());
  const isMeant = method === 'GET' && url === STDIO_PATH && headers.upgrade === STDIO_UPGRADE;
  if (!isMeant || foreignReason(headers) !== null) {
    connection.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  connection.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${STDIO_UPGRADE}\r\n\r\n`);
  if (head.length > 0) connection.unshift(head);
  takeLines(connection);
}

/** Its call was taken by nobody, and it may ask whoever comes next. */
function turnAway(req: IncomingMessage, res: ServerResponse): void {
  res.shouldKeepAlive = false;
  refuse(res, 503, 'worker_stopping', 'The worker could not open its directory.', { retry: 'after-reconnect' });
  discardBody(req);
}

/** Short, so that Node's own back pressure stops the connection soon. */
function tooMany(res: ServerResponse): null {
  refuse(res, 503, 'overloaded', 'Too many requests wait for their answers on this connection.', {
    retry: 'same-key',
    hint: 'Read the answers before sending more, or use several connections.',
  });
  return null;
}

type Door = Pick<HttpServerOptions, 'admit' | 'pace'>;

function enter(req: IncomingMessage, res: ServerResponse, { admit, pace }: Door): Exchange | null {
  const foreign = foreignReason(req.headers);
  const admission = foreign === null ? admit(req.url ?? '/', req.headers) : null;
  if (admission === null) {
    if (pace?.mayBeRefused() === false) tooFast(res, { isStranger: true });
    else if (foreign !== null) refuse(res, 403, 'unauthorized', foreign);
    else {
      refuse(res, 401, 'unauthorized', 'The access token is missing or not the right one.', {
        headers: ['www-authenticate', 'Bearer realm="greeum"'],
      });
    }
    return null;
  }
  if (pace?.mayAsk(req) === false) {
    tooFast(res, { isStranger: false });
    return null;
  }
  return { req, res, admission };
}

/** Who has no token is not listened to any longer; who has one keeps the connection. */
function tooFast(res: ServerResponse, { isStranger }: { isStranger: boolean }): void {
  if (isStranger) res.shouldKeepAlive = false;
  refuse(res, 429, 'overloaded', 'Too many requests came in a short time.', {
    retry: 'same-key',
    hint: 'Wait a second, then send it again.',
    headers: ['retry-after', '1'],
  });
}

function routeOf({ req, res, admission }: Exchange, table: ReadonlyMap<string, Routes[string]>): Handler | null {
  const route = table.get(admission.path);
  if (route === undefined) {
    refuse(res, 404, 'invalid_argument', 'There is nothing at this path.');
    return null;
  }
  const method = METHODS.find((name) => name === req.method);
  const handler = method === undefined ? undefined : route[method];
  if (handler === undefined) {
    refuse(res, 405, 'invalid_argument', 'This method is not allowed here.', {
      headers: ['allow', Object.keys(route).join(', ')],
    });
    return null;
  }
  return handler;
}

/** Whatever goes wrong in a route ends here: the process lives, and the caller hears of it. */
async function runHandler(handler: Handler, exchange: Exchange, onWarning: (text: string) => void): Promise<void> {
  try {
    await handler(exchange);
  } catch (error) {
    onWarning(`A request failed inside: ${kindOf(error)}.`);
    fail(exchange.res);
  }
}

/** A defect of ours: says so without details, or, when an answer has begun, breaks it off visibly. */
function fail(res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else {
    refuse(res, 500, 'internal', 'Greeum failed inside. Please report this with the log.', {
      outcome: 'unknown',
      retry: 'same-key',
    });
  }
}

const CLIENT_ERRORS: ReadonlyMap<string | undefined, readonly [status: string, code: ErrorCode, message: string]> =
  new Map([
    ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'request_too_large', 'The headers are too large.']],
    ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'timeout', 'The request took too long to arrive.']],
  ] as const);

/** What could not be read as HTTP. There is no response object yet, so the answer is written by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = CLIENT_ERRORS.get(error.code) ?? [
    '400 Bad Request',
    'invalid_argument',
    'This is not HTTP as it should be.',
  ];
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: null,
    error: { code: RPC_INVALID_REQUEST, message, data: { code, message, outcome: 'not_written', retry: 'never' } },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
