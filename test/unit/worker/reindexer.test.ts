import assert from 'node:assert/strict';

import { Reindexer, type GrowingIndex } from '../../../src/worker/reindexer.js';

class FakeIndex implements GrowingIndex {
  lastBlock = -1;
  readonly #blocks: () => number;

  constructor(blocks: () => number) {
    this.#blocks = blocks;
  }

  get documentCount(): number {
    return this.lastBlock + 1;
  }

  catchUp(blocks: number): boolean {
    this.lastBlock = Math.min(this.lastBlock + blocks, this.#blocks() - 1);
    return this.lastBlock === this.#blocks() - 1;
  }
}

describe('building the search index again', () => {
  let blocks: number;
  let seen: (number | null)[];
  let replaced: FakeIndex[];
  let betweenSteps: () => void;
  let reindexer: Reindexer<FakeIndex>;

  beforeEach(() => {
    blocks = 200;
    seen = [];
    replaced = [];
    betweenSteps = () => undefined;
    reindexer = new Reindexer({
      newIndex: () => new FakeIndex(() => blocks),
      replaceIndex: (index) => replaced.push(index),
      onStep: () => seen.push(reindexer.indexed),
      turn() {
        betweenSteps();
        return Promise.resolve();
      },
    });
  });

  it('goes on a step at a time, tells how far it is, and ends with what was added meanwhile', async () => {
    betweenSteps = () => (blocks += 1);
    assert.deepEqual(await reindexer.run(), { status: 'reindexed', memories: 203 });
    assert.deepEqual(seen, [64, 128, 192, null]);
    assert.deepEqual([replaced.length, replaced[0]?.lastBlock, reindexer.indexed], [1, 202, null]);
  });

  it('leaves the old index when it is given up, and can begin again', async () => {
    const giveUp = new AbortController();
    betweenSteps = () => giveUp.abort();
    await assert.rejects(reindexer.run(giveUp.signal), { code: 'worker_stopping' });
    assert.deepEqual([replaced, reindexer.indexed], [[], null]);
    betweenSteps = () => undefined;
    assert.equal((await reindexer.run()).memories, 200);
  });

  it('runs once at a time, and not on when its worker stops', async () => {
    betweenSteps = () => reindexer.close();
    const first = reindexer.run();
    await assert.rejects(reindexer.run(), { code: 'overloaded' });
    await assert.rejects(first, { code: 'worker_stopping' });
    assert.deepEqual(replaced, []);
  });
});
