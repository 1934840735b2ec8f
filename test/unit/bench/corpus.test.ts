import assert from 'node:assert/strict';

import { generateCorpus } from '../../../bench/search/corpus.js';

const OWN = ['The cache is warm and the cache is large', 'A cold cache'];

describe('the corpus of the benchmarks', () => {
  it('is the same for the same seed, and another for another', () => {
    const corpus = generateCorpus(300, 20, 7, OWN);
    assert.deepEqual(generateCorpus(300, 20, 7, OWN), corpus);
    assert.notDeepEqual(generateCorpus(300, 20, 8, OWN).memories, corpus.memories);
  });

  it('draws words as often as those of real texts come: few very often, most of them once', () => {
    const counts = new Map<string, number>();
    for (const { text } of generateCorpus(2_000, 0, 1, OWN).memories) {
      for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const sorted = [...counts.values()].sort((a, b) => b - a);
    const total = sorted.reduce((sum, count) => sum + count, 0);
    assert.ok((sorted[0] ?? 0) > total / 50, 'the most frequent word');
    assert.ok(sorted.filter((count) => count === 1).length > sorted.length / 3, 'words that come once');
  });
});
