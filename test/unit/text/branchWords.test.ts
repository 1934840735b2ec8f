import assert from 'node:assert/strict';
import { branchWords } from '../../../src/text/branchWords.js';

describe('branchWords', () => {
  const cases: [why: string, text: string, words: string[]][] = [
    ['words of two letters and more, in lower case', 'We use a Lock', ['we', 'use', 'lock']],
    ['a Korean particle is part of the word, as for Python', 'SQLite를 쓴다', ['sqlite를', '쓴다']],
    ['a run with a digit or an underscore is no word', 'utf8 user_id v2 ok', ['ok']],
    ['a run with a letter of another script is no word', 'café naïve plain', ['plain']],
    ['a combining mark ends a run, as for Python', 'cafe\u0301s', ['cafe']],
    ['single syllables are no words', '이 꼭 오늘', ['오늘']],
    ['each word counts once', 'Lock lock LOCK', ['lock']],
  ];
  for (const [why, text, words] of cases) {
    it(why, () => {
      assert.deepEqual([...branchWords(text)], words);
    });
  }

  it('takes a mebibyte of one word', () => {
    assert.equal(branchWords('a'.repeat(1024 * 1024)).size, 1);
  });
});
