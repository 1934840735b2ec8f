import assert from 'node:assert/strict';
import { mentioning, mentionQuery } from '../../../src/extension/mentionQuery.js';
import { memoryRecord } from './views/rows.js';

describe('mentions of a file', () => {
  it('are looked for by its name as a phrase', () => {
    assert.equal(mentionQuery('limits.py'), '"limits.py"');
    assert.equal(mentionQuery('a "b".py'), '"a  b .py"');
  });

  it('are not looked for where a name says nothing', () => {
    assert.equal(mentionQuery('a.c'), null);
    assert.equal(mentionQuery(''), null);
  });

  it('have the name itself, in upper or lower case', () => {
    const hit = (block: number, context: string) => ({ ...memoryRecord(block), context, score: 1 });
    const hits = [hit(1, 'See Limits.py for the reason.'), hit(2, 'The limits of Python.')];
    assert.deepEqual(
      mentioning(hits, 'limits.py').map(({ block_index }) => block_index),
      [1],
    );
  });
});
