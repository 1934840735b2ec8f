import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keywords } from '../../../src/text/keywords.js';
import { isStopWord } from '../../../src/text/stopWords.js';
import { anyText, check } from '../property.js';

describe('keywords', () => {
  it('leaves out stop words of both languages and single characters', () => {
    assert.deepEqual(keywords('The cause of it was a clock 그리고 이 시계'), ['cause', 'clock', '시계']);
  });

  it('takes particles off Korean nouns, so that the same noun is the same keyword', () => {
    assert.deepEqual(keywords('데이터베이스를'), ['데이터베이스']);
    assert.deepEqual(keywords('데이터베이스에서는'), ['데이터베이스']);
  });

  it('leaves a Korean noun whose last syllable only looks like a particle', () => {
    assert.deepEqual(keywords('고양이 가을 작가'), ['고양이', '가을', '작가']);
  });

  it('keeps names of code readable and puts them first', () => {
    const found = keywords('Since yesterday src/memory/decideAdd.ts calls user_id, not HTTP; yesterday it crashed');
    assert.deepEqual(found.slice(0, 2), ['decideadd.ts', 'user_id']);
    assert.equal(found[2], 'yesterday');
  });

  it('gives at most as many as asked for, ten by default', () => {
    const words = Array.from({ length: 30 }, (_, index) => `wordnumber${String.fromCharCode(97 + index)}`).join(' ');
    assert.equal(keywords(words).length, 10);
    assert.equal(keywords(words, 3).length, 3);
  });

  it('gives distinct lower-case words of two or more characters, the same every time', () => {
    check(
      fc.property(anyText, (text) => {
        const found = keywords(text);
        assert.equal(new Set(found).size, found.length);
        assert.ok(found.length <= 10);
        for (const word of found) {
          assert.equal(word, word.toLowerCase());
          assert.ok(word.length >= 2 && word.length <= 64 && !isStopWord(word));
        }
        assert.deepEqual(keywords(text), found);
      }),
    );
  });
});
