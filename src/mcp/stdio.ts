/**
 * MCP on a process's own stdin and stdout, in both eras. A bundle of its own (`dist/mcp-stdio.js`), loaded by file
 * path, so that no other command pays for the MCP SDK.
 */

import type { Readable, Writable } from 'node:stream';
import { serveStdio as serveTransport } from '@modelcontextprotocol/server/stdio';
import type { MemoryService } from '../protocol/memoryService.js';
import { LineTransport } from './lineTransport.js';
import { createMcpServer } from './server.js';

export interface StdioOptions {
  service: MemoryService;
  version: string;
  /** Default: the process's stdin and stdout. Whatever else writes to the output breaks the protocol. */
  input?: Readable;
  output?: Writable;
  /** What went wrong on the connection, for a log. */
  onError?: (error: Error) => void;
}

/** What `dist/mcp-stdio.js` exports. */
export interface StdioModule {
  serveStdio: (options: StdioOptions) => Promise<void>;
}

/** Serves until the input ends and what was asked for by then is answered, or until the reader has gone. */
export async function serveStdio({ service, version, input, output, onError }: StdioOptions): Promise<void> {
  const transport = new LineTransport(input ?? process.stdin, output ?? process.stdout);
  serveTransport(() => createMcpServer({ service, version }), {
    transport,
    ...(onError === undefined ? {} : { onerror: onError }),
  });
  await transport.closed;
}
