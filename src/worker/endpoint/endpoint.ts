/**
 * Where the owner listens. One set of routes over two doors: a Unix socket (or Windows pipe), whose file permissions
 * are the authentication, and loopback TCP, where every request must show the token.
 */

import type { MemoryService } from '../../protocol/memoryService.js';
import type { WorkerStatus } from '../../protocol/operations.js';

export interface HttpOptions {
  /** Only an address of this machine is accepted: `127.0.0.1`, `::1` or `localhost`. */
  bind: string;
  /** This port or none. Null: {@link preferredPort} when it is free, else the first free one from 8820 to 8840. */
  port: number | null;
  /** The previous owner's port, so that configured agents find the new one in the same place. */
  preferredPort: number | null;
  /** See `token.ts`. */
  token: string;
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
  /** Null: no TCP. */
  http: HttpOptions | null;
  /** For the log; holds no memory text and no token. */
  onWarning?: (text: string) => void;
}

export interface Endpoint {
  readonly socketPath: string;
  /** Loopback URL without its token, ending in `/mcp`; null when HTTP is off. */
  readonly url: string | null;
  /** The same with the token in its path: belongs into `worker_state.json`, never into a log. */
  readonly capabilityUrl: string | null;
  readonly port: number | null;
  /** Connections open now. */
  clients(): number;
  /**
   * Accepts nothing more, lets answers under way leave (at most 5 s), ends the watch streams, closes every
   * connection and removes the socket file. Resolves when all of that is done; never rejects.
   */
  close(): Promise<void>;
}
