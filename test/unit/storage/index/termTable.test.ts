import assert from 'node:assert/strict';
import fc from 'fast-check';

import { TermTable } from '../../../../src/storage/index/termTable.js';
import { editDistance, unitsOf } from '../../../../src/text/editDistance.js';
import { anyText, check } from '../../property.js';
import { toTheEnd } from '../../../../src/storage/steps.js';

describe('the term table', () => {
  it('numbers terms as they come, and finds them again, also from a file', () => {
    check(
      fc.property(fc.array(anyText, { maxLength: 60 }), (terms) => {
        const table = TermTable.empty();
        const numbers = new Map<string, number>();
        for (const term of terms) {
          if (!numbers.has(term)) numbers.set(term, numbers.size);
          assert.equal(table.add(term), numbers.get(term));
        }
        const copy = toTheEnd(TermTable.load(table.export()));
        for (const [term, number] of numbers) {
          for (const each of [table, copy]) assert.deepEqual([each.find(term), each.term(number)], [number, term]);
        }
        assert.deepEqual([table.size, copy.size, table.find('never added')], [numbers.size, numbers.size, -1]);
      }),
    );
  });

  it('stays right while it grows far beyond its first size', () => {
    const table = TermTable.empty();
    for (let at = 0; at < 30_000; at++) table.add(`term${at}`);
    for (const at of [0, 1, 1023, 1024, 29_999]) assert.equal(table.find(`term${at}`), at);
    assert.equal(table.withPrefix('term2999', 20).length, 11);
    assert.equal(toTheEnd(TermTable.load(table.export())).withPrefix('term2999', 20).length, 11);
  });

  it('finds every term that is few edits away, and no other', () => {
    const table = TermTable.empty();
    const near = ['cahce', 'cach', 'caches', 'cacha', 'xcache', '캐cache'];
    for (const term of ['cache', ...near, 'cachesizes', 'cathe2', 'reach']) table.add(term);
    const found = table.near('cache', 1).map(({ number, distance }) => [table.term(number), distance]);
    assert.deepEqual(
      found,
      near.map((term) => [term, 1]),
    );
  });

  it('finds by few edits what a look at every term finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '가'), minLength: 1, maxLength: 8 });
    check(
      fc.property(
        fc.uniqueArray(word, { maxLength: 40 }),
        word,
        fc.integer({ min: 1, max: 2 }),
        (terms, term, most) => {
          const table = TermTable.empty();
          for (const each of terms) table.add(each);
          const distances = terms.map((each) => editDistance(unitsOf(term), unitsOf(each), most));
          const expected = terms.filter((_, at) => (distances[at] ?? 0) > 0 && (distances[at] ?? 0) <= most);
          assert.deepEqual(
            table.near(term, most).map(({ number }) => table.term(number)),
            expected,
          );
        },
      ),
    );
  });
});
