/**
 * One HTTP exchange with an owner, over a socket or TCP, and exactly how it ended. The line that matters lies at the
 * connection: what fails before it is made was surely not sent and may go elsewhere; what fails after it may have
 * been carried out. Doubt falls on "sent".
 */

import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { CLIENT_HEADER, MCP_PATH, SOURCE_HEADER } from '../protocol/jsonRpc.js';
import type { WriteSource } from '../protocol/operations.js';
import type { Endpoint } from './endpoint.js';
import { systemTiming, type Timing } from './timing.js';

/** Longest answer that is read; a thousand memories of the usual size are far below it. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Post {
  readonly body: string;
  readonly source: WriteSource | undefined;
  /** Name and version of the agent on whose behalf this is. */
  readonly client?: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type Exchange =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  /** Nothing was sent. `isBusy`: somebody listens there, and has too many callers waiting right now. */
  | { readonly kind: 'unreachable'; readonly cause: Error; readonly isBusy: boolean }
  /** The connection broke after it was made. */
  | { readonly kind: 'lost'; readonly cause: Error }
  | { readonly kind: 'answer-too-large' }
  | { readonly kind: 'gave-up'; readonly isSent: boolean };

export interface Transport {
  /** Never rejects. */
  post(endpoint: Endpoint, post: Post): Promise<Exchange>;
  /** Closes idle connections; an exchange under way ends on its own. */
  close(): void;
}

export interface TransportOptions {
  /** True for a client that calls again: keeps connections open between calls. */
  keepAlive: boolean;
  timing?: Timing;
}

export class HttpTransport implements Transport {
  readonly #agent: Agent | false;
  readonly #timing: Timing;

  constructor({ keepAlive, timing = systemTiming }: TransportOptions) {
    this.#agent = keepAlive ? new Agent({ keepAlive: true, maxFreeSockets: 4 }) : false;
    this.#timing = timing;
  }

  post(endpoint: Endpoint, post: Post): Promise<Exchange> {
    if (post.signal.aborted || post.timeoutMs <= 0) return Promise.resolve({ kind: 'gave-up', isSent: false });
    const headers: Record<string, string | number> = {
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': Buffer.byteLength(post.body),
      ...(post.source === undefined ? {} : { [SOURCE_HEADER]: post.source }),
      ...(post.client === undefined ? {} : { [CLIENT_HEADER]: encodeURIComponent(post.client) }),
    };
    const options = { ...address(endpoint, MCP_PATH), method: 'POST', headers, agent: this.#agent };
    return new Promise((resolve) => exchange(options, post, this.#timing, resolve));
  }

  close(): void {
    if (this.#agent !== false) this.#agent.destroy();
  }
}

/** What `http.request` needs to reach a path of an owner. */
export function address(endpoint: Endpoint, path: string): RequestOptions & { servername?: string } {
  // The name is what the owner's check of `Host` expects; a socket has none of its own. A server name is for TLS, but
  // unless it is given Node finds out whether the host is an address, with a pattern that takes a millisecond to build.
  if (endpoint.kind === 'socket') return { socketPath: endpoint.path, path, host: 'localhost', servername: '' };
  return { host: endpoint.host, port: endpoint.port, path: endpoint.prefix + path };
}

/** Settles once, with the first thing that happens; leaves no timer and no listener behind. */
function exchange(options: RequestOptions, post: Post, timing: Timing, resolve: (end: Exchange) => void): void {
  const request = httpRequest(options);
  let isConnected = false;
  let isSettled = false;
  const giveUp = (): void => settle({ kind: 'gave-up', isSent: isConnected });
  const timer = timing.schedule(post.timeoutMs, giveUp);
  post.signal.addEventListener('abort', giveUp);

  function settle(end: Exchange): void {
    if (isSettled) return;
    isSettled = true;
    timer.dispose();
    post.signal.removeEventListener('abort', giveUp);
    if (end.kind !== 'answer') request.destroy();
    resolve(end);
  }

  onConnected(request, () => (isConnected = true));
  request.on('error', (cause: NodeJS.ErrnoException) => {
    if (isConnected) settle({ kind: 'lost', cause });
    else settle({ kind: 'unreachable', cause, isBusy: cause.code === 'EAGAIN' });
  });
  request.on('response', (response) => readAnswer(response, settle));
  request.end(post.body);
}

/** Also at once for a connection that was kept open from an earlier exchange. */
function onConnected(request: ClientRequest, run: () => void): void {
  request.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', run);
    else run();
  });
}

function readAnswer(response: IncomingMessage, settle: (end: Exchange) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) settle({ kind: 'answer-too-large' });
    else chunks.push(chunk);
  });
  response.on('end', () => {
    if (!response.complete) return;
    settle({ kind: 'answer', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
  });
  // After a whole answer this changes nothing; before it, the answer is lost.
  response.on('close', () => settle({ kind: 'lost', cause: new Error('The connection closed in mid-answer.') }));
  response.on('error', (cause) => settle({ kind: 'lost', cause }));
}
