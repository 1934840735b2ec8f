import assert from 'node:assert/strict';

import { arrange, isNearDuplicate } from '../../../../src/memory/search/arrange.js';
import type { Ranked } from '../../../../src/memory/search/ranked.js';
import { Random } from '../../../../src/torture/random.js';

const PARTS = { words: 0, meaning: 0, context: 0, time: 0, recency: 0, importance: 0, slot_head: 0 };

function ranked(...scores: readonly number[]): Ranked[] {
  return scores.map((score, at) => ({ document: at, blockIndex: at, score, parts: PARTS, isNeighbour: false }));
}

function words(text: string): Set<string> {
  return new Set(text.split(' '));
}

describe('the arrangement', () => {
  const texts = ['a b c', 'a b c', 'd e f', 'a b d'];
  const wordsOf = (block: number): Set<string> => words(texts[block] ?? '');

  it('tells the same once and names the others', () => {
    const found = arrange(ranked(4, 3, 2, 1), { count: 9, diversity: 0, collapse: true, wordsOf });
    assert.deepEqual(
      found.map(({ ranked: { blockIndex }, alike }) => [blockIndex, alike]),
      [
        [0, [1]],
        [2, []],
        [3, []],
      ],
    );
  });

  it('looks at no more than it needs', () => {
    const looked: number[] = [];
    const counting = (block: number): Set<string> => {
      looked.push(block);
      return wordsOf(block);
    };
    arrange(ranked(4, 3, 2, 1), { count: 1, diversity: 0, collapse: true, wordsOf: counting });
    assert.deepEqual(looked, [0, 1, 2]);
    arrange(ranked(4, 3), { count: 2, diversity: 0, collapse: false, wordsOf: counting });
    assert.equal(looked.length, 3);
  });

  it('puts what differs first, the more the greater the diversity', () => {
    const order = (diversity: number): number[] =>
      arrange(ranked(4, 3.9, 2, 3), { count: 4, diversity, collapse: false, wordsOf }).map(
        ({ ranked: { blockIndex } }) => blockIndex,
      );
    assert.deepEqual(
      [order(0), order(0.5)],
      [
        [0, 1, 2, 3],
        [0, 2, 3, 1],
      ],
    );
  });

  it('finds every near-duplicate, as if each were compared with all before it', () => {
    const random = new Random(11);
    for (let round = 0; round < 30; round++) {
      const base = Array.from({ length: 1 + random.integer(80) }, (_, at) =>
        String.fromCharCode(97 + (at % 26), 97 + at / 26),
      );
      const texts30 = Array.from({ length: 30 }, () => base.filter(() => random.next() > 0.06));
      const sets = texts30.map((text) => new Set(text));
      const setOf = (block: number): Set<string> => sets[block] ?? new Set();
      const kept: number[] = [];
      for (const block of sets.keys()) {
        if (!kept.some((other) => isNearDuplicate(setOf(block), setOf(other)))) kept.push(block);
      }
      const scores = Array.from({ length: 30 }, (_, at) => 30 - at);
      const found = arrange(ranked(...scores), { count: 30, diversity: 0, collapse: true, wordsOf: setOf });
      assert.deepEqual(
        found.map(({ ranked: { blockIndex } }) => blockIndex),
        kept,
      );
    }
  });

  it('takes texts with another number for different', () => {
    const text = 'the timeout of the gateway is set in the file next to that';
    assert.ok(isNearDuplicate(words(`${text} so`), words(`${text} so`)));
    assert.ok(!isNearDuplicate(words(`${text} 30`), words(`${text} 60`)));
    assert.ok(!isNearDuplicate(words('a'), words('b')) && !isNearDuplicate(new Set(), new Set()));
  });
});
