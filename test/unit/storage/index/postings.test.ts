import assert from 'node:assert/strict';
import fc from 'fast-check';

import { MAX_FREQUENCY, Postings } from '../../../../src/storage/index/postings.js';
import { check } from '../../property.js';

type Listed = [document: number, frequency: number][];

function listed(postings: Postings, term: number): Listed {
  const found: Listed = [];
  postings.each(term, (document, frequency) => found.push([document, frequency]));
  return found;
}

describe('postings', () => {
  it('give back what was added, term by term, also after a way through a file', () => {
    const additions = fc.array(fc.array(fc.nat({ max: 40 }), { maxLength: 30 }), { maxLength: 700 });
    check(
      fc.property(additions, (documents) => {
        const postings = new Postings();
        const expected = new Map<number, Listed>();
        for (const [document, terms] of documents.entries()) {
          for (const term of new Set(terms)) {
            postings.add(term, document, term + 1);
            expected.set(term, [...(expected.get(term) ?? []), [document, term + 1]]);
          }
        }
        const copy = new Postings();
        const { counts, postings: words } = postings.export(41);
        copy.import(counts, words);
        for (let term = 0; term <= 40; term++) {
          assert.deepEqual(listed(postings, term), expected.get(term) ?? []);
          assert.deepEqual(listed(copy, term), expected.get(term) ?? []);
        }
      }),
    );
  });

  it('hold a term that all of many documents have, beside one in each', () => {
    const postings = new Postings();
    for (let document = 0; document < 20_000; document++) {
      postings.add(0, document, 1);
      postings.add(document + 1, document, 2);
    }
    assert.deepEqual(
      listed(postings, 0).map(([document]) => document),
      Array.from({ length: 20_000 }, (_, at) => at),
    );
    assert.deepEqual(
      [listed(postings, 1), listed(postings, 20_000), postings.count(0)],
      [[[0, 2]], [[19_999, 2]], 20_000],
    );
  });

  it('count to 255', () => {
    const postings = new Postings();
    postings.add(3, 5, 100_000);
    assert.deepEqual([listed(postings, 3), listed(postings, 0)], [[[5, MAX_FREQUENCY]], []]);
  });
});
