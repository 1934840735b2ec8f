/** Vectors as they lie in `block_embeddings`: float32, little-endian, with the name of their model and their dimension. */

import { integer, type Sql } from './engine.js';

export interface VectorScan {
  /** Blocks that have a vector of this model, ascending. */
  readonly blocks: number[];
  /** Those vectors, one behind the other. */
  readonly vectors: Float32Array;
  /** Blocks that have none: no vector at all, or another model's. */
  readonly missing: number[];
  /** Largest block that was looked at; null: there was none left. */
  readonly last: number | null;
}

const SCAN = `
SELECT b.block_index, e.embedding FROM blocks b LEFT JOIN block_embeddings e
  ON e.block_index = b.block_index AND e.embedding_model = ? AND e.embedding_dim = ?
  AND typeof(e.embedding) = 'blob' AND length(e.embedding) = ?
WHERE b.block_index > ? ORDER BY b.block_index LIMIT ?`;

const FLOAT_BYTES = 4;

/** The next `limit` blocks after this one. */
export function scanVectors(sql: Sql, model: string, dimension: number, after: number, limit: number): VectorScan {
  const bytes = dimension * FLOAT_BYTES;
  const rows = sql.all(SCAN, [model, dimension, bytes, after, limit]);
  const blocks: number[] = [];
  const missing: number[] = [];
  // Every machine that we run on is little-endian, as the file is.
  const raw = new Uint8Array(rows.length * bytes);
  for (const [index, vector] of rows) {
    if (vector instanceof Uint8Array) {
      raw.set(vector, blocks.length * bytes);
      blocks.push(integer(index));
    } else {
      missing.push(integer(index));
    }
  }
  const vectors = new Float32Array(raw.buffer).slice(0, blocks.length * dimension);
  const last = rows.at(-1)?.[0];
  return { blocks, vectors, missing, last: last === undefined ? null : integer(last) };
}
