import assert from 'node:assert/strict';

import { base64OfFloats } from '../../../src/memory/base64.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { scanVectors, type VectorScan } from '../../../src/storage/vectorRows.js';

describe('the vectors in the database', () => {
  let image: Image;

  beforeEach(async () => {
    image = new Image(await loadEngine(), null);
    for (const at of [0, 1, 2, 3, 7]) {
      const row = [at, 't', 'text', 0.5, `h${at}`, '', null, null, '[]', '[]', 0, 0, 0, null, 0, 0] as const;
      image.applyRows([['insert', 'blocks', row]]);
    }
  });

  afterEach(() => image.close());

  function put(block: number, values: readonly number[], model = 'tiny', dimension = values.length): void {
    const vector = { base64: base64OfFloats(Float32Array.from(values)) };
    image.applyRows([['put', 'block_embeddings', [block, vector, model, dimension]]]);
  }

  function scan(after = -1, limit = 10): VectorScan {
    return scanVectors(image.sql, 'tiny', 2, after, limit);
  }

  it('are found with their blocks, and the blocks that have none', () => {
    put(1, [1, 2]);
    put(7, [3, -4]);
    const { blocks, vectors, missing, last } = scan();
    assert.deepEqual([blocks, [...vectors], missing, last], [[1, 7], [1, 2, 3, -4], [0, 2, 3], 7]);
  });

  it('count as missing when another model made them, of another dimension, or when they are cut off', () => {
    put(0, [1, 2], 'default');
    put(1, [1, 2, 3]);
    put(2, [1], 'tiny', 2);
    image.sql.run(`INSERT INTO block_embeddings VALUES (3, 'text', 'tiny', 2)`);
    const { blocks, missing } = scan();
    assert.deepEqual([blocks, missing], [[], [0, 1, 2, 3, 7]]);
  });

  it('are read a part at a time', () => {
    put(3, [1, 2]);
    assert.deepEqual([scan(-1, 2).missing, scan(-1, 2).last], [[0, 1], 1]);
    assert.deepEqual([scan(1, 2).blocks, scan(1, 2).missing], [[3], [2]]);
    assert.deepEqual(scan(7).last, null);
  });
});
