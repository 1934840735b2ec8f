import assert from 'node:assert/strict';
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

/** One notification of progress. */
export interface Told {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** What the tests do with a client of either version of the SDK. */
export interface McpClient {
  listTools: () => Promise<string[]>;
  callTool: (name: string, args: Record<string, unknown>, signal?: AbortSignal) => Promise<ToolAnswer>;
  /** The same, with what the server tells of its progress; each time the status is asked for. */
  callAndWatch: (name: string, args: Record<string, unknown>) => Promise<{ answer: ToolAnswer; told: Told[] }>;
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
    callAndWatch: async (name, args) => {
      const told: Told[] = [];
      const onprogress = (progress: Told): void => {
        told.push(progress);
        void client.callTool({ name: 'worker_status', arguments: {} });
      };
      const answer = (await client.callTool({ name, arguments: args }, undefined, { onprogress })) as ToolAnswer;
      return { answer, told };
    },
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
    callAndWatch: async (name, args) => {
      const told: Told[] = [];
      const onprogress = (progress: Told): void => {
        told.push(progress);
        void client.callTool({ name: 'worker_status', arguments: {} });
      };
      const answer = (await client.callTool({ name, arguments: args }, { onprogress })) as ToolAnswer;
      return { answer, told };
    },
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

const NOTES = Array.from({ length: 450 }, (_, index) => `- note number ${index}`).join('\n');

/** Of a memory that imports in steps. The last word of the progress and the answer may come at once, as one. */
export async function assertImportIsTold(client: McpClient): Promise<void> {
  const { answer, told } = await client.callAndWatch('import_memories', { text: NOTES, format: 'markdown' });
  assert.equal(answer.isError ?? false, false, answer.content[0]?.text);
  const { added, present, rejected } = answer.structuredContent as Record<string, unknown>;
  assert.deepEqual([added, present, rejected], [450, 0, 0]);
  const bytes = told.map(({ progress }) => progress);
  assert.ok(bytes.length >= 2, 'was told too little');
  assert.deepEqual(
    bytes,
    [...new Set(bytes)].sort((a, b) => a - b),
  );
  assert.deepEqual([...new Set(told.map(({ total }) => total))], [Buffer.byteLength(NOTES)]);
  assert.match(told[0]?.message ?? '', /^\d+ added, 0 there already/);
}
