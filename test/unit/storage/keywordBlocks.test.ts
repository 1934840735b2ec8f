import assert from 'node:assert/strict';

import type { RowWrite } from '../../../src/protocol/change.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { KeywordBlocks } from '../../../src/storage/keywordBlocks.js';

function block(blockIndex: number): RowWrite {
  const values = [blockIndex, '2026-01-01T00:00:00', 'text', 0.5, `h${blockIndex}`, '', 'root', null];
  return ['insert', 'blocks', [...values, '[]', '[]', 0, 0, 0, 'A', 0, 0]];
}

function keyword(blockIndex: number, text: string): RowWrite {
  return ['insert', 'block_keywords', [null, blockIndex, text]];
}

function node(blockIndex: number, nodeId: string): RowWrite {
  return ['insert', 'memory_nodes', [nodeId, blockIndex, 'memory', 'text', null, 0, null, '{}', null]];
}

describe('the blocks of a keyword', () => {
  let image: Image;
  let known: KeywordBlocks;

  beforeEach(async () => {
    image = new Image(await loadEngine(), null);
    known = new KeywordBlocks(image.sql);
  });

  afterEach(() => image.close());

  function write(...rows: readonly RowWrite[]): void {
    image.applyRows(rows);
    known.add({ rows });
  }

  /** As remembered, after making sure that it is what the image says. */
  function found(...keywords: readonly string[]): unknown {
    const remembered = structuredClone(known.find(keywords)).map(({ keyword, blocks }) => ({ keyword, blocks }));
    const read = new KeywordBlocks(image.sql).find(keywords).map(({ keyword, blocks }) => ({ keyword, blocks }));
    assert.deepEqual(remembered, read);
    return remembered.map(({ blocks }) => blocks.map(({ blockIndex, nodeId }) => `${blockIndex} ${nodeId}`));
  }

  it('are told newest first, also of those that came after it was asked for', () => {
    write(block(0), keyword(0, 'tea'), node(0, 'node_a'));
    assert.deepEqual(found('tea', 'milk'), [['0 node_a']]);
    write(block(1), keyword(1, 'tea'), keyword(1, 'milk'), node(1, 'node_b'));
    assert.deepEqual(found('tea', 'milk'), [['1 node_b', '0 node_a'], ['1 node_b']]);
  });

  it('lack those without a node, until they get one', () => {
    write(block(0), keyword(0, 'tea'));
    assert.deepEqual(found('tea'), [[]]);
    write(node(0, 'node_late'));
    assert.deepEqual(found('tea'), [['0 node_late']]);
  });

  it('keep the first of several nodes', () => {
    write(block(0), keyword(0, 'tea'), node(0, 'node_first'));
    assert.deepEqual(found('tea'), [['0 node_first']]);
    write(node(0, 'node_second'));
    assert.deepEqual(found('tea'), [['0 node_first']]);
  });

  it('are not listed any more when they are many', () => {
    for (let index = 0; index < 17; index++) {
      assert.equal(known.find(['tea']).length, index === 0 ? 0 : 1, `after ${index} blocks`);
      assert.equal(known.commonAmong(['tea']), 0);
      write(block(index), keyword(index, 'tea'), node(index, `node_${index}`));
    }
    assert.deepEqual([found('tea'), known.commonAmong(['tea'])], [[], 1]);
  });

  it('are read again when rows were taken back', () => {
    write(block(0), keyword(0, 'tea'), node(0, 'node_a'));
    assert.deepEqual(found('tea'), [['0 node_a']]);
    assert.throws(() =>
      image.transaction(() => {
        write(block(1), keyword(1, 'tea'), node(1, 'node_b'));
        throw new Error('the journal refused');
      }),
    );
    known.invalidate();
    assert.deepEqual(found('tea'), [['0 node_a']]);
  });
});
