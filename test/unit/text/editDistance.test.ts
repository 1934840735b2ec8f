import assert from 'node:assert/strict';
import fc from 'fast-check';

import { editDistance, unitsOf } from '../../../src/text/editDistance.js';
import { check } from '../property.js';

const between = (a: string, b: string, most: number): number => editDistance(unitsOf(a), unitsOf(b), most);

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
      assert.equal(between(a, b, 3), distance);
      assert.equal(between(b, a, 3), distance);
    });
  }

  it('is what the definition says, as far as it is asked for', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    check(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
        assert.equal(between(a, b, most), Math.min(byDefinition(a, b), most + 1));
      }),
    );
  });

  it('takes words of any length', () => {
    const long = 'ab'.repeat(400);
    assert.equal(between(long, `${long}x`, 2), 1);
    assert.equal(between('cache', 'cahce', 2), 1);
  });
});

/** Every cell of the table, straight from the definition. */
function byDefinition(a: string, b: string): number {
  const known = new Map<string, number>();
  const distance = (i: number, j: number): number => {
    const key = `${i} ${j}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    let least = i === 0 || j === 0 ? Math.max(i, j) : Number.POSITIVE_INFINITY;
    if (i > 0 && j > 0) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      least = Math.min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, distance(i - 2, j - 2) + 1);
      }
    }
    known.set(key, least);
    return least;
  };
  return distance(a.length, b.length);
}
