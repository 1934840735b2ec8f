/** The writer's end of the thread that holds the vectors. It is started when it is first needed, and again after it died. */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { ServerFailure } from '../embedding/serverProvider.js';
import type {
  FromVectors,
  ToVectors,
  VectorFailure,
  VectorRequest,
  VectorResult,
} from '../embedding/vectorMessages.js';
import type { Embedded, OpenModel, VectorSource } from '../embedding/vectors.js';
import type { Similarities } from '../embedding/vectorTable.js';
import type { EmbeddingOptions } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';

interface Pending {
  resolve(result: VectorResult): void;
  reject(error: GreeumError): void;
}

export class VectorClient implements VectorSource {
  readonly #options: EmbeddingOptions;
  readonly #script: string;
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | null = null;
  #nextId = 1;
  #isClosed = false;

  /** @param distDir where `vectors.js` lies */
  constructor(options: EmbeddingOptions, distDir: string) {
    this.#options = options;
    this.#script = join(distDir, 'vectors.js');
  }

  /** The answer's type belongs to the request's, here and below. */
  async open(): Promise<OpenModel> {
    return (await this.#ask({ type: 'open' })) as OpenModel;
  }

  async embed(texts: readonly string[]): Promise<Embedded> {
    return (await this.#ask({ type: 'embed', texts })) as Embedded;
  }

  async compare(question: string): Promise<Similarities | null> {
    return (await this.#ask({ type: 'compare', question })) as Similarities | null;
  }

  put(blocks: readonly number[], vectors: Float32Array): void {
    const message: ToVectors = { type: 'put', blocks, vectors };
    this.#started().postMessage(message, [vectors.buffer as ArrayBuffer]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
  }

  #ask(request: VectorRequest): Promise<VectorResult> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#started().postMessage({ id, ...request } satisfies ToVectors);
    });
  }

  #started(): Worker {
    if (this.#isClosed) throw ended();
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(this.#script, { workerData: this.#options });
    thread.on('message', (message: FromVectors) => this.#settle(message));
    // An error is followed by the exit; what it was is told there.
    let cause: unknown;
    thread.on('error', (error) => (cause = error));
    thread.on('exit', () => this.#lost(ended(cause)));
    this.#thread = thread;
    return thread;
  }

  #settle(message: FromVectors): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ('failure' in message) pending?.reject(errorOf(message.failure));
    else pending?.resolve(message.result);
  }

  #lost(error: GreeumError): void {
    this.#thread = null;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function errorOf({ error, retryAfterMs }: VectorFailure): GreeumError {
  if (retryAfterMs === null) return GreeumError.fromJSON(error);
  return new ServerFailure(error.message, error.hint ?? '', retryAfterMs);
}

function ended(cause?: unknown): GreeumError {
  const what = cause instanceof Error ? ` ${cause.message}` : '';
  return new GreeumError('embedding_failed', `The thread that holds the vectors has ended.${what}`, { cause });
}
