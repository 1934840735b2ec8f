import assert from 'node:assert/strict';

import fc from 'fast-check';

import { DUPLICATE_SIMILARITY, findDuplicate, textSimilarity } from '../../../src/memory/duplicateRule.js';
import type { SimilarFacts } from '../../../src/protocol/facts.js';
import { check } from '../property.js';

function candidate(content: string, blockIndex = 0): SimilarFacts {
  return { blockIndex, hash: 'h', content, slot: 'A', root: 'r', timestamp: 't', before: null };
}

const isDuplicate = (a: string, b: string): boolean => textSimilarity(a, b) >= DUPLICATE_SIMILARITY;

describe('a memory says the same as another', () => {
  const same: readonly [string, string, string][] = [
    ['word for word', 'We deploy on Fridays', 'We deploy on Fridays'],
    ['in other case, spacing and punctuation', 'We deploy on Fridays!', '  we  deploy\non fridays'],
    ['in another Unicode form', '메모리는 하나로 합친다', '메모리는 하나로 합친다'.normalize('NFD')],
    [
      'but for one word of many',
      'The billing service retries a failed payment three times before it gives up',
      'The billing service retries a failed payment three times until it gives up',
    ],
    ['of signs alone', '¯\\_(ツ)_/¯ !', '¯\\_(ツ)_/¯ !'],
  ];
  for (const [how, a, b] of same) it(how, () => assert.ok(isDuplicate(a, b)));
});

describe('a memory says something else', () => {
  const other: readonly [string, string, string][] = [
    ['with another number', 'race memory number 1 unique1', 'race memory number 4 unique4'],
    [
      'with another version in a long text',
      `${'the build uses node in '.repeat(9)} v20`,
      `${'the build uses node in '.repeat(9)} v22`,
    ],
    [
      'with a negation',
      'We should deploy the billing service to production on Fridays',
      'We should not deploy the billing service to production on Fridays',
    ],
    [
      'with a negation in Korean',
      '결제 서비스는 금요일 오후에 배포한다 그리고 로그를 본다',
      '결제 서비스는 금요일 오후에 배포하지 않는다 그리고 로그를 본다',
    ],
    [
      'with a short form of not',
      'The cache does work after the restart of the whole cluster',
      "The cache doesn't work after the restart of the whole cluster",
    ],
    ['the other way round', 'service alpha calls service beta', 'service beta calls service alpha'],
    ['with one word of few', 'old kimchi stew', 'kimchi stew'],
    ['with one word more in a short text', 'of the second', 'of the second, later'],
    ['with other words', 'The ferry was late', 'The bridge opens at noon'],
    ['in other signs', '!!!', '???'],
  ];
  for (const [how, a, b] of other) it(how, () => assert.ok(!isDuplicate(a, b), String(textSimilarity(a, b))));

  it('in a long document that differs in a paragraph', () => {
    const text = 'alpha beta gamma delta '.repeat(400);
    assert.equal(textSimilarity(text, `${text} epsilon`), 0);
    assert.equal(textSimilarity(text, text), 1);
  });
});

describe('the duplicate of a memory', () => {
  it('is the most similar one, and the newest of equals', () => {
    const content = 'one two three four five six seven eight';
    const near = candidate('one two three four five six seven ate', 3);
    assert.equal(findDuplicate(content, [near])?.of.blockIndex, 3);
    assert.equal(findDuplicate(content, [near, candidate(content, 1), candidate(content, 2)])?.of.blockIndex, 2);
    assert.equal(findDuplicate(content, [candidate('nothing of it')]), null);
    assert.equal(findDuplicate(content, []), null);
  });

  it('is rated the same from both sides, and itself by 1', () => {
    const someText = fc.array(fc.constantFrom('a', 'b', 'cache', '3', 'not', '김치'), { maxLength: 12 });
    check(
      fc.property(someText, someText, (a, b) => {
        assert.equal(textSimilarity(a.join(' '), b.join(' ')), textSimilarity(b.join(' '), a.join(' ')));
        assert.equal(textSimilarity(a.join(' '), a.join(' ')), 1);
      }),
    );
  });
});
