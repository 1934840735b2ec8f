import assert from 'node:assert/strict';
import fc from 'fast-check';
import { searchTokens } from '../../../src/text/searchTokens.js';
import { anyText, check } from '../property.js';

const MIB = 1024 * 1024;

describe('searchTokens', () => {
  const cases: [why: string, text: string, tokens: string[]][] = [
    ['words are lower-cased and lose their endings', 'Root Causes', ['root', 'caus']],
    ['irregular forms are the same word', 'chosen indices', ['choos', 'index']],
    ['camelCase is kept whole and split', 'getUserById', ['getuserbyid', 'get', 'user', 'by', 'id']],
    ['a row of capitals ends before the next word', 'HTTPServer', ['httpserver', 'http', 'server']],
    ['snake_case is the same token as camelCase', 'user_id', ['userid', 'user', 'id']],
    ['so is kebab-case', 'user-id', ['userid', 'user', 'id']],
    ['letters and digits are parted', 'sha256', ['sha256', 'sha', '256']],
    ['a version is not the number without its dots', 'v1.2.3', ['v1·2·3', 'v1', 'v', '1', '2', '3']],
    ['a date is whole and in parts', '2026-05-12', ['2026·05·12', '2026', '05', '12']],
    [
      'a path is found by its file, by the name and by the words',
      'src/decideAdd.ts',
      ['srcdecideaddt', 'src', 'decideaddt', 'decideadd', 'decid', 'add', 'ts'],
    ],
    ['a Windows path too', 'a\\b.md', ['abmd', 'a', 'bmd', 'b', 'md']],
    ['an error code has one token', 'ECONNREFUSED', ['econnrefus']],
    ['the parts of a code of letters and digits are noise', 'a3f9c2e1', ['a3f9c2e1']],
    ['punctuation at the ends is dropped', '(_done._)', ['done']],
    ['Hangul is taken whole and in pairs', '데이터', ['데이터', '데이', '이터']],
    ['Korean loses particles and endings', '서버에서는 배포했습니다', ['서버', '배포']],
    ['two syllables are one token', '오늘', ['오늘']],
    ['a single syllable stays', '꼭', ['꼭']],
    ['a particle does not stick to an English word', 'SQLite를', ['sqlite', 'sq', 'lite', '를']],
    ['Chinese and Japanese are taken in pairs', '東京都へ', ['東京', '京都', '都へ']],
    ['full-width and decomposed forms are the same', 'ＡＢＣ １ cafe\u0301', ['abc', '1', 'café']],
    ['decomposed Hangul is the same', '한글'.normalize('NFD'), ['한글']],
    ['emoji are no tokens', '✔️ 🎉 ok', ['ok']],
    ['nothing gives nothing', ' \n\t.,;', []],
  ];
  for (const [why, text, tokens] of cases) {
    it(why, () => {
      assert.deepEqual(searchTokens(text), tokens);
    });
  }

  it('gives only what the simple tokenizer of SQLite takes as one token, and no token longer than 64', () => {
    check(
      fc.property(anyText, (text) => {
        for (const token of searchTokens(text)) {
          assert.match(token, /^[a-z0-9\u0080-\u{10ffff}]{1,64}$/u);
          assert.ok(token.length <= 64);
        }
      }),
    );
  });

  it('gives the same tokens for a memory and for a query of the same words', () => {
    check(fc.property(anyText, (text) => assert.deepEqual(searchTokens(` ${text} `), searchTokens(text))));
  });

  it('leaves a sentence in one character as it is, wherever it stands', () => {
    assert.deepEqual(searchTokens('.ﷺ.'), ['ﷺ']);
    assert.deepEqual(searchTokens(`           .ﷺ. `), ['ﷺ']);
  });

  it('gives no more tokens than twice the characters', () => {
    check(fc.property(anyText, (text) => assert.ok(searchTokens(text).length <= 2 * text.normalize('NFKC').length)));
  });

  // Each of these made an earlier version, or a plain regular expression, take seconds or overflow its stack.
  const hostile: [what: string, text: string][] = [
    ['one word', 'a'.repeat(MIB)],
    ['one path', 'a/'.repeat(MIB / 2)],
    ['one identifier', 'aB'.repeat(MIB / 2)],
    ['one version', '1.'.repeat(MIB / 2)],
    ['one run of Hangul', '한'.repeat(MIB / 3)],
    ['one run of Han', '東'.repeat(MIB / 3)],
    ['marks that have to be sorted', `a${'\u0301\u0316'.repeat(MIB / 4)}`],
    ['characters that expand to eighteen', '\ufdfa'.repeat(MIB / 3)],
    ['joiners', '._-/'.repeat(MIB / 4)],
  ];
  for (const [what, text] of hostile) {
    it(`takes a mebibyte of ${what}`, () => {
      const tokens = searchTokens(text);
      assert.ok(tokens.length <= text.length);
      assert.ok(tokens.every((token) => token.length <= 64));
    });
  }
});
