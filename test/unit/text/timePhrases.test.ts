import assert from 'node:assert/strict';

import { findTimePhrase } from '../../../src/text/timePhrases.js';

/** A Tuesday. */
const NOW_MS = Date.UTC(2026, 5, 30, 12);

describe('findTimePhrase', () => {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

  const cases: [question: string, first: string, last: string][] = [
    ['what broke on 2026-05-12?', '2026-05-12', '2026-05-12'],
    ['what broke on 2 December 2025?', '2025-12-02', '2025-12-02'],
    ['what happened on December 2nd', '2025-12-02', '2025-12-02'],
    ['decisions in March', '2026-03-01', '2026-03-31'],
    ['decisions in August', '2025-08-01', '2025-08-31'],
    ['decisions at the beginning of June', '2026-06-01', '2026-06-10'],
    ['what changed last week', '2026-06-22', '2026-06-28'],
    ['what changed yesterday', '2026-06-29', '2026-06-29'],
    ['in the last 3 days', '2026-06-27', '2026-06-30'],
    ['last year', '2025-01-01', '2025-12-31'],
    ['지난주에 생긴 버그', '2026-06-22', '2026-06-28'],
    ['12월 8일 장애', '2025-12-08', '2025-12-08'],
    ['2026년 3월 16일', '2026-03-16', '2026-03-16'],
    ['5월 초 장애', '2026-05-01', '2026-05-11'],
    ['어제 결정', '2026-06-29', '2026-06-29'],
    ['3일 전', '2026-06-27', '2026-06-27'],
    ['지난달', '2026-05-01', '2026-05-31'],
  ];
  for (const [question, first, last] of cases) {
    it(`understands "${question}"`, () => {
      const found = findTimePhrase(question, NOW_MS);
      assert.ok(found !== null);
      assert.deepEqual([day(found.firstMs), day(found.lastMs)], [first, last]);
    });
  }

  it('leaves the rest of the question', () => {
    assert.equal(findTimePhrase('which bugs did we fix last week?', NOW_MS)?.rest, 'which bugs did we fix  ?');
  });

  it('takes no other words or impossible days for a time', () => {
    for (const question of ['may I march on', 'mark all as read', '13월', 'version 2026.1', 'second']) {
      assert.equal(findTimePhrase(question, NOW_MS), null, question);
    }
  });
});
