import { mkdtempSync, rmSync } from 'node:fs';
import {
  request,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MemoryService } from '../../src/protocol/memoryService.js';
import type { WorkerStatus } from '../../src/protocol/operations.js';
import { AccessToken } from '../../src/worker/endpoint/accessToken.js';
import { createEndpoint, type Endpoint, type EndpointOptions } from '../../src/worker/endpoint/endpoint.js';
import { FakeMemory, STATUS } from '../unit/mcp/fakeMemory.js';

export const TOKEN = 'Ab3-_'.repeat(8) + 'xyz';

export interface Rig {
  endpoint: Endpoint;
  memory: FakeMemory;
  dir: string;
  warnings: string[];
  /** Changes the status and tells the listeners. */
  setStatus: (changes: Partial<WorkerStatus>) => void;
  close: () => Promise<void>;
}

export interface RigOptions extends Partial<Pick<EndpointOptions, 'limits' | 'http' | 'createMcpServer'>> {
  memory?: FakeMemory;
  service?: MemoryService;
  dir?: string;
}

/** An endpoint on a socket of its own and on a port that the system chose, over a memory without files. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'greeum-endpoint-'));
  const memory = options.memory ?? new FakeMemory();
  const listeners = new Set<() => void>();
  const warnings: string[] = [];
  let status = STATUS;
  const endpoint = await createEndpoint({
    service: options.service ?? memory,
    version: '0.1.0',
    status: () => status,
    onStatus: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    socketPath: socketPathIn(dir),
    token: new AccessToken(TOKEN),
    http: options.http === undefined ? { bind: '127.0.0.1', port: 0, preferredPort: null } : options.http,
    onWarning: (text) => warnings.push(text),
    ...(options.createMcpServer === undefined ? {} : { createMcpServer: options.createMcpServer }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  endpoint.open();
  return {
    endpoint,
    memory,
    dir,
    warnings,
    setStatus: (changes) => {
      status = { ...status, ...changes };
      for (const listener of listeners) listener();
    },
    close: async () => {
      await endpoint.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function socketPathIn(dir: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\${path.basename(dir)}` : path.join(dir, 'run', 'worker.sock');
}

export type Door = { socketPath: string } | { port: number };

export function socketDoor({ endpoint }: Rig): Door {
  return { socketPath: endpoint.socketPath };
}

export function tcpDoor({ endpoint }: Rig): Door {
  if (endpoint.port === null) throw new Error('This endpoint has no port.');
  return { port: endpoint.port };
}

export interface Ask {
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON. */
  body?: unknown;
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Undefined when the text is not JSON. */
  json: unknown;
}

/** One request. A body makes it a POST of JSON, unless something else is said. */
export async function ask(
  door: Door,
  { path: at = '/mcp', headers = {}, body, agent, ...rest }: Ask = {},
): Promise<Answer> {
  const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const method = rest.method ?? (payload === undefined ? 'GET' : 'POST');
  const contentType = payload === undefined ? {} : { 'content-type': 'application/json' };
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({
      ...door,
      ...('port' in door ? { host: '127.0.0.1' } : {}),
      path: at,
      method,
      headers: { ...contentType, ...headers },
      agent: agent ?? false,
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: message.statusCode ?? 0, headers: message.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function open(door: Door): Socket {
  return 'port' in door ? connect(door.port, '127.0.0.1') : connect(door.socketPath);
}

/** Sends bytes as they are and collects what comes back until the other side ends. */
export function exchangeRaw(door: Door, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(door);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.write(bytes);
  });
}

export const addCall = (content: string, id: unknown = 1): unknown => ({
  jsonrpc: '2.0',
  id,
  method: 'greeum/add_memory',
  params: { content },
});

/** A promise with its handles. */
export interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Waits for what another event will bring about; mocha's time limit is the deadline. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The answer to a GET as soon as its head is there. */
export function openStream(door: Door, headers: OutgoingHttpHeaders, at = '/mcp'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...door,
      ...('port' in door ? { host: '127.0.0.1' } : {}),
      path: at,
      headers: { ...headers, accept: 'text/event-stream' },
      agent: false,
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
}
