import assert from 'node:assert/strict';

import { nearness } from '../../../../src/memory/search/nearness.js';
import { Random } from '../../../../src/torture/random.js';

/** As the cosines of texts that have nothing in common: about normal. */
function unrelated(count: number, mean: number, deviation: number, seed = 7): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const sum = Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, 0);
    return mean + (sum - 6) * deviation;
  });
}

describe('the nearness in meaning', () => {
  for (const [what, mean, deviation] of [
    ['a model that gives unrelated texts 0.1', 0.1, 0.06],
    ['one that gives them 0.75', 0.75, 0.03],
  ] as const) {
    it(`is seen with ${what}`, () => {
      const cosines = [...unrelated(5_000, mean, deviation), mean + 6.5 * deviation];
      const near = nearness(Float32Array.from(cosines));
      assert.equal(near[5_000], 1);
      const others = near.subarray(0, 5_000).filter((value) => value > 0).length;
      assert.ok(others < 5_000 * 0.05, `${others} of 5000 stand out`);
    });
  }

  it('is seen among very few memories', () => {
    assert.deepEqual([...nearness(Float32Array.from([0.8, 0.1, 0.12]))], [1, 0, 0]);
    assert.deepEqual([...nearness(Float32Array.from([0.11, 0.1, 0.12]))], [0, 0, 0]);
  });

  it('is nothing where all are the same, one, or none', () => {
    assert.deepEqual([...nearness(new Float32Array(5).fill(0.4))], [0, 0, 0, 0, 0]);
    assert.deepEqual([...nearness(Float32Array.from([0.9]))], [0]);
    assert.deepEqual([...nearness(new Float32Array(0))], []);
  });
});
