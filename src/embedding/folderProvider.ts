/**
 * A static model (Model2Vec) from a folder: `tokenizer.json`, `model.safetensors` and, if it is there, `config.json`.
 * A text's vector is the mean of its tokens' vectors: no network, no neural net, some microseconds a word.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { Tokenizer } from '@huggingface/tokenizers';

import { GreeumError } from '../protocol/errors.js';
import { MAX_DIMENSION, MAX_EMBEDDED_CHARS, toUnitLength, type EmbeddingProvider } from './provider.js';
import { readTensors, type Tensor } from './safetensors.js';

/** As the models' own library cuts. */
const MAX_TOKENS = 512;
/** `embedding.weight` is what sentence-transformers calls it. */
const TABLE_NAMES = ['embeddings', 'embedding.weight'] as const;
/** Of a file's SHA-256, so that another model in the same folder has another name. */
const FINGERPRINT_DIGITS = 8;

interface StaticModel {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  /** Id of the token for what is in no vocabulary; it says nothing. */
  readonly unknownToken: number | undefined;
  readonly table: Float32Array;
  readonly dimension: number;
  /** By token; null: all weigh the same. */
  readonly weights: Float32Array | null;
  /** Row of each token; null: the token's own number. */
  readonly rows: Int32Array | null;
}

export class FolderProvider implements EmbeddingProvider {
  readonly #model: StaticModel;

  private constructor(model: StaticModel) {
    this.#model = model;
  }

  /** @throws GreeumError `embedding_model_unreadable` */
  static async open(folder: string): Promise<FolderProvider> {
    const [tokenizerFile, tensorFile] = await Promise.all([
      readModelFile(folder, 'tokenizer.json'),
      readModelFile(folder, 'model.safetensors'),
    ]);
    const fingerprint = createHash('sha256').update(tokenizerFile).update(tensorFile).digest('hex');
    const name = `${basename(folder)}@${fingerprint.slice(0, FINGERPRINT_DIGITS)}`;
    return new FolderProvider({ name, ...readTokenizer(tokenizerFile), ...readTable(tensorFile) });
  }

  get model(): string {
    return this.#model.name;
  }

  dimension(): Promise<number> {
    return Promise.resolve(this.#model.dimension);
  }

  embed(texts: readonly string[]): Promise<(Float32Array | null)[]> {
    return Promise.resolve(texts.map((text) => this.#vectorOf(text.slice(0, MAX_EMBEDDED_CHARS))));
  }

  #vectorOf(text: string): Float32Array | null {
    const { tokenizer, unknownToken, table, dimension, weights, rows } = this.#model;
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    const known = ids.filter((id) => id !== unknownToken).slice(0, MAX_TOKENS);
    const sum = new Float32Array(dimension);
    for (const id of known) {
      const weight = weights?.[id] ?? 1;
      const from = (rows === null ? id : (rows[id] ?? 0)) * dimension;
      for (let at = 0; at < dimension; at++) sum[at] = (sum[at] ?? 0) + weight * (table[from + at] ?? 0);
    }
    // The mean and the sum point the same way, and vectors are compared by that alone.
    return toUnitLength(sum);
  }
}

async function readModelFile(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw unreadable(`${join(folder, name)} cannot be read`, error);
  }
}

function readTokenizer(file: Buffer): Pick<StaticModel, 'tokenizer' | 'unknownToken'> {
  try {
    const description = JSON.parse(file.toString('utf8')) as { model?: { unk_token?: string | null } };
    const tokenizer = new Tokenizer(description, {});
    const unknown = description.model?.unk_token;
    return { tokenizer, unknownToken: typeof unknown === 'string' ? tokenizer.token_to_id(unknown) : undefined };
  } catch (error) {
    throw unreadable('Its tokenizer.json describes no tokenizer that we know', error);
  }
}

function readTable(file: Buffer): Pick<StaticModel, 'table' | 'dimension' | 'weights' | 'rows'> {
  const tensors = readTensors(file, [...TABLE_NAMES, 'weights', 'mapping']);
  const found = TABLE_NAMES.map((name) => tensors.get(name)).find((tensor) => tensor !== undefined);
  const [, dimension = 0] = found?.shape ?? [];
  if (found?.shape.length !== 2 || dimension < 1 || dimension > MAX_DIMENSION) {
    throw unreadable('Its model.safetensors holds no table of vectors');
  }
  return {
    table: floatsOf(found),
    dimension,
    weights: tensors.has('weights') ? floatsOf(tensors.get('weights')) : null,
    rows: integersOf(tensors.get('mapping')),
  };
}

function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (tensor?.values instanceof Float32Array) return tensor.values;
  throw unreadable('Its model.safetensors holds whole numbers where fractions belong');
}

function integersOf(tensor: Tensor | undefined): Int32Array | null {
  if (tensor === undefined) return null;
  return tensor.values instanceof Int32Array ? tensor.values : Int32Array.from(tensor.values);
}

function unreadable(what: string, cause?: unknown): GreeumError {
  return new GreeumError('embedding_model_unreadable', `The model cannot be used. ${what}.`, {
    hint: 'The folder has to hold tokenizer.json and model.safetensors of a static model, such as potion-base-8M.',
    cause,
  });
}
