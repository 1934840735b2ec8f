import assert from 'node:assert/strict';
import fc from 'fast-check';

import { TermTable } from '../../../../src/storage/index/termTable.js';
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

  it('has among its candidates every term that is few edits away', () => {
    const table = TermTable.empty();
    const near = ['cache', 'cahce', 'cach', 'caches', 'cacha', 'xcache'];
    for (const term of [...near, 'cachesizes']) table.add(term);
    const candidates = table.candidatesFor('cache', 1).map((number) => table.term(number));
    for (const term of near) assert.ok(candidates.includes(term), term);
    assert.ok(!candidates.includes('cachesizes'));
  });
});
