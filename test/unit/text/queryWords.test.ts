import assert from 'node:assert/strict';

import { queryWords } from '../../../src/text/queryWords.js';

describe('queryWords', () => {
  const texts = (query: string): string[] => queryWords(query).map(({ text }) => text);

  it('leaves out stop words, unless there is nothing else', () => {
    assert.deepEqual(texts('the state of the cache'), ['state', 'cache']);
    assert.deepEqual(texts('to be or'), ['to', 'be', 'or']);
    assert.deepEqual(texts('?!'), []);
  });

  it('takes each word once, whatever its ending', () => {
    assert.deepEqual(texts('deploy deploying 배포를 배포가'), ['deploy', '배포를']);
  });

  it('gives words of the question little weight', () => {
    const [why, cache] = queryWords('why cache');
    assert.ok((why?.weight ?? 1) < (cache?.weight ?? 0));
  });

  it('knows other words for it, in both languages', () => {
    const others = queryWords('deployment').flatMap(({ forms }) => forms.flatMap(({ tokens }) => tokens));
    assert.ok(others.includes('배포') && others.includes('releas'));
  });

  it('finds an identifier whole and by its parts, two words also as one', () => {
    const [name] = queryWords('getUserById');
    assert.deepEqual(
      name?.forms.slice(0, 2).map(({ tokens }) => tokens),
      [['getuserbyid'], ['get', 'user', 'by', 'id']],
    );
    const joined = queryWords('time outs')
      .flatMap(({ forms }) => forms)
      .filter(({ kind }) => kind === 'joined');
    assert.deepEqual(joined[0]?.tokens, ['timeout']);
  });

  it('joins two words once, however often they come', () => {
    const forms = queryWords('log in '.repeat(285)).flatMap((word) =>
      word.forms.filter(({ kind }) => kind === 'joined'),
    );
    assert.deepEqual([...new Set(forms.map(({ tokens }) => tokens[0]))].sort(), ['inlog', 'login']);
    assert.ok(forms.length <= 4, `${forms.length} forms`);
  });

  it('takes the first words of a query that never ends', () => {
    assert.equal(texts(Array.from({ length: 400 }, (_, at) => `w${at}`).join(' ')).length, 32);
  });
});
