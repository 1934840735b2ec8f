import assert from 'node:assert/strict';

import { Indexer } from '../../../src/worker/indexer.js';

describe('the indexer', () => {
  let missing: number;
  let isOpen: boolean;
  let steps: number;
  let indexer: Indexer;

  beforeEach(() => {
    missing = 5_000;
    isOpen = true;
    steps = 0;
    indexer = new Indexer({
      backlog: () => missing,
      step: (blocks) => {
        isOpen = true;
        steps += 1;
        missing = Math.max(0, missing - blocks);
        return missing === 0;
      },
      isOpen: () => isOpen,
      onStep: () => undefined,
    });
  });

  afterEach(() => indexer.close());

  it('lets a search wait until it is done, and others work in between', async () => {
    let others = 0;
    let isDone = false;
    const work = (): void => {
      others += 1;
      if (!isDone) setImmediate(work);
    };
    setImmediate(work);
    await indexer.nearlyComplete();
    isDone = true;
    assert.equal(missing, 0);
    assert.ok(others >= steps - 1);
  });

  it('keeps no search waiting when little is missing', async () => {
    missing = 20;
    await indexer.nearlyComplete();
    assert.deepEqual([missing, steps], [20, 0]);
  });

  it('opens the index for the first search', async () => {
    isOpen = false;
    missing = 0;
    await indexer.nearlyComplete();
    assert.deepEqual([isOpen, steps], [true, 1]);
  });

  it('leaves the index unopened while those are served who waited for an owner', async () => {
    isOpen = false;
    indexer.afterOpen();
    indexer.afterBatch();
    await new Promise(setImmediate);
    assert.equal(steps, 0);
    await indexer.nearlyComplete();
    assert.equal(missing, 0);
  });

  it('keeps nobody waiting when it is closed', async () => {
    const waiting = indexer.nearlyComplete();
    indexer.close();
    await waiting;
    await indexer.nearlyComplete();
    assert.ok(missing > 0);
  });
});
