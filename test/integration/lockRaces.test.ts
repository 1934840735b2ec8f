import assert from 'node:assert/strict';

import { scratchFolder } from '../support/greeumProcess.js';
import { conflicts, runLockRaces, type Ownership } from '../support/lockRaces.js';
import { chooseSeed, seededRandom } from '../support/random.js';

describe('processes that race for the lock', () => {
  const seed = chooseSeed();

  it(`never own it two at once, whoever of them is killed (TEST_SEED=${seed})`, async () => {
    const folder = scratchFolder();
    try {
      const { owners, kills } = await runLockRaces({
        folder: folder.path,
        races: 20,
        processes: 8,
        random: seededRandom(seed),
        killRatio: 0.5,
      });
      assert.deepEqual(conflicts(owners), []);
      assert.ok(owners.length >= 20 * 8 - kills, `${owners.length} owners, ${kills} kills`);
    } finally {
      folder.remove();
    }
  });

  it('would be found out: intervals that overlap, and epochs that come twice', () => {
    const owner = (epoch: number, from: number, to: number): Ownership => ({
      epoch,
      from: BigInt(from),
      to: BigInt(to),
      wasCutShort: false,
    });
    assert.deepEqual(conflicts([owner(1, 0, 5), owner(2, 5, 9), owner(3, 10, 11)]), []);
    assert.deepEqual(conflicts([owner(1, 0, 5), owner(2, 4, 9), owner(2, 10, 11)]), [
      'epochs 1 and 2 overlap by 1 ns',
      'epoch 2 came after epoch 2',
    ]);
  });
});
