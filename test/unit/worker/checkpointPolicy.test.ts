import assert from 'node:assert/strict';

import { idleDelayMs, isCheckpointDue, type CheckpointState } from '../../../src/worker/checkpointPolicy.js';

const MIB = 1024 * 1024;

function isDue(state: Partial<CheckpointState>): boolean {
  return isCheckpointDue({
    journalBytes: 0,
    imageBytes: 0,
    framesSinceCheckpoint: 0,
    msSinceFailure: null,
    ...state,
  });
}

describe('a checkpoint is due', () => {
  it('when the journal has 4 MiB, of a small image', () => {
    assert.deepEqual(
      [isDue({ journalBytes: 4 * MIB - 1, imageBytes: MIB }), isDue({ journalBytes: 4 * MIB })],
      [false, true],
    );
  });

  it('when the journal is as large as a large image', () => {
    const imageBytes = 100 * MIB;
    assert.deepEqual(
      [isDue({ journalBytes: 100 * MIB - 1, imageBytes }), isDue({ journalBytes: 100 * MIB, imageBytes })],
      [false, true],
    );
  });

  it('when replaying would take seconds, however small the frames and large the image', () => {
    for (const imageBytes of [MIB, 1000 * MIB]) {
      assert.equal(isDue({ framesSinceCheckpoint: 14_999, imageBytes }), false);
      assert.equal(isDue({ framesSinceCheckpoint: 15_000, imageBytes }), true);
    }
  });

  it('not soon after one has failed', () => {
    const journalBytes = 100 * MIB;
    assert.deepEqual(
      [isDue({ journalBytes, msSinceFailure: 29_999 }), isDue({ journalBytes, msSinceFailure: 30_000 })],
      [false, true],
    );
  });

  it('not while there is nothing to write', () => {
    assert.equal(isDue({ imageBytes: 100 * MIB }), false);
  });
});

describe('a checkpoint of an idle worker', () => {
  it('is made soon after the last write of a small image, and of the first one of an owner', () => {
    assert.deepEqual([idleDelayMs(MIB, 0), idleDelayMs(1000 * MIB, null)], [20_000, 20_000]);
  });

  it('waits of a large image, so that one memory now and then writes no more than 0.1 MB a second', () => {
    assert.deepEqual(
      [idleDelayMs(100_000_000, 0), idleDelayMs(100_000_000, 900_000), idleDelayMs(100_000_000, 999_000)],
      [1_000_000, 100_000, 20_000],
    );
  });
});
