import assert from 'node:assert/strict';

import { isHangul, soundKey } from '../../../src/text/soundKey.js';
import { stemEnglish } from '../../../src/text/stem.js';

describe('soundKey', () => {
  for (const [latin, hangul] of [
    ['clickhouse', '클릭하우스'],
    ['terraform', '테라폼'],
    ['kubernetes', '쿠버네티스'],
    ['elasticsearch', '엘라스틱서치'],
    ['typescript', '타입스크립트'],
    ['container', '컨테이너'],
  ] as const) {
    it(`is the same for ${latin} and ${hangul}`, () => {
      assert.equal(soundKey(hangul), soundKey(stemEnglish(latin)));
      assert.notEqual(soundKey(hangul), '');
    });
  }

  it('is empty for what is too short or no name', () => {
    for (const word of ['go', '오이', 'sha256', '東京', '', 'x'.repeat(40)]) assert.equal(soundKey(word), '');
  });

  it('tells the scripts apart', () => {
    assert.deepEqual([isHangul('서버'), isHangul('server')], [true, false]);
  });
});
