/** A model and the vectors that it made: what the thread of `vectorThread.ts` holds. */

import type { EmbeddingOptions } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';
import { FolderProvider } from './folderProvider.js';
import type { EmbeddingProvider } from './provider.js';
import { ServerProvider } from './serverProvider.js';
import { VectorTable, type Similarities } from './vectorTable.js';

/** A search goes on by words alone when the model takes longer. */
const QUESTION_TIMEOUT_MS = 1_500;
/** Pages of one search, and searches that come again, ask the model once. */
const REMEMBERED_QUESTIONS = 64;

export interface OpenModel {
  readonly model: string;
  readonly dimension: number;
  /** Memories whose vectors can be searched by now. */
  readonly count: number;
}

export interface Embedded {
  /** For each text whether there is a vector; the model may refuse one. */
  readonly taken: readonly boolean[];
  /** Of those, one behind the other. */
  readonly vectors: Float32Array;
}

/** The same in this thread and from another one. */
export interface VectorSource {
  /** To be called first, and again after a failure. @throws GreeumError `embedding_failed`, `embedding_model_unreadable` */
  open(): Promise<OpenModel>;
  /** @throws GreeumError `embedding_failed` */
  embed(texts: readonly string[]): Promise<Embedded>;
  /** Makes vectors of the open model searchable. */
  put(blocks: readonly number[], vectors: Float32Array): void;
  /** @returns null when the model finds nothing in the question. @throws GreeumError `embedding_failed` */
  compare(question: string): Promise<Similarities | null>;
  close(): Promise<void>;
}

export class Vectors implements VectorSource {
  readonly #options: EmbeddingOptions;
  readonly #closing = new AbortController();
  #provider: EmbeddingProvider | null = null;
  /** Of the model as it was last opened. */
  #table: VectorTable | null = null;
  readonly #questions = new Map<string, Float32Array>();

  constructor(options: EmbeddingOptions) {
    this.#options = options;
  }

  async open(): Promise<OpenModel> {
    const provider = (this.#provider ??= await openProvider(this.#options));
    const dimension = await provider.dimension(this.#closing.signal);
    if (this.#table?.dimension !== dimension) {
      this.#table = new VectorTable(dimension);
      this.#questions.clear();
    }
    return { model: provider.model, dimension, count: this.#table.count };
  }

  async embed(texts: readonly string[]): Promise<Embedded> {
    const { provider, table } = this.#opened();
    const found = await provider.embed(texts, this.#closing.signal);
    const made = found.filter((vector) => vector !== null);
    const vectors = new Float32Array(made.length * table.dimension);
    for (const [at, vector] of made.entries()) vectors.set(ofDimension(vector, table), at * table.dimension);
    return { taken: found.map((vector) => vector !== null), vectors };
  }

  put(blocks: readonly number[], vectors: Float32Array): void {
    this.#opened().table.put(blocks, vectors);
  }

  async compare(question: string): Promise<Similarities | null> {
    const { provider, table } = this.#opened();
    if (table.count === 0) return null;
    const known = this.#questions.get(question);
    const vector = known ?? (await this.#vectorOf(question, provider));
    if (vector === null) return null;
    this.#remember(question, vector);
    return table.compare(ofDimension(vector, table));
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #vectorOf(question: string, provider: EmbeddingProvider): Promise<Float32Array | null> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]);
    return (await provider.embed([question], signal))[0] ?? null;
  }

  #remember(question: string, vector: Float32Array): void {
    this.#questions.delete(question);
    this.#questions.set(question, vector);
    const [oldest] = this.#questions.keys();
    if (this.#questions.size > REMEMBERED_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest);
  }

  #opened(): { provider: EmbeddingProvider; table: VectorTable } {
    if (this.#provider !== null && this.#table !== null) return { provider: this.#provider, table: this.#table };
    throw new GreeumError('internal', 'The model was not opened.');
  }
}

async function openProvider(options: EmbeddingOptions): Promise<EmbeddingProvider> {
  return options.kind === 'folder' ? FolderProvider.open(options.folder) : new ServerProvider(options);
}

/** @throws GreeumError when the model has become another one meanwhile */
function ofDimension(vector: Float32Array, table: VectorTable): Float32Array {
  if (vector.length === table.dimension) return vector;
  const message = `The model makes vectors of ${vector.length} numbers now, of ${table.dimension} before.`;
  throw new GreeumError('embedding_failed', message, { hint: 'All vectors are made anew in the background.' });
}
