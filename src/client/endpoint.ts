import { GreeumError } from '../protocol/errors.js';
import { MCP_PATH } from '../protocol/jsonRpc.js';

/** Where an owner listens. */
export type Endpoint =
  /** Path of a Unix socket, or full name of a Windows pipe. */
  | { readonly kind: 'socket'; readonly path: string }
  /** `prefix` is empty or `/<token>`: the part of a capability URL before `/mcp`. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly prefix: string };

const PIPE_FOLDER = '\\\\.\\pipe\\';

/**
 * Reads `http://127.0.0.1:PORT/[token/][mcp]`, `unix:/path` or `pipe:name`.
 * @throws GreeumError `invalid_argument`; `not_loopback` for a host that is not this machine
 */
export function parseEndpoint(text: string): Endpoint {
  const given = text.trim();
  if (given.startsWith('unix:')) return socket(given.slice('unix:'.length).replace(/^\/\/(?=\/)/, ''), text);
  if (given.startsWith('pipe:')) {
    const name = given.slice('pipe:'.length);
    return socket(name === '' || name.startsWith(PIPE_FOLDER) ? name : PIPE_FOLDER + name, text);
  }
  if (!URL.canParse(given)) throw notAnEndpoint(text);
  const url = new URL(given);
  if (url.protocol !== 'http:' || url.username !== '' || url.search !== '') throw notAnEndpoint(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!isLoopback(host)) throw notLoopback(host, url.port || '80');
  let prefix = url.pathname.replace(/\/+$/, '');
  if (prefix.endsWith(MCP_PATH)) prefix = prefix.slice(0, -MCP_PATH.length);
  return { kind: 'tcp', host, port: Number(url.port || '80'), prefix };
}

/** For people and logs: never shows the token. */
export function describeEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'socket') return endpoint.path;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `http://${host}:${endpoint.port}${MCP_PATH}`;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a.kind === 'socket') return b.kind === 'socket' && a.path === b.path;
  return b.kind === 'tcp' && a.host === b.host && a.port === b.port && a.prefix === b.prefix;
}

function socket(path: string, text: string): Endpoint {
  if (path === '') throw notAnEndpoint(text);
  return { kind: 'socket', path };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** The given text is not repeated: it may hold a token. */
function notAnEndpoint(text: string): GreeumError {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text.trim())?.[0];
  const what = scheme === undefined ? 'without a scheme' : `that begins with "${scheme}"`;
  return new GreeumError('invalid_argument', `A worker endpoint ${what} is not one Greeum can use.`, {
    hint: 'Write http://127.0.0.1:PORT/TOKEN/mcp, unix:/path/of/the/socket or pipe:name.',
  });
}

function notLoopback(host: string, port: string): GreeumError {
  return new GreeumError('not_loopback', `The worker endpoint is on ${host}, and Greeum only talks to this machine.`, {
    hint: `Open an SSH tunnel (ssh -L ${port}:127.0.0.1:${port} ${host}) and use http://127.0.0.1:${port}/TOKEN/mcp.`,
  });
}
