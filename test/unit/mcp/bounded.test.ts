import assert from 'node:assert/strict';

import { bounded, MAX_ANSWER_CHARS } from '../../../src/mcp/bounded.js';

describe('an answer within what a model takes in', () => {
  it('is cut where it is longest, and keeps the matches that are still there', () => {
    const long = 'x'.repeat(2 * MAX_ANSWER_CHARS);
    const answer = {
      results: [
        { context: 'short', matches: [[0, 5]] },
        {
          context: long,
          matches: [
            [0, 4],
            [long.length - 4, long.length],
          ],
        },
      ] as { context: string; matches: [number, number][] }[],
    };
    const [short, cut] = bounded(answer).results;
    assert.deepEqual(short, answer.results[0]);
    assert.ok((cut?.context.length ?? 0) <= MAX_ANSWER_CHARS);
    assert.deepEqual(cut?.matches, [[0, 4]]);
  });
});
