/**
 * Where the owner listens. One set of routes over two doors: a Unix socket (or Windows pipe), whose file permissions
 * are the authentication, and loopback TCP, where every request must show the token.
 */

import type { IncomingMessage, Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { kindOf } from '../../protocol/errors.js';
import { MCP_PATH } from '../../protocol/jsonRpc.js';
import type { CreateMcpServer } from '../../mcp/server.js';
import type { MemoryService } from '../../protocol/memoryService.js';
import type { WorkerStatus } from '../../protocol/operations.js';
import type { AccessToken } from './accessToken.js';
import { admitOnSocket, admitWithToken } from './auth.js';
import { BodyRoom } from './body.js';
import { Connections } from './connections.js';
import { createHttpServer, Gate } from './httpServer.js';
import { ENDPOINT_LIMITS, type EndpointLimits } from './limits.js';
import { listenOnSocket, listenOnTcp } from './listen.js';
import { McpRoute } from './mcpRoute.js';
import { Portions } from '../portions.js';
import { Pace } from './rateLimit.js';
import { createRoutes } from './routes.js';
import { WatchStreams } from './watch.js';

export interface HttpOptions {
  /** Only this machine is accepted: `127.0.0.1`, `::1` or `localhost`. */
  bind: string;
  /** This port or none. Null: {@link preferredPort} when it is free, else the first free one from 8820 to 8840. */
  port: number | null;
  /** The previous owner's port, so that configured agents find the new one in the same place. */
  preferredPort: number | null;
}

export interface EndpointOptions {
  service: MemoryService;
  version: string;
  /** Must not wait for the writer: `/healthz`, `/metrics` and `/watch` answer from it. */
  status: () => WorkerStatus;
  /** Calls the listener after each change of {@link status}; returns what ends that. */
  onStatus: (listener: () => void) => () => void;
  /** Path of the Unix socket, or name of the Windows pipe. The caller holds the ownership lock of the directory. */
  socketPath: string;
  /** What TCP callers must show. */
  token: AccessToken;
  /** Null: no TCP. */
  http: HttpOptions | null;
  /** For the log; holds no memory text and no token. */
  onWarning?: (text: string) => void;
  /** Default: {@link ENDPOINT_LIMITS}. */
  limits?: Partial<EndpointLimits>;
  /** Default: the MCP server of the product. */
  createMcpServer?: CreateMcpServer;
}

export interface Endpoint {
  readonly socketPath: string;
  /** Loopback URL without its token, ending in `/mcp`; null when HTTP is off. */
  readonly url: string | null;
  /** The same with the token in its path: belongs into `worker_state.json`, never into a log. */
  readonly capabilityUrl: string | null;
  readonly port: number | null;
  /** Answers from now on; who has come before is served first. */
  open(): void;
  /** Connections open now. */
  clients(): number;
  /** Cuts off everybody who came in with the token, answers under way included: after it was exchanged. */
  dropTcp(): void;
  /**
   * Accepts nothing more, lets answers under way leave (for a bounded time), ends the watch streams, closes every
   * connection and removes the socket file. Resolves when all of that is done; never rejects.
   */
  close(): Promise<void>;
}

/**
 * Listens on the socket, then on TCP, and lets callers wait until it is opened. When one of the two fails, neither is
 * left listening.
 * @throws GreeumError `no_free_port`, `not_loopback` or `unsafe_permissions`
 */
export async function createEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { service, version, status, onStatus, socketPath, token, http, onWarning = () => undefined } = options;
  const limits = { ...ENDPOINT_LIMITS, ...options.limits };
  const connections = new Connections();
  const mcp = new McpRoute({ service, version, token, onChange: onStatus, createServer: options.createMcpServer });
  const watch = new WatchStreams({ status, onStatus }, limits.watchIntervalMs);
  const bodyRoom = new BodyRoom(limits.bodiesInFlightBytes);
  const calls = new Portions(limits.callsPerTurn);
  const callerOf = (req: IncomingMessage): string => connections.nameOf(req);
  const routes = createRoutes({ service, status, token, mcp, watch, bodyRoom, calls, callerOf });
  const takeLines = (connection: Socket): void => {
    void mcp.serveLines(connection, connections.nameOf({ socket: connection })).catch((error: unknown) => {
      onWarning(`A connection of lines failed inside: ${kindOf(error)}.`);
      connection.destroy();
    });
  };
  const gate = new Gate();
  const common = { routes, connections, limits, gate, onWarning };
  const listening: Server[] = [];

  const close = once(async () => {
    const stopped = listening.map(stopListening);
    gate.shut();
    watch.close();
    await Promise.allSettled([mcp.close(limits.closeGraceMs), connections.close(limits.closeGraceMs), ...stopped]);
    // Nothing is open any more: this ends the timer with which Node checks for slow requests.
    for (const server of listening) server.close();
  });

  try {
    const local = createHttpServer({ ...common, admit: admitOnSocket, pace: null, takeLines });
    listening.push(local);
    await listenOnSocket(local, socketPath);
    const tcp =
      http === null
        ? null
        : createHttpServer({ ...common, admit: admitWithToken(token), pace: new Pace(limits), takeLines: null });
    if (tcp !== null) listening.push(tcp);
    const port = tcp === null || http === null ? null : await listenOnTcp(tcp, http);
    const origin = http === null || port === null ? null : `http://${hostOf(http)}:${port}`;
    return {
      socketPath,
      port,
      url: origin === null ? null : origin + MCP_PATH,
      get capabilityUrl() {
        return origin === null ? null : `${origin}/${token.value}${MCP_PATH}`;
      },
      open: () => gate.open(),
      clients: () => connections.count,
      dropTcp: () => tcp?.closeAllConnections(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function hostOf({ bind }: HttpOptions): string {
  return bind.includes('::1') ? '[::1]' : '127.0.0.1';
}

/** Takes no more connections; those that are open go on. Node removes the socket's file. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // `Server.prototype.close` of `http` would also cut off answers that are written but not yet sent.
    if (server.listening) NetServer.prototype.close.call(server, () => resolve());
    else resolve();
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
