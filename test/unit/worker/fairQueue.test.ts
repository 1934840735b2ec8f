import assert from 'node:assert/strict';

import { FairQueue } from '../../../src/worker/fairQueue.js';

function filled(lines: Readonly<Record<string, readonly number[]>>): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [caller, items] of Object.entries(lines)) for (const item of items) queue.push(caller, `${caller}${item}`);
  return queue;
}

describe('FairQueue', () => {
  it('gives the items of one caller in the order they came', () => {
    assert.deepEqual(filled({ a: [1, 2, 3] }).take(9), ['a1', 'a2', 'a3']);
  });

  it('lets callers take turns, so that a flood of one delays no other', () => {
    const queue = filled({ flood: [1, 2, 3, 4, 5], quiet: [1] });
    assert.deepEqual(queue.take(3), ['flood1', 'quiet1', 'flood2']);
  });

  it('goes on with whose turn it is in the next batch', () => {
    const queue = filled({ a: [1, 2, 3], b: [1, 2], c: [1] });
    assert.deepEqual(
      [queue.take(2), queue.take(2), queue.take(2)],
      [
        ['a1', 'b1'],
        ['c1', 'a2'],
        ['b2', 'a3'],
      ],
    );
    assert.equal(queue.size, 0);
    assert.deepEqual(queue.take(1), []);
  });

  it('counts what waits', () => {
    const queue = filled({ a: [1, 2], b: [1] });
    assert.equal(queue.size, 3);
    queue.take(2);
    assert.equal(queue.size, 1);
    queue.push('c', 'c1');
    assert.equal(queue.size, 2);
  });
});
