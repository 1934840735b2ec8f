/**
 * `POST /mcp` for MCP clients: the SDK's handler, which serves both eras from one factory. It is loaded when the first
 * MCP client comes, so that an owner that only serves our own clients never pays for it.
 *
 * How the two sides of the route are told apart ({@link speaksMcp}): a request is MCP when it shows any sign that only
 * an MCP client gives. The headers `MCP-Protocol-Version`, `Mcp-Method` or `Mcp-Session-Id`; an `Accept` that names
 * `text/event-stream`, which both eras demand of clients; `initialize`, `server/discover` or a notification of MCP;
 * the protocol version in `params._meta`. Everything else is bare JSON-RPC (`jsonRpcRoute.ts`). A method of our own
 * prefix is bare JSON-RPC whatever its headers. Which era an MCP request belongs to is the SDK's decision:
 *
 * - 2026-07-28: the body's `_meta` names the version; stateless; answered with JSON, or a stream when one is needed.
 * - 2025-11-25 and before: `initialize` and what follows it; served statelessly, without `Mcp-Session-Id`, so a client
 *   needs no new session when another window takes over. Answers are single-event streams. A `GET` for a stream of
 *   server messages is 405, with which VS Code and the SDK's clients live.
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { MemoryService } from '../../protocol/memoryService.js';
import { METHOD_PREFIX } from '../../protocol/jsonRpc.js';
import { refuse } from './reply.js';
import type { SdkHandler } from './sdkHandler.js';

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

export interface McpRouteOptions {
  service: MemoryService;
  version: string;
}

export class McpRoute {
  readonly #options: McpRouteOptions;
  #handler: Promise<SdkHandler> | undefined;
  /** Answers under way, without subscriptions: those end only when the client or the endpoint goes away. */
  readonly #underWay = new Set<Promise<void>>();
  #closing = false;

  constructor(options: McpRouteOptions) {
    this.#options = options;
  }

  /** Resolves when the answer has been handed to the connection. */
  async answer(req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void> {
    if (this.#closing) {
      refuse(res, 503, 'worker_stopping', 'The worker is stopping. Another one may answer in a moment.', {
        retry: 'after-reconnect',
      });
      return;
    }
    this.#handler ??= import('./sdkHandler.js').then(({ createSdkHandler }) => createSdkHandler(this.#options));
    const handler = await this.#handler;
    const answered = handler.answer(req, res, body);
    if (fields(body)['method'] !== 'subscriptions/listen') {
      this.#underWay.add(answered);
      // The caller gets the failure itself; here only the end counts.
      void answered.catch(() => undefined).then(() => this.#underWay.delete(answered));
    }
    await answered;
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
