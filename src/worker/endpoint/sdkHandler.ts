/** Between Node's HTTP and the SDK's web-standard handler. Loaded on demand by `mcpRoute.ts`: this brings the SDK in. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReadableStream } from 'node:stream/web';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createMcpServer, type McpServerOptions } from '../../mcp/server.js';
import { MAX_REQUEST_BYTES } from '../../protocol/limits.js';

export interface SdkHandler {
  answer(req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Not handed on: the SDK has no use for secrets, and handlers can see the request. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'cookie']);

export function createSdkHandler(options: McpServerOptions): SdkHandler {
  const handler = createMcpHandler(() => createMcpServer(options), { maxRequestBodySize: MAX_REQUEST_BYTES });
  return {
    async answer(req, res, body) {
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      // The body is handed over parsed. The URL is a fixed one, because the real one may hold the token.
      const request = new Request('http://localhost/mcp', {
        method: 'POST',
        headers: headersOf(req),
        signal: gone.signal,
      });
      await sendWebResponse(res, await handler.fetch(request, { parsedBody: body }), gone.signal);
    },
    close: () => handler.close(),
  };
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || SECRET_HEADERS.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

async function sendWebResponse(res: ServerResponse, response: Response, gone: AbortSignal): Promise<void> {
  // Whether the connection stays open is Node's to say.
  const { connection: _connection, ...headers } = Object.fromEntries(response.headers);
  res.writeHead(response.status, { 'cache-control': 'no-store', ...headers });
  if (response.body === null) {
    res.end();
    return;
  }
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  gone.addEventListener('abort', cancel, { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!res.write(value)) await drained(res);
  }
  gone.removeEventListener('abort', cancel);
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      res.off('drain', settle);
      res.off('close', settle);
      resolve();
    };
    res.on('drain', settle);
    res.on('close', settle);
  });
}
