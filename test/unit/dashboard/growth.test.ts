import assert from 'node:assert/strict';
import { growthOf } from '../../../src/dashboard/growth.js';

const dateOf = (seconds: number | undefined): string => new Date((seconds ?? NaN) * 1000).toISOString().slice(0, 10);

describe('growth', () => {
  it('has every day up to today, those without memories too', () => {
    const days = [
      { day: '2026-03-01', blocks: 4 },
      { day: '2026-02-27', blocks: 2 },
    ];
    const { times, added, totals } = growthOf(days, 'day', '2026-03-02');
    assert.equal(dateOf(times.at(-1)), '2026-03-02');
    assert.deepEqual(added.slice(-4), [2, 0, 4, 0]);
    assert.deepEqual(totals.slice(-4), [2, 2, 6, 6]);
    assert.ok(times.length >= 30);
  });

  it('begins weeks on Mondays', () => {
    const days = [
      { day: '2026-03-01', blocks: 1 },
      { day: '2026-03-02', blocks: 10 },
      { day: '2026-03-08', blocks: 100 },
    ];
    const { times, added } = growthOf(days, 'week', '2026-03-04');
    assert.equal(dateOf(times.at(-1)), '2026-03-02');
    assert.deepEqual(added.slice(-2), [1, 110]);
  });

  it('counts what is older than the picture, and what has no date, into the total alone', () => {
    const days = [
      { day: '2001-01-01', blocks: 7 },
      { day: '', blocks: 3 },
    ];
    const { added, totals } = growthOf(days, 'day', '2026-03-02');
    assert.ok(added.every((count) => count === 0));
    assert.ok(totals.every((total) => total === 10));
  });

  it('counts a memory of the future as one of today', () => {
    assert.equal(growthOf([{ day: '2031-01-01', blocks: 2 }], 'day', '2026-03-02').added.at(-1), 2);
  });
});
