import assert from 'node:assert/strict';
import { RateLimit } from '../../../../src/worker/endpoint/rateLimit.js';

describe('a rate limit', () => {
  it('lets a burst pass, then as many as time brings, and never more than a burst', () => {
    let nowMs = 0;
    const limit = new RateLimit({ burst: 3, perSecond: 10 }, () => nowMs);
    const passed = (tries: number): number => Array.from({ length: tries }, () => limit.take()).filter(Boolean).length;
    assert.equal(passed(10), 3);
    nowMs = 99;
    assert.equal(passed(10), 0);
    nowMs = 200;
    assert.equal(passed(10), 2);
    nowMs = 60_000;
    assert.equal(passed(10), 3);
  });
});
