/** Where an MCP client of this machine finds the worker, chosen without the editor. */

import type { ServerCommand } from '../agents/index.js';
import { describeEndpoint, parseEndpoint } from '../client/endpoint.js';

/** First editor whose MCP client reaches Unix sockets and named pipes (microsoft/vscode pull request 268524). */
const SOCKET_URI_SINCE = [1, 105] as const;

export interface McpEndpoints {
  /** Path of the Unix socket, or name of the Windows pipe; null while there is no owner. */
  socket: string | null;
  /** Capability URL `http://127.0.0.1:PORT/<token>/mcp`; null when HTTP is off. */
  endpoint: string | null;
}

export type McpTarget =
  | { kind: 'socket'; path: string }
  | { kind: 'pipe'; name: string }
  | { kind: 'http'; url: string; headers: Record<string, string> };

/**
 * Socket first: its permissions are the file's, no token travels. On Windows HTTP comes first, because a pipe's name
 * in a URI is the less travelled road there. Null when this editor can reach neither.
 */
export function chooseMcpTarget(endpoints: McpEndpoints, editorVersion: string, os: string): McpTarget | null {
  const http = httpTarget(endpoints.endpoint);
  const local = canUseSocketUri(editorVersion) ? localTarget(endpoints.socket, os) : null;
  return os === 'win32' ? (http ?? local) : (local ?? http);
}

function localTarget(socket: string | null, os: string): McpTarget | null {
  if (socket === null) return null;
  return os === 'win32' ? { kind: 'pipe', name: socket } : { kind: 'socket', path: socket };
}

function httpTarget(endpoint: string | null): McpTarget | null {
  const parts = endpoint === null ? null : splitCapabilityUrl(endpoint);
  return parts && { kind: 'http', url: parts.url, headers: { Authorization: `Bearer ${parts.token}` } };
}

/** The plain URL and the token of a capability URL; null for anything else. */
export function splitCapabilityUrl(text: string): { url: string; token: string } | null {
  try {
    const endpoint = parseEndpoint(text);
    if (endpoint.kind !== 'tcp' || endpoint.prefix === '') return null;
    return { url: describeEndpoint(endpoint), token: endpoint.prefix.slice(1) };
  } catch {
    // Not ours: the record may come from another program, which shares the file.
    return null;
  }
}

export function canUseSocketUri(editorVersion: string): boolean {
  const [major = 0, minor = 0] = editorVersion.split('.').map(Number);
  const [sinceMajor, sinceMinor] = SOCKET_URI_SINCE;
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/** An `mcp.json` for agents that start the server themselves; holds no secret. */
export function stdioConfiguration({ command, args, env }: ServerCommand): string {
  return pretty({ servers: { greeum: { type: 'stdio', command, args, env } } });
}

/** An `mcp.json` for agents that take a URL. Holds the token: whoever has it can read and write every memory. */
export function httpConfiguration(url: string, token: string): string {
  return pretty({ servers: { greeum: { type: 'http', url, headers: { Authorization: `Bearer ${token}` } } } });
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
