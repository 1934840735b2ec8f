import assert from 'node:assert/strict';

import { Portions } from '../../../src/worker/portions.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work in portions', () => {
  it('is done in its order, so much in a turn, and what comes in between stands behind it', async () => {
    const portions = new Portions(2);
    const done: string[] = [];
    for (const piece of ['a', 'b', 'c']) portions.add(() => done.push(piece));
    assert.equal(done.length, 0);
    await nextTurn();
    assert.deepEqual(done, ['a', 'b']);
    portions.add(() => done.push('d'));
    portions.add(() => done.push('e'));
    await nextTurn();
    assert.deepEqual(done, ['a', 'b', 'c', 'd']);
    await nextTurn();
    assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on in the turns after a piece has added another', async () => {
    const portions = new Portions(1);
    const done: number[] = [];
    const again = (count: number): void => {
      done.push(count);
      if (count < 3) portions.add(() => again(count + 1));
    };
    portions.add(() => again(1));
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    assert.deepEqual(done, [1, 2, 3]);
  });

  it('is done at once when there is no later, and only once', async () => {
    const portions = new Portions(1);
    const done: string[] = [];
    for (const piece of ['a', 'b']) portions.add(() => done.push(piece));
    portions.flush();
    assert.deepEqual(done, ['a', 'b']);
    await nextTurn();
    await nextTurn();
    assert.deepEqual(done, ['a', 'b']);
  });
});
