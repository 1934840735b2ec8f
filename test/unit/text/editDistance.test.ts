import assert from 'node:assert/strict';

import { editDistance } from '../../../src/text/editDistance.js';

describe('editDistance', () => {
  for (const [a, b, distance] of [
    ['cache', 'cache', 0],
    ['cahce', 'cache', 1],
    ['cach', 'cache', 1],
    ['caches', 'cache', 1],
    ['catch', 'cache', 2],
    ['', 'abc', 3],
  ] as const) {
    it(`is ${distance} between "${a}" and "${b}"`, () => {
      assert.equal(editDistance(a, b), distance);
      assert.equal(editDistance(b, a), distance);
    });
  }
});
