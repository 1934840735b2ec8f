import assert from 'node:assert/strict';

import { readCursor, writeCursor } from '../../../../src/memory/search/cursor.js';
import { MAX_PAGED_RESULTS } from '../../../../src/protocol/limits.js';

describe('the cursor of a search', () => {
  it('says where the next page begins, for this question alone', () => {
    const cursor = writeCursor({ offset: 40, documents: 900 }, 'question');
    assert.deepEqual(readCursor(cursor, 'question'), { offset: 40, documents: 900 });
    assert.throws(() => readCursor(cursor, 'another'), /not of this search/);
    assert.throws(() => readCursor('1e9-5-x', 'question'), /not of this search/);
  });

  it('leads no deeper than pages go, whoever made it', () => {
    const deep = writeCursor({ offset: MAX_PAGED_RESULTS, documents: 9_000 }, 'question');
    assert.throws(() => readCursor(deep, 'question'), /not of this search/);
  });
});
