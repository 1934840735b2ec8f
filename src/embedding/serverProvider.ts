/**
 * Vectors from an OpenAI-compatible server (`POST …/v1/embeddings`): Ollama, LM Studio, llama.cpp, one in the network.
 * Texts go to the address that the user gave, and nowhere it might redirect to.
 */

import type { EmbeddingOptions } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';
import { MAX_DIMENSION, MAX_EMBEDDED_CHARS, toUnitLength, type EmbeddingProvider } from './provider.js';

export type ServerOptions = Extract<EmbeddingOptions, { kind: 'server' }>;

const TIMEOUT_MS = 30_000;
const PROBE = 'memory';
/** Room for 64 vectors of the largest dimension, each number with 20 characters. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** What a server says of a text that it cannot take. */
const REFUSALS = new Set([400, 413, 422]);
/** A text that is refused at this length is refused for what it says. */
const MIN_RETRIED_CHARS = 500;
/** Longest that a server may make us wait before we ask again. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** @throws as `embed` does; `retryAfterMs` is what the server asked for, or null */
export class ServerFailure extends GreeumError {
  readonly retryAfterMs: number | null;

  constructor(message: string, hint: string, retryAfterMs: number | null = null, cause?: unknown) {
    super('embedding_failed', message, { hint, ...(cause === undefined ? {} : { cause }) });
    this.retryAfterMs = retryAfterMs;
  }
}

export class ServerProvider implements EmbeddingProvider {
  readonly model: string;
  readonly #url: URL;
  readonly #key: string | null;
  readonly #timeoutMs: number;

  constructor(options: ServerOptions, timeoutMs = TIMEOUT_MS) {
    this.model = options.model;
    this.#url = embeddingsUrl(options.url);
    this.#key = options.key;
    this.#timeoutMs = timeoutMs;
  }

  /** Asked each time: another model may stand behind the same name. */
  async dimension(signal: AbortSignal): Promise<number> {
    const [vector = null] = (await this.#post([PROBE], signal)) ?? [];
    if (vector !== null) return vector.length;
    throw new ServerFailure(`The embedding server ${this.#url.host} refuses every text.`, hintFor(404));
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<(Float32Array | null)[]> {
    const cut = texts.map((text) => text.slice(0, MAX_EMBEDDED_CHARS));
    return this.#embed(cut, signal);
  }

  /** A refusal may be about one text of many: halves are tried, then the text alone, shorter and shorter. */
  async #embed(texts: readonly string[], signal: AbortSignal): Promise<(Float32Array | null)[]> {
    if (texts.length === 0) return [];
    const answer = await this.#post(texts, signal);
    if (answer !== null) return answer;
    if (texts.length > 1) {
      const middle = texts.length >> 1;
      const first = await this.#embed(texts.slice(0, middle), signal);
      return [...first, ...(await this.#embed(texts.slice(middle), signal))];
    }
    const [text = ''] = texts;
    const shorter = text.slice(0, text.length >> 1);
    return shorter.length < MIN_RETRIED_CHARS ? [null] : this.#embed([shorter], signal);
  }

  /** Null: refused. */
  async #post(texts: readonly string[], signal: AbortSignal): Promise<(Float32Array | null)[] | null> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#key === null ? {} : { authorization: `Bearer ${this.#key}` }),
        },
        body: JSON.stringify({ model: this.model, input: texts, encoding_format: 'float' }),
        redirect: 'error',
        signal: limit,
      });
      if (!response.ok) {
        await response.body?.cancel();
        if (REFUSALS.has(response.status)) return null;
        throw refusedBy(response);
      }
      return vectorsIn(await readBounded(response), texts.length);
    } catch (error) {
      if (error instanceof ServerFailure) throw error;
      throw this.#unreachable(error);
    }
  }

  #unreachable(cause: unknown): ServerFailure {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    const what = isLate ? `did not answer within ${this.#timeoutMs} ms` : 'cannot be reached';
    const hint = 'Start it, or correct its address. Memories are kept and found by their words meanwhile.';
    return new ServerFailure(`The embedding server ${this.#url.host} ${what}.`, hint, null, cause);
  }
}

/** `http://host`, `…/v1` and `…/v1/embeddings` all mean the last. */
export function embeddingsUrl(given: string): URL {
  const url = new URL(given);
  const path = url.pathname.replace(/\/+$/, '');
  if (path === '') url.pathname = '/v1/embeddings';
  else url.pathname = path.endsWith('/embeddings') ? path : `${path}/embeddings`;
  return url;
}

function refusedBy({ status, headers }: Response): ServerFailure {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? Math.min(Math.max(0, seconds) * 1_000, MAX_RETRY_AFTER_MS) : null;
  return new ServerFailure(`The embedding server answers with status ${status}.`, hintFor(status), retryAfterMs);
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Give it its key: GREEUM_EMBEDDING_KEY, or Greeum: Set Embedding Key.';
  if (status === 404) return 'Correct the address (it ends with /v1) or the name of the model.';
  return 'It is asked again later. Memories are found by their words meanwhile.';
}

/** @throws ServerFailure when the answer is larger than any can be */
async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw nonsense(`is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** In the order of the texts. @throws ServerFailure when it is not what was asked for */
function vectorsIn(body: string, count: number): (Float32Array | null)[] {
  const items = itemsIn(body);
  if (items.length !== count) throw nonsense(`has ${items.length} vectors for ${count} texts`);
  const vectors = new Array<Float32Array | null | undefined>(count).fill(undefined);
  let dimension = 0;
  for (const [position, item] of items.entries()) {
    const { index = position, embedding } = item as { index?: unknown; embedding?: unknown };
    if (typeof index !== 'number' || !(index in vectors) || vectors[index] !== undefined) {
      throw nonsense('numbers its vectors in no order');
    }
    const values = numbersIn(embedding);
    dimension ||= values.length;
    if (values.length !== dimension) throw nonsense('has vectors of different dimensions');
    vectors[index] = toUnitLength(values);
  }
  return vectors as (Float32Array | null)[];
}

function itemsIn(body: string): unknown[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw nonsense('is not JSON', error);
  }
  const data = typeof answer === 'object' && answer !== null ? (answer as { data?: unknown }).data : undefined;
  if (!Array.isArray(data) || !data.every((item) => typeof item === 'object' && item !== null)) {
    throw nonsense('has no list of vectors');
  }
  return data;
}

function numbersIn(embedding: unknown): Float32Array {
  const isVector =
    Array.isArray(embedding) &&
    embedding.length > 0 &&
    embedding.length <= MAX_DIMENSION &&
    embedding.every((value) => typeof value === 'number' && Number.isFinite(value));
  if (!isVector) throw nonsense('holds what is no vector');
  return Float32Array.from(embedding as number[]);
}

function nonsense(what: string, cause?: unknown): ServerFailure {
  const hint = 'Is it the address of an OpenAI-compatible server, and the name of an embedding model?';
  return new ServerFailure(`The answer of the embedding server ${what}.`, hint, null, cause);
}
