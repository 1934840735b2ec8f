/** `worker_state.json`: how a client finds the owner. Written by the owner, mode 0600; read by clients and Python. */

import type { OwnerHost } from './operations.js';

export const DISCOVERY_FILE = 'worker_state.json';
/** Beside it: the secret that TCP callers show, 256 random bits in base64url. */
export const TOKEN_FILE = 'worker.token';
export const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export interface Discovery {
  /** Capability URL `http://127.0.0.1:PORT/<token>/mcp`; absent when HTTP is off. */
  endpoint?: string;
  /** Path of the Unix socket, or name of the Windows pipe. */
  socket: string;
  pid: number;
  /** UTC, ISO 8601 ending in Z. */
  started_at: string;
  /** Read by Python: whether vectors come from a model. */
  semantic: boolean;
  log: string;
  epoch: number;
  version: string;
  host: OwnerHost;
}

/** Null for anything that is not a discovery record: a client then goes on as if there were none. */
export function parseDiscovery(text: string): Discovery | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Python writes this file in place, so half a file is possible; it is only a hint.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { socket, pid, epoch } = value as Record<string, unknown>;
  if (typeof socket !== 'string' || typeof pid !== 'number' || typeof epoch !== 'number') return null;
  return value as Discovery;
}
