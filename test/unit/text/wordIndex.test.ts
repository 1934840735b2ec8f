import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WordIndex } from '../../../src/text/wordIndex.js';
import { check } from '../property.js';

describe('WordIndex', () => {
  const words = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'constructor'), { maxLength: 5 })
    .map((list) => new Set(list));

  it('counts what looking at each text would count, also after texts were taken out', () => {
    check(
      fc.property(fc.array(words), fc.nat(20), words, (texts, removed, query) => {
        const index = new WordIndex();
        for (const [text, its] of texts.entries()) index.add(text, its);
        for (const [text, its] of texts.slice(0, removed).entries()) index.delete(text, its);
        const expected = new Map<number, number>();
        for (const [text, its] of texts.entries()) {
          const count = [...query].filter((word) => its.has(word)).length;
          if (text >= removed && count > 0) expected.set(text, count);
        }
        const found = [...index.sharedWith(query)].sort(([a], [b]) => a - b);
        assert.deepEqual(found, [...expected]);
      }),
    );
  });

  it('keeps nothing of texts that were taken out', () => {
    const index = new WordIndex();
    index.add(1, new Set(['a', 'b']));
    index.add(2, new Set(['b']));
    index.delete(1, new Set(['a', 'b']));
    assert.equal(index.size, 1);
    index.delete(2, new Set(['b']));
    assert.equal(index.size, 0);
  });
});
