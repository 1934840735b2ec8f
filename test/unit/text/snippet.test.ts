import assert from 'node:assert/strict';
import fc from 'fast-check';
import { searchTokens } from '../../../src/text/searchTokens.js';
import { snippet } from '../../../src/text/snippet.js';
import { anyText, check } from '../property.js';

const FILLER = 'lorem ipsum dolor sit amet '.repeat(30);

describe('snippet', () => {
  it('is the whole text when that fits', () => {
    assert.equal(snippet('short', new Set(['short']), 5), 'short');
  });

  it('is the passage with the most distinct words of the query', () => {
    const text = `clock ${FILLER}the JWT clock skew caused the outage ${FILLER}outage`;
    const passage = snippet(text, new Set(searchTokens('jwt clock outage')), 120);
    assert.match(passage, /^…\S.*JWT clock skew caused the outage.*\S…$/);
  });

  it('is the beginning when no word is found', () => {
    assert.match(snippet(FILLER, new Set(['nowhere']), 40), /^lorem ipsum .*…$/);
  });

  it('finds Korean by its pairs of syllables', () => {
    const text = `${'가나다라 '.repeat(60)}김치찌개 레시피 ${'마바사아 '.repeat(60)}`;
    assert.ok(snippet(text, new Set(searchTokens('김치찌개')), 60).includes('김치찌개 레시피'));
  });

  it('cuts between words', () => {
    const passage = snippet(FILLER, new Set(['dolor']), 50).replaceAll('…', '');
    assert.ok(passage.split(' ').every((word) => FILLER.includes(` ${word} `) || FILLER.startsWith(`${word} `)));
  });

  it('is never longer than asked, is made of whole characters and is a part of the text', () => {
    check(
      fc.property(anyText, anyText, fc.integer({ min: 3, max: 60 }), (text, query, maxChars) => {
        const passage = snippet(text, new Set(searchTokens(query)), maxChars);
        assert.ok(passage.length <= Math.max(maxChars, text.length > maxChars ? 0 : text.length));
        assert.doesNotMatch(passage, /\p{Cs}/u);
        assert.ok(text.includes(text === passage ? text : passage.replace(/^…/, '').replace(/…$/, '')));
      }),
    );
  });

  it('takes a mebibyte that repeats one word', () => {
    assert.ok(snippet('lock '.repeat(200_000), new Set(['lock']), 240).length <= 240);
  });
});
