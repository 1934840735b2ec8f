/** MCP over a pair of streams, a message a line, in both eras: the owner's end of what `bridge.ts` carries. */

import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server';
import { serveStdio as serveTransport } from '@modelcontextprotocol/server/stdio';
import type { MemoryService } from '../protocol/memoryService.js';
import { LineTransport } from './lineTransport.js';
import { ResourceChanges } from './resourceChanges.js';
import { createMcpServer } from './server.js';
import { watchedUris } from './subscriptions.js';

export interface StdioOptions {
  service: MemoryService;
  version: string;
  /** Calls the listener whenever something may have changed in the memory; returns what ends that. */
  onChange: (listener: () => void) => () => void;
  /** Whatever else writes to the output breaks the protocol. */
  input: Readable;
  output: Writable;
}

/** Serves until the input ends and what was asked for by then is answered, or until the reader has gone. */
export async function serveStdio({ service, version, onChange, input, output }: StdioOptions): Promise<void> {
  const changes = new ResourceChanges({ service, onChange });
  let server: Server | undefined;
  const listening = new Listening(changes, (uri) => void server?.sendResourceUpdated({ uri }).catch(() => undefined));
  const transport = new LineTransport(input, output, (message) => listening.see(message));
  serveTransport(() => (server = createMcpServer({ service, version, changes })), { transport });
  await transport.closed;
  changes.close();
}

/** Watches what the requests of the newer era listen to; who of them is told of a change is the SDK's part. */
class Listening {
  readonly #changes: ResourceChanges;
  /** By the id of the request. */
  readonly #open = new Map<unknown, { readonly uris: readonly string[]; end(): void }>();

  constructor(changes: ResourceChanges, tell: (uri: string) => void) {
    this.#changes = changes;
    changes.onUpdated((uri) => {
      if ([...this.#open.values()].some(({ uris }) => uris.includes(uri))) tell(uri);
    });
  }

  see(message: JSONRPCMessage): void {
    if (!('method' in message)) return;
    if (message.method === 'notifications/cancelled') return this.#end(message.params?.['requestId']);
    const uris = watchedUris(message);
    if ('id' in message && uris.length > 0) void this.#watch(message.id, uris);
  }

  async #watch(id: unknown, uris: readonly string[]): Promise<void> {
    this.#end(id);
    let ends: readonly ((() => void) | null)[] = [];
    let isEnded = false;
    const end = (): void => {
      isEnded = true;
      for (const endOne of ends) endOne?.();
    };
    this.#open.set(id, { uris, end });
    ends = await Promise.all(uris.map((uri) => this.#changes.watch(uri)));
    if (isEnded) end();
  }

  #end(id: unknown): void {
    this.#open.get(id)?.end();
    this.#open.delete(id);
  }
}
