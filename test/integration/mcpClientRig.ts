import { request } from 'node:http';
import { Readable } from 'node:stream';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';

export interface ToolAnswer {
  content: readonly { type: string; text?: string }[];
  structuredContent?: unknown;
  isError?: boolean;
}

/** What the tests do with a client of either version of the SDK. */
export interface McpClient {
  listTools: () => Promise<string[]>;
  callTool: (name: string, args: Record<string, unknown>, signal?: AbortSignal) => Promise<ToolAnswer>;
  ping: () => Promise<unknown>;
  instructions: () => string | undefined;
  serverName: () => string | undefined;
  /** The revision that both sides agreed on; unknown to a client of version 1. */
  revision: () => string | undefined;
  close: () => Promise<void>;
}

export type Way =
  | { url: string; headers?: Record<string, string>; fetch?: typeof fetch }
  | { command: string; args: readonly string[] };

export interface ClientKind {
  title: string;
  era: '2025' | '2026';
  connect: (way: Way) => Promise<McpClient>;
}

const IDENTITY = { name: 'test', version: '1' };

export const CLIENTS: readonly ClientKind[] = [
  { title: 'a version 1 client', era: '2025', connect: connect1 },
  { title: 'a version 2 client with the 2025 handshake', era: '2025', connect: (way) => connect2(way, 'legacy') },
  { title: 'a version 2 client without a handshake', era: '2026', connect: (way) => connect2(way, 'auto') },
];

async function connect1(way: Way): Promise<McpClient> {
  const client = new Client1(IDENTITY);
  const transport =
    'url' in way
      ? new Http1(new URL(way.url), {
          ...(way.fetch && { fetch: way.fetch }),
          requestInit: { headers: way.headers ?? {} },
        })
      : new Stdio1({ command: way.command, args: [...way.args], stderr: 'ignore' });
  // The SDK's own types disagree about optional members under `exactOptionalPropertyTypes`.
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args, signal) =>
      (await client.callTool({ name, arguments: args }, undefined, signal && { signal })) as ToolAnswer,
    ping: () => client.ping(),
    instructions: () => client.getInstructions(),
    serverName: () => client.getServerVersion()?.name,
    revision: () => undefined,
    close: () => client.close(),
  };
}

async function connect2(way: Way, mode: 'legacy' | 'auto'): Promise<McpClient> {
  const client = new Client2(IDENTITY, { versionNegotiation: { mode } });
  const transport =
    'url' in way
      ? new Http2(new URL(way.url), {
          ...(way.fetch && { fetch: way.fetch }),
          requestInit: { headers: way.headers ?? {} },
        })
      : new Stdio2({ command: way.command, args: [...way.args], stderr: 'ignore' });
  await client.connect(transport);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args, signal) =>
      (await client.callTool({ name, arguments: args }, signal && { signal })) as ToolAnswer,
    ping: () => client.ping(),
    instructions: () => client.getInstructions(),
    serverName: () => client.getServerVersion()?.name,
    revision: () => client.getNegotiatedProtocolVersion(),
    close: () => client.close(),
  };
}

/** `fetch` over a Unix socket, as VS Code has it inside. */
export function socketFetch(socketPath: string): typeof fetch {
  return async (input, init) => {
    const { url, method, headers, body, signal } = new Request(input, init);
    const payload = body === null ? undefined : Buffer.from(await new Response(body).arrayBuffer());
    return new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath,
        path: new URL(url).pathname,
        method,
        headers: { ...Object.fromEntries(headers), host: 'localhost' },
        signal,
        agent: false,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const status = incoming.statusCode ?? 0;
        const bodiless = status === 202 || status === 204;
        resolve(
          new Response(bodiless ? null : (Readable.toWeb(incoming) as ReadableStream), {
            status,
            headers: incoming.headers as Record<string, string>,
          }),
        );
      });
      outgoing.end(payload);
    });
  };
}
