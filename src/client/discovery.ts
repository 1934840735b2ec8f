/**
 * Where the owner may be, best first: explicit argument, `GREEUM_WORKER_ENDPOINT`, `GREEUM_MCP_HTTP`, the socket of
 * the data directory, `worker_state.json`. Nothing is connected to here; the caller tries one after the other.
 *
 * Which way each doubt falls:
 * - The discovery file is a hint. Missing, unreadable, half written or left by a dead owner: as if it were not there.
 * - What listens decides, not a process id: a pid in the file may belong to another program by now.
 * - The loopback URL of the discovery file counts only as long as its process lives, and after the sockets: a port is
 *   free for anyone once its owner is gone, and memories are not for whoever took it.
 * - A configured endpoint (argument or environment) may lead to another directory's owner. Only where it equals what
 *   the data directory itself names is it `ours`; elsewhere a write that may have arrived is never repeated at another
 *   place, because an idempotency key protects one directory.
 * - A configured endpoint that cannot be parsed, or is not on this machine, is an error and not a fallback.
 */

import { readFileSync } from 'node:fs';
import { parseDiscovery, type Discovery } from '../protocol/discovery.js';
import { ENV, type Environment } from '../protocol/environment.js';
import type { MemoryLocation } from './dataDirectory.js';
import { parseEndpoint, sameEndpoint, type Endpoint } from './endpoint.js';

/** How an endpoint came to be known. */
export type EndpointOrigin = 'argument' | typeof ENV.workerEndpoint | typeof ENV.mcpHttp | 'socket' | 'discovery-file';

export interface Candidate {
  readonly endpoint: Endpoint;
  readonly origin: EndpointOrigin;
  /** The owner there is surely the owner of this data directory. */
  readonly isOurs: boolean;
}

/** @throws GreeumError `invalid_argument`, `not_loopback`: the configured endpoint is wrong */
export function findCandidates(
  location: MemoryLocation,
  env: Environment,
  explicit: string | undefined,
  discovery: Discovery | null = readDiscovery(location),
): Candidate[] {
  const own = ownEndpoints(location, discovery);
  const configured = configuredEndpoint(env, explicit);
  if (configured === null) return own;
  const others = own.filter(({ endpoint }) => !sameEndpoint(endpoint, configured.endpoint));
  return [{ ...configured, isOurs: others.length < own.length }, ...others];
}

/** Null where there is none that can be used. */
export function readDiscovery(location: MemoryLocation): Discovery | null {
  try {
    return parseDiscovery(readFileSync(location.discoveryFile, 'utf8'));
  } catch {
    // Missing most of the time; unreadable or not a file now and then. It is only a hint.
    return null;
  }
}

function configuredEndpoint(env: Environment, explicit: string | undefined): Omit<Candidate, 'isOurs'> | null {
  const given: readonly [EndpointOrigin, string | undefined][] = [
    ['argument', explicit],
    [ENV.workerEndpoint, env[ENV.workerEndpoint]],
    [ENV.mcpHttp, env[ENV.mcpHttp]],
  ];
  for (const [origin, text] of given) {
    if (text !== undefined && text.trim() !== '') return { endpoint: parseEndpoint(text), origin };
  }
  return null;
}

function ownEndpoints(location: MemoryLocation, discovery: Discovery | null): Candidate[] {
  const found: Candidate[] = [];
  const add = (endpoint: Endpoint, origin: EndpointOrigin): void => {
    if (!found.some((known) => sameEndpoint(known.endpoint, endpoint))) found.push({ endpoint, origin, isOurs: true });
  };
  if (location.socket !== null) add({ kind: 'socket', path: location.socket }, 'socket');
  if (discovery === null) return found;
  if (discovery.socket !== '') add({ kind: 'socket', path: discovery.socket }, 'discovery-file');
  const url = isAlive(discovery.pid) ? recordedUrl(discovery) : null;
  if (url !== null) add(url, 'discovery-file');
  return found;
}

function recordedUrl({ endpoint }: Discovery): Endpoint | null {
  if (typeof endpoint !== 'string') return null;
  try {
    const url = parseEndpoint(endpoint);
    // Without its token it is somebody else's record: Python Greeum writes the same file.
    return url.kind === 'tcp' && url.prefix !== '' ? url : null;
  } catch {
    // Not ours: only a hint, as above.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
