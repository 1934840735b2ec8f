/** Vectors, when the user wants them: where they come from, and how far they are. */

import { ENV, type Environment } from './environment.js';
import { GreeumError } from './errors.js';

/** What turns texts into vectors. */
export type EmbeddingOptions =
  | {
      readonly kind: 'server';
      /** OpenAI-compatible: `…/v1`, or the whole address of its `embeddings`. */
      readonly url: string;
      readonly model: string;
      /** Goes into the `Authorization` header and nowhere else. */
      readonly key: string | null;
    }
  | {
      readonly kind: 'folder';
      /** Absolute; holds `tokenizer.json` and `model.safetensors`. */
      readonly folder: string;
    };

/** As settings, flags and variables give it; empty means not given. */
export interface RawEmbedding {
  readonly url?: string | undefined;
  readonly model?: string | undefined;
  readonly folder?: string | undefined;
  readonly key?: string | undefined;
}

export interface EmbeddingStatus {
  /** As it stays with each vector; before the model has answered, as it was configured. */
  model: string;
  /** Null until the model has answered. */
  dimension: number | null;
  /** `waiting`: the model does not answer now; it is asked again. */
  state: 'starting' | 'embedding' | 'ready' | 'waiting';
  /** Memories that have a vector of this model, of how many. */
  embedded: number;
  total: number;
  /** Memories whose text the model refuses. */
  refused: number;
  /** Why it waits; holds no memory text and no key. */
  problem: string | null;
}

/** @returns null: no vectors are wanted. @throws GreeumError `invalid_argument` when it says two things, or half of one */
export function readEmbedding(raw: RawEmbedding): EmbeddingOptions | null {
  const [url, model, folder] = [raw.url, raw.model, raw.folder].map((value) => value?.trim() ?? '');
  if (folder && url) throw contradictory('a server and a folder', 'Name one of them.');
  if (folder) return { kind: 'folder', folder };
  if (!url && model) throw contradictory('a model and no server', 'Name the address of its server as well.');
  if (!url) return null;
  if (!model) throw contradictory('a server and no model', 'Name the model as the server knows it.');
  const key = raw.key?.trim() || null;
  requireSafe(url, key);
  return { kind: 'server', url, model, key };
}

/** From `GREEUM_EMBEDDING_*`, with what flags or settings say before it. */
export function embeddingFrom(env: Environment, given: RawEmbedding = {}): EmbeddingOptions | null {
  const key = given.key ?? env[ENV.embeddingKey];
  const isGiven = Boolean(given.url) || Boolean(given.model) || Boolean(given.folder);
  if (isGiven) return readEmbedding({ ...given, key });
  return readEmbedding({
    url: env[ENV.embeddingUrl],
    model: env[ENV.embeddingModel],
    folder: env[ENV.embeddingFolder],
    key,
  });
}

function contradictory(what: string, hint: string): GreeumError {
  return new GreeumError('invalid_argument', `Embedding is configured with ${what}.`, { hint });
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function requireSafe(url: string, key: string | null): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new GreeumError('invalid_argument', `The embedding server's address is not one: "${url}".`, {
      hint: 'It looks like http://127.0.0.1:11434/v1.',
    });
  }
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) {
    throw new GreeumError('invalid_argument', 'The embedding server’s address holds a password.', {
      hint: 'Give the key by GREEUM_EMBEDDING_KEY, or in VS Code by Greeum: Set Embedding Key.',
    });
  }
  if (key === null || protocol === 'https:' || LOOPBACK.test(hostname)) return;
  throw new GreeumError('invalid_argument', 'The key of the embedding server would cross the network in the clear.', {
    hint: 'Use an https address, or take the key away.',
  });
}
