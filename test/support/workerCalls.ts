/** Calls to one worker by the address it had at its start, without what a client does on its own: no retries. */

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

import { decodeAnswer, encodeCall } from '../../src/client/rpc.js';
import type { Discovery } from '../../src/protocol/discovery.js';
import { GreeumError } from '../../src/protocol/errors.js';
import {
  asAdded,
  type AddMemoryResult,
  type InputOf,
  type OperationName,
  type ResultOf,
} from '../../src/protocol/operations.js';

export class WorkerCalls {
  readonly #url: string;
  readonly #socketPath: string;

  /** The worker of this directory, found once: it can be called on after its directory is gone. */
  constructor(dataDir: string) {
    const { endpoint, socket } = JSON.parse(readFileSync(join(dataDir, 'worker_state.json'), 'utf8')) as Discovery;
    if (endpoint === undefined) throw new Error('This worker has no address.');
    this.#url = endpoint;
    this.#socketPath = socket;
  }

  async call<K extends OperationName>(operation: K, input: InputOf<K>, timeoutMs = 30_000): Promise<ResultOf<K>> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: encodeCall(operation, input),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return decodeAnswer(operation, response.status, await response.text());
  }

  /** The content is the key as well. */
  async add(content: string): Promise<AddMemoryResult> {
    return asAdded(await this.call('add_memory', { content, idempotency_key: content.slice(0, 100) }));
  }

  /** `code outcome` of the error that this call ends with, or `done`. */
  async outcomeOf<K extends OperationName>(operation: K, input: InputOf<K>): Promise<string> {
    try {
      await this.call(operation, input);
      return 'done';
    } catch (error) {
      if (!(error instanceof GreeumError)) throw error;
      return `${error.code} ${error.outcome}`;
    }
  }

  addOutcome(content: string): Promise<string> {
    return this.outcomeOf('add_memory', { content, idempotency_key: content.slice(0, 100) });
  }

  /** The texts of all memories, in the order they were added. */
  async contents(): Promise<string[]> {
    const { memories } = await this.call('list_memories', { limit: 1_000 });
    return memories.map(({ context }) => context).reverse();
  }

  /** A connection to the worker's own door, for clients that misbehave. */
  async connect(): Promise<Socket> {
    const socket = connect(this.#socketPath);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    // Whatever the worker does to such a client is its right.
    socket.on('error', () => undefined);
    return socket;
  }
}

/** One HTTP request as bytes. */
export function rawRequest<K extends OperationName>(operation: K, input: InputOf<K>): Buffer {
  const body = Buffer.from(encodeCall(operation, input));
  const head = `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
