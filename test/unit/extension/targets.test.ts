import assert from 'node:assert/strict';
import { blockOf, blocksOf, slotOf } from '../../../src/extension/targets.js';
import { memoryRecord } from './views/rows.js';

const node = (block: number) => ({ kind: 'memory', memory: memoryRecord(block) });

describe('what a command is about', () => {
  it('is told by a number, a row of a view, or anything with a block index', () => {
    assert.deepEqual([blockOf(3), blockOf(node(4)), blockOf({ block_index: 5 })], [3, 4, 5]);
    for (const nonsense of [-1, 1.5, '3', null, undefined, {}, { block_index: null }]) {
      assert.equal(blockOf(nonsense), undefined);
    }
  });

  it('is every selected row when a menu was opened on one of them, and the selection for a key', () => {
    assert.deepEqual(blocksOf(node(1), [node(1), node(2), node(1)], []), [1, 2]);
    assert.deepEqual(blocksOf(node(1), undefined, [node(9)]), [1]);
    assert.deepEqual(blocksOf(undefined, undefined, [node(9), { kind: 'more' }]), [9]);
  });

  it('is a slot by its name or by a row that has one', () => {
    assert.deepEqual(
      [slotOf('B'), slotOf({ slot: 'C' }), slotOf('D'), slotOf(undefined)],
      ['B', 'C', undefined, undefined],
    );
  });
});
