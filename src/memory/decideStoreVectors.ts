/** Keeping the vectors of memories, with the name of the model that made them. */

import type { RowWrite } from '../protocol/change.js';
import type { StoreVectorsCommand } from '../protocol/commands.js';
import type { StoreVectorsFacts } from '../protocol/facts.js';
import { base64OfFloats } from './base64.js';
import type { Outcome } from './onceOnly.js';

export function decideStoreVectors(
  { model, vectors }: Pick<StoreVectorsCommand, 'model' | 'vectors'>,
  { blocks }: Pick<StoreVectorsFacts, 'blocks'>,
): Outcome {
  const kept = vectors.filter(({ blockIndex }) => blocks.has(blockIndex));
  const rows = kept.map(({ blockIndex, values }): RowWrite => [
    'put',
    'block_embeddings',
    [blockIndex, { base64: base64OfFloats(values) }, model, values.length],
  ]);
  return { rows, answer: { status: 'stored', vectors: rows.length } };
}
