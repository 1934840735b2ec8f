/** A static model of a few words, as files. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TinyTensor {
  readonly dtype: 'F32' | 'F16' | 'I64';
  readonly shape: readonly number[];
  readonly data: Buffer;
}

export const UNKNOWN = '[UNK]';

/** WordPiece over lower-cased words, as the models of Model2Vec have it. */
export function tokenizerJson(words: readonly string[]): object {
  const vocab = Object.fromEntries([UNKNOWN, ...words].map((word, id) => [word, id]));
  const added = { id: 0, content: UNKNOWN, single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: '1.0',
    added_tokens: [{ ...added, special: true }],
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: UNKNOWN,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

export function float32(shape: readonly number[], values: readonly number[]): TinyTensor {
  return { dtype: 'F32', shape, data: Buffer.from(Float32Array.from(values).buffer) };
}

export function safetensors(tensors: Readonly<Record<string, TinyTensor>>): Buffer {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...Object.values(tensors).map(({ data }) => data)]);
}

/** @param words each with its vector, all of one length; what is unknown gets ones, which must never count */
export function writeStaticModel(folder: string, words: Readonly<Record<string, readonly number[]>>): void {
  const vectors = Object.values(words);
  const dimension = vectors[0]?.length ?? 0;
  const table = [...new Array<number>(dimension).fill(1), ...vectors.flat()];
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson(Object.keys(words))));
  const embeddings = float32([vectors.length + 1, dimension], table);
  writeFileSync(join(folder, 'model.safetensors'), safetensors({ embeddings }));
}
