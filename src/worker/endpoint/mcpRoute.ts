/**
 * `/mcp` for MCP clients: the SDK's handlers, which serve both eras from one factory. It is loaded when the first
 * MCP client comes, so that an owner that only serves our own clients never pays for it.
 *
 * How the two sides of the route are told apart ({@link speaksMcp}): a request is MCP when it shows any sign that only
 * an MCP client gives. The headers `MCP-Protocol-Version`, `Mcp-Method` or `Mcp-Session-Id`; an `Accept` that names
 * `text/event-stream`, which both eras demand of clients; `initialize`, `server/discover` or a notification of MCP;
 * the protocol version in `params._meta`. Everything else is bare JSON-RPC (`jsonRpcRoute.ts`). A method of our own
 * prefix is bare JSON-RPC whatever its headers. Which era an MCP request belongs to is the SDK's decision:
 *
 * - 2026-07-28: the body's `_meta` names the version; stateless; answered with JSON, or a stream when one is needed.
 * - 2025-11-25 and before: `initialize` begins a session (`mcpSessions.ts`), with a stream of its own behind `GET` and
 *   its end behind `DELETE`. A request without a session is answered for itself.
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LISTEN_METHOD } from '../../mcp/subscriptions.js';
import { METHOD_PREFIX } from '../../protocol/jsonRpc.js';
import { refuse } from './reply.js';
import type { SdkHandler, SdkHandlerOptions } from './sdkHandler.js';

const MCP_METHODS: ReadonlySet<unknown> = new Set(['initialize', 'server/discover']);
const VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion';

export function speaksMcp(headers: IncomingHttpHeaders, body: unknown): boolean {
  const { method, params } = fields(body);
  if (typeof method === 'string') {
    if (method.startsWith(METHOD_PREFIX)) return false;
    if (MCP_METHODS.has(method) || method.startsWith('notifications/')) return true;
  }
  return hasMcpHeader(headers) || Object.hasOwn(fields(fields(params)['_meta']), VERSION_META_KEY);
}

function hasMcpHeader(headers: IncomingHttpHeaders): boolean {
  return (
    headers['mcp-protocol-version'] !== undefined ||
    headers['mcp-method'] !== undefined ||
    headers['mcp-session-id'] !== undefined ||
    (headers.accept?.includes('text/event-stream') ?? false)
  );
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** One request; `body` is parsed, and undefined where there is none. */
export interface McpExchange {
  req: IncomingMessage;
  res: ServerResponse;
  /** Names the connection. */
  caller: string;
  body: unknown;
}

export class McpRoute {
  readonly #options: SdkHandlerOptions;
  #handler: Promise<SdkHandler> | undefined;
  /** Answers under way, without streams: those end only when the client or the endpoint goes away. */
  readonly #underWay = new Set<Promise<void>>();
  #closing = false;

  constructor(options: SdkHandlerOptions) {
    this.#options = options;
  }

  /** Resolves when the answer has been handed to the connection. */
  async answer(exchange: McpExchange): Promise<void> {
    if (this.#closing) {
      refuse(exchange.res, 503, 'worker_stopping', 'The worker is stopping. Another one may answer in a moment.', {
        retry: 'after-reconnect',
      });
      return;
    }
    const handler = await this.#load();
    const answered = handler.answer(exchange);
    if (exchange.req.method === 'POST' && fields(exchange.body)['method'] !== LISTEN_METHOD) {
      this.#underWay.add(answered);
      // The caller gets the failure itself; here only the end counts.
      void answered.catch(() => undefined).then(() => this.#underWay.delete(answered));
    }
    await answered;
  }

  /** MCP as on stdin and stdout, until one side ends the connection. */
  async serveLines(connection: Socket, caller: string): Promise<void> {
    const handler = await this.#load();
    // A connection that is cut off by a stopping owner is taken up by the next one; see `mcp/bridge.ts`.
    if (!this.#closing) await handler.serveLines(connection, caller);
    connection.end();
  }

  #load(): Promise<SdkHandler> {
    this.#handler ??= import('./sdkHandler.js').then(({ createSdkHandler }) => createSdkHandler(this.#options));
    return this.#handler;
  }

  /** Takes no more requests, lets answers under way leave for at most `graceMs`, then ends what is still open. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const handler = await this.#handler;
    if (handler === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
    await Promise.race([Promise.allSettled(this.#underWay), patience]);
    clearTimeout(timer);
    await handler.close();
  }
}
