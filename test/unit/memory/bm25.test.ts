import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rankCandidates } from '../../../src/memory/bm25.js';
import type { SearchCandidates, SearchMatch } from '../../../src/protocol/search.js';
import { check } from '../property.js';

function ranked(candidates: Partial<SearchCandidates>): number[] {
  const all = { documentCount: 10, averageLength: 10, documentFrequencies: [2], matches: [], ...candidates };
  return [...rankCandidates(all)].map(({ blockIndex }) => blockIndex);
}

function match(blockIndex: number, length: number, ...frequencies: number[]): SearchMatch {
  return { blockIndex, length, frequencies };
}

describe('rankCandidates', () => {
  it('gives the score of the formula', () => {
    const matches = [match(3, 20, 2, 0)];
    const [best] = rankCandidates({ documentCount: 100, averageLength: 10, documentFrequencies: [4, 1], matches });
    const idf = Math.log(1 + (100 - 4 + 0.5) / (4 + 0.5));
    const expected = (idf * 2 * 2.2) / (2 + 1.2 * (0.25 + 0.75 * 2));
    assert.ok(Math.abs((best?.score ?? 0) - expected) < 1e-12);
  });

  it('prefers the rarer token, the more frequent one, and the shorter memory', () => {
    assert.deepEqual(
      ranked({ documentFrequencies: [8, 1], matches: [match(1, 10, 1, 0), match(0, 10, 0, 1)] }),
      [0, 1],
    );
    assert.deepEqual(ranked({ matches: [match(1, 10, 1), match(0, 10, 3)] }), [0, 1]);
    assert.deepEqual(ranked({ matches: [match(1, 30, 1), match(0, 10, 1)] }), [0, 1]);
  });

  it('gives the newest of equals first', () => {
    assert.deepEqual(ranked({ matches: [match(4, 10, 1), match(9, 10, 1), match(7, 10, 1)] }), [9, 7, 4]);
  });

  it('gives nothing for no candidates', () => {
    assert.deepEqual(ranked({}), []);
  });

  it('scores a token that all memories have above nothing, and an empty index at nothing worse', () => {
    const [best] = rankCandidates({
      documentCount: 2,
      averageLength: 0,
      documentFrequencies: [2],
      matches: [match(0, 0, 1)],
    });
    assert.ok(best !== undefined && best.score > 0 && Number.isFinite(best.score));
  });

  it('gives every candidate once, in order, whatever the counts', () => {
    const candidate = fc.record({
      length: fc.nat(50),
      frequencies: fc.array(fc.nat(4), { minLength: 2, maxLength: 2 }),
    });
    check(
      fc.property(fc.array(candidate, { maxLength: 60 }), fc.nat(70), fc.nat(70), (found, first, second) => {
        const matches = found.map((item, blockIndex) => ({ ...item, blockIndex }));
        const all = { documentCount: 60, averageLength: 12, documentFrequencies: [first, second], matches };
        const result = [...rankCandidates(all)];
        const sorted = [...result].sort((a, b) => b.score - a.score || b.blockIndex - a.blockIndex);
        assert.deepEqual(result, sorted);
        assert.deepEqual(
          result.map(({ blockIndex }) => blockIndex).sort((a, b) => a - b),
          matches.map((_, index) => index),
        );
        assert.ok(result.every(({ score }) => score >= 0));
      }),
    );
  });
});
