import assert from 'node:assert/strict';

import { base64OfFloats } from '../../../src/memory/base64.js';
import { decideStoreVectors } from '../../../src/memory/decideStoreVectors.js';

describe('the vectors of memories', () => {
  const vectors = [3, 4].map((blockIndex) => ({ blockIndex, values: new Float32Array([1, -2.5]) }));

  it('are kept as little-endian float32, with the name of their model and their dimension', () => {
    const { rows } = decideStoreVectors({ model: 'tiny', vectors }, { blocks: new Set([3, 4]) });
    const bytes = Buffer.from([0, 0, 128, 63, 0, 0, 32, 192]).toString('base64');
    assert.deepEqual(rows[0], ['put', 'block_embeddings', [3, { base64: bytes }, 'tiny', 2]]);
    assert.equal(rows.length, 2);
  });

  it('of a memory that is not there are left out', () => {
    const { rows, answer } = decideStoreVectors({ model: 'tiny', vectors }, { blocks: new Set([4]) });
    assert.deepEqual([rows[0]?.[2]?.[0 as never], answer], [4, { status: 'stored', vectors: 1 }]);
  });

  it('are told right whatever their number', () => {
    const values = Float32Array.from({ length: 5_000 }, (_, at) => at / 7);
    assert.deepEqual(new Float32Array(new Uint8Array(Buffer.from(base64OfFloats(values), 'base64')).buffer), values);
  });
});
