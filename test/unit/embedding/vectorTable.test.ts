import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import wabt from 'wabt';

import { KERNEL_BASE64 } from '../../../src/embedding/dotProducts.js';
import { toUnitLength } from '../../../src/embedding/provider.js';
import { VectorTable } from '../../../src/embedding/vectorTable.js';
import { Random } from '../../../src/torture/random.js';

describe('the table of vectors', () => {
  const random = new Random(20_261_124);

  function vectors(count: number, dimension: number): Float32Array[] {
    return Array.from({ length: count }, () => {
      const vector = Float32Array.from({ length: dimension }, () => random.next() - 0.5);
      return toUnitLength(vector) ?? vector;
    });
  }

  function packed(list: readonly Float32Array[]): Float32Array {
    return Float32Array.from(list.flatMap((vector) => [...vector]));
  }

  function cosine(a: Float32Array, b: Float32Array): number {
    return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  }

  for (const usesVectors of [true, false]) {
    const how = usesVectors ? 'with the processor’s vectors' : 'in plain JavaScript';

    it(`gives the exact cosine of each row, ${how}`, () => {
      for (const dimension of [1, 16, 33, 100]) {
        const rows = vectors(4_200, dimension);
        const [query = new Float32Array()] = vectors(1, dimension);
        const table = new VectorTable(dimension, usesVectors);
        table.put([...rows.keys()], packed(rows));
        const { blocks, cosines } = table.compare(query);
        assert.equal(blocks.length, 4_200);
        for (const [row, vector] of rows.entries()) {
          const difference = Math.abs((cosines[row] ?? Number.NaN) - cosine(vector, query));
          assert.ok(difference < 1e-5, `row ${row} of dimension ${dimension} is off by ${difference}`);
        }
      }
    });
  }

  it('gives its rows in the order of their blocks, whatever the order they came in', () => {
    const rows = vectors(6, 20);
    const [a, b, c, d, e, f] = rows as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const table = new VectorTable(20);
    table.put([3, 9], packed([a, b]));
    assert.deepEqual([...table.compare(a).blocks], [3, 9]);
    table.put([5, 1], packed([c, d]));
    assert.deepEqual([...table.compare(c).blocks], [1, 3, 5, 9]);
    table.put([5, 20], packed([e, f]));
    const { blocks, cosines } = table.compare(e);
    assert.deepEqual([...blocks], [1, 3, 5, 9, 20]);
    assert.ok(Math.abs((cosines[2] ?? 0) - 1) < 1e-6, 'the later vector of block 5 counts');
    assert.equal(table.count, 5);
  });

  it('has nothing to compare when it is empty', () => {
    const { blocks, cosines } = new VectorTable(3).compare(new Float32Array([1, 0, 0]));
    assert.deepEqual([blocks.length, cosines.length], [0, 0]);
  });

  it('says that no more vectors fit instead of failing somewhere', () => {
    const table = new VectorTable(8_192);
    assert.throws(() => table.put({ length: 200_000 }, new Float32Array()), /no room for 200000 vectors/);
  });

  it('multiplies by what its source says', async () => {
    const source = readFileSync(join(__dirname, '../../../src/embedding/dotProducts.wat'), 'utf8');
    const tools = await wabt();
    const binary = tools.parseWat('dotProducts.wat', source, { simd: true }).toBinary({}).buffer;
    assert.equal(Buffer.from(binary).toString('base64'), KERNEL_BASE64);
  });
});
