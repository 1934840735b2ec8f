import assert from 'node:assert/strict';

import { isCheckpointDue, type CheckpointState } from '../../../src/worker/checkpointPolicy.js';

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

  it('when the journal has half the size of a large image', () => {
    const imageBytes = 100 * MIB;
    assert.deepEqual(
      [isDue({ journalBytes: 50 * MIB - 1, imageBytes }), isDue({ journalBytes: 50 * MIB, imageBytes })],
      [false, true],
    );
  });

  it('when replaying would take half a second, however small the frames', () => {
    assert.deepEqual([isDue({ framesSinceCheckpoint: 1_199 }), isDue({ framesSinceCheckpoint: 1_200 })], [false, true]);
  });

  it('later, the larger the image, but not without end', () => {
    const dueAfter = (imageBytes: number): number => {
      let framesSinceCheckpoint = 0;
      while (!isDue({ imageBytes, framesSinceCheckpoint })) framesSinceCheckpoint += 100;
      return framesSinceCheckpoint;
    };
    assert.deepEqual([40e6, 100e6, 200e6, 1e9].map(dueAfter), [1_200, 2_000, 4_000, 5_000]);
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
