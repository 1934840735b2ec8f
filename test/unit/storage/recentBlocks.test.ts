import assert from 'node:assert/strict';

import type { Change } from '../../../src/protocol/change.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { RecentBlocks } from '../../../src/storage/recentBlocks.js';
import { branchWords } from '../../../src/text/branchWords.js';

const contentOf = (blockIndex: number): string => `memory ${blockIndex} about the ledger 데이터베이스`;

/** A block as an add writes it; one in three without a node, as Python's fallback leaves it. */
function blockChange(blockIndex: number): Change {
  const hash = String(blockIndex).padStart(64, '0');
  const context = contentOf(blockIndex);
  const root = blockIndex % 4 === 0 ? null : `root-${blockIndex % 3}`;
  const block = [
    blockIndex,
    '2026-01-01T00:00:00',
    context,
    0.5,
    hash,
    '',
    root,
    null,
    '[]',
    '[]',
    0,
    0,
    0,
    'A',
    0.95,
    0,
  ];
  const node = [`node_${blockIndex}`, blockIndex, 'memory', context, null, 0, null, '{}', '2026-01-01T00:00:00'];
  const rows: Change['rows'] = [['insert', 'blocks', block]];
  return { rows: blockIndex % 3 === 0 ? rows : [...rows, ['insert', 'memory_nodes', node]] };
}

describe('RecentBlocks', () => {
  it('kept up with what is written, are those that the database has', async () => {
    const image = new Image(await loadEngine(), null);
    const kept = new RecentBlocks(image.sql);
    kept.list();
    for (let blockIndex = 0; blockIndex < 120; blockIndex += 1) {
      const change = blockChange(blockIndex);
      image.applyRows(change.rows);
      const content = contentOf(blockIndex);
      // Of every second it is known; what was expected and did not come must not count for another.
      if (blockIndex % 2 === 0) kept.expect(content, branchWords(content));
      kept.add(change);
    }
    const read = new RecentBlocks(image.sql);
    assert.equal(kept.list().length, 100);
    assert.deepEqual(kept.list(), read.list());
    const words = new Set(['ledger', 'about', 'nowhere', '데이터베이스']);
    assert.deepEqual(new Map([...kept.sharedWords(words)].sort()), new Map([...read.sharedWords(words)].sort()));
    image.close();
  });

  it('forget what was taken back', async () => {
    const image = new Image(await loadEngine(), null);
    const recent = new RecentBlocks(image.sql);
    recent.list();
    recent.add(blockChange(0));
    assert.equal(recent.list().length, 1);
    recent.invalidate();
    assert.deepEqual(recent.list(), []);
    assert.equal(recent.sharedWords(new Set(['ledger'])).size, 0);
    image.close();
  });
});
