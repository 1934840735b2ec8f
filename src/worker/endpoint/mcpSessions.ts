/**
 * Sessions of the 2025 era of MCP: what lets a client give a call up, and hear of changes on a stream of its own.
 *
 * Clients of that era cannot begin anew by themselves: where their session is unknown they stop working. But owners
 * change whenever a window closes. So a session's id carries a proof that an owner of this directory gave it out, and
 * the next owner goes on with it. Only the subscriptions are lost then; nothing else is kept between two requests.
 */

import { randomBytes } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport as Transport } from '@modelcontextprotocol/server';
import type { Server } from '@modelcontextprotocol/server';
import type { AccessToken } from './accessToken.js';

/** Past it the one that was idle for longest ends; its client does not notice, see above. */
const MAX_SESSIONS = 256;
/** Of those that their clients have ended, so many are remembered as ended. */
const MAX_ENDED = 1_024;
const statement = (nonce: string): string => `session\n${nonce}`;
const ID = /^([\w-]{22})\.([\w-]{43})$/;
/** What clients of the era send when they send nothing. */
const OLDEST_VERSION = '2025-03-26';

export interface SessionRequest {
  readonly request: Request;
  /** Parsed; undefined for GET and DELETE. */
  readonly body: unknown;
}

interface Session {
  readonly server: Server;
  readonly transport: Transport;
}

export class McpSessions {
  readonly #token: AccessToken;
  readonly #createServer: (sessionId: string) => Server;
  /** The one that was used last is the last. */
  readonly #open = new Map<string, Session>();
  readonly #ended = new Set<string>();

  constructor(token: AccessToken, createServer: (sessionId: string) => Server) {
    this.#token = token;
    this.#createServer = createServer;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Answers an `initialize`. */
  async begin({ request, body }: SessionRequest): Promise<Response> {
    const nonce = randomBytes(16).toString('base64url');
    const id = `${nonce}.${this.#token.sign(statement(nonce))}`;
    const session = await this.#create(id);
    const response = await session.transport.handleRequest(request, { parsedBody: body });
    // Refused for how it was asked: there is no client that knows of a session.
    if (!response.ok) this.#drop(id, session);
    return response;
  }

  /** Answers a request of a session; null when no owner of this directory gave it out, or its client has ended it. */
  async answer(id: string, { request, body }: SessionRequest): Promise<Response | null> {
    const session = this.#open.get(id) ?? (this.#isOurs(id) ? await this.#revive(id, request) : null);
    if (session === null) return null;
    this.#open.delete(id);
    this.#open.set(id, session);
    return session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
  }

  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(sessions.map(({ server }) => server.close()));
  }

  async #create(id: string): Promise<Session> {
    const transport = new Transport({
      sessionIdGenerator: () => id,
      onsessionclosed: () => this.#end(id),
    });
    const session = { server: this.#createServer(id), transport };
    await session.server.connect(transport);
    this.#open.set(id, session);
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size > MAX_SESSIONS) this.#drop(...oldest);
    return session;
  }

  #drop(id: string, { server }: Session): void {
    this.#open.delete(id);
    void server.close().catch(() => undefined);
  }

  /** Puts a session where its handshake had left it. */
  async #revive(id: string, { headers }: Request): Promise<Session> {
    const session = await this.#create(id);
    const initialize = {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: headers.get('mcp-protocol-version') ?? OLDEST_VERSION,
        capabilities: {},
        clientInfo: { name: '', version: '' },
      },
    };
    const handshake = new Request('http://localhost/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    });
    // Its answer was read long ago.
    await (await session.transport.handleRequest(handshake, { parsedBody: initialize })).text();
    return session;
  }

  #end(id: string): void {
    this.#open.delete(id);
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (oldest !== undefined && this.#ended.size > MAX_ENDED) this.#ended.delete(oldest);
  }

  #isOurs(id: string): boolean {
    const [, nonce, proof] = ID.exec(id) ?? [];
    return (
      nonce !== undefined &&
      proof !== undefined &&
      !this.#ended.has(id) &&
      this.#token.hasSigned(statement(nonce), proof)
    );
  }
}
