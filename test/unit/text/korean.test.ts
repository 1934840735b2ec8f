import assert from 'node:assert/strict';

import { koreanStem } from '../../../src/text/korean.js';

describe('koreanStem', () => {
  const cases: [why: string, word: string, stem: string][] = [
    ['a particle is taken off', '서버를', '서버'],
    ['so are several in a row', '서버에서는', '서버'],
    ['a noun of two syllables is left alone', '회의', '회의'],
    ['one syllable stays', '는', '는'],
    ['하다 and its ending are taken off', '배포하면', '배포'],
    ['also in the past', '해결했지', '해결'],
    ['되다 likewise', '종료됐어', '종료'],
    ['a noun that ends like a verb is none', '제한', '제한'],
    ['이다 is taken off', '아키텍처입니다', '아키텍처'],
    ['the past of a verb is its present', '줄였다', '줄이'],
    ['whatever ending follows', '바꿨더니', '바꾸'],
    ['what has none of these stays', '데이터베이스', '데이터베이스'],
  ];
  for (const [why, word, stem] of cases) {
    it(why, () => assert.equal(koreanStem(word), stem));
  }
});
