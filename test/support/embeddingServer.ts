/** An OpenAI-compatible server for vectors, on loopback: each word points in a direction of its own. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface EmbeddingRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly model: string;
  readonly input: readonly string[];
}

/** Undefined: the ordinary answer. */
export type Behaviour = (request: EmbeddingRequest, response: ServerResponse) => boolean | undefined;

export class EmbeddingServer {
  readonly requests: EmbeddingRequest[] = [];
  dimension = 32;
  /** Answers instead of the server when it returns true. */
  behaviour: Behaviour = () => false;
  /** Other words for the same, by word. */
  readonly synonyms = new Map<string, string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(port = 0): Promise<EmbeddingServer> {
    const server = new EmbeddingServer();
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  vectorOf(text: string): number[] {
    const vector = new Array<number>(this.dimension).fill(0);
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
      const at = directionOf(this.synonyms.get(word) ?? word) % this.dimension;
      vector[at] = (vector[at] ?? 0) + 1;
    }
    return vector;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await readText(incoming)) as { model: string; input: string[] };
    const request = { path: incoming.url ?? '', authorization: incoming.headers.authorization, ...body };
    this.requests.push(request);
    if (this.behaviour(request, response) === true) return;
    sendVectors(
      response,
      request.input.map((text) => this.vectorOf(text)),
    );
  }
}

/** In reverse order: the index counts, not the place. */
export function sendVectors(response: ServerResponse, vectors: readonly (readonly number[])[]): void {
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse();
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data }));
}

function directionOf(word: string): number {
  let hash = 0;
  for (const letter of word) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}
