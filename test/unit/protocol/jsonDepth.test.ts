import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDeeperThan } from '../../../src/protocol/jsonDepth.js';
import { check } from '../property.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the depth of a JSON text', () => {
  it('is that of the value in it, whatever its strings hold', () => {
    check(
      fc.property(fc.json({ maxDepth: 8, stringUnit: 'binary' }), fc.nat({ max: 10 }), (json, most) => {
        assert.equal(isDeeperThan(json, most), depthOf(JSON.parse(json)) > most);
      }),
    );
  });

  it('is not that of brackets in a string, nor of one that only looks ended', () => {
    assert.equal(isDeeperThan('["[[[[", "\\\\", "\\"[[[["]', 1), false);
    assert.equal(isDeeperThan('[["\\\\"], [[]]]', 2), true);
  });

  it('is found at once in a text that is not JSON, too', () => {
    assert.equal(isDeeperThan('['.repeat(1_000_000), 64), true);
    assert.equal(isDeeperThan('"\\', 0), false);
  });
});
