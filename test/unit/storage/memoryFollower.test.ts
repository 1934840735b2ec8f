import assert from 'node:assert/strict';

import fc from 'fast-check';

import { rebase } from '../../../src/memory/rebase.js';
import { layoutOf } from '../../../src/storage/layout.js';
import { MemoryFollower } from '../../../src/storage/memoryFollower.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { Store } from '../../../src/storage/store.js';
import { dumpOf } from '../../support/dump.js';
import { withForeignBlocks } from '../../support/foreignWrites.js';
import { emptyDisk, IS_TEAM, LAYOUT, START_MS, TestMemory } from '../../support/memory.js';
import { chooseSeed } from '../../support/random.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

const SEED = chooseSeed();
const FIRST_SEGMENT = `${LAYOUT.journalFolder}/000000000001.log`;

/** Whether the memory could be taken; what is taken must be what an opening finds. */
async function isTaken(disk: SimulatedDisk, follower: MemoryFollower): Promise<boolean> {
  const taken = follower.take(LAYOUT);
  if (taken === null) return false;
  const opened = await openMemory(disk, LAYOUT);
  try {
    assert.deepEqual(dumpOf(taken.image.sql), dumpOf(opened.image.sql));
    for (const key of ['lastSequence', 'epoch', 'database'] as const) assert.deepEqual(taken[key], opened[key]);
    assert.deepEqual({ ...taken.journal, frames: [] }, { ...opened.journal, frames: [] });
    assert.deepEqual(taken.moved, []);
  } finally {
    taken.image.close();
    opened.image.close();
  }
  return true;
}

describe(`following a memory that another process owns (TEST_SEED=${SEED})`, () => {
  let disk: SimulatedDisk;
  let memory: TestMemory;
  let follower: MemoryFollower;

  beforeEach(async () => {
    disk = emptyDisk();
    memory = await TestMemory.open(disk);
    await memory.add('the first', 'the second');
    follower = new MemoryFollower(disk, LAYOUT, 0);
    await follower.follow();
  });

  afterEach(() => {
    follower.close();
  });

  it('has what was written before it came, and since', async () => {
    await memory.add('the third');
    await follower.follow();
    await memory.add('the fourth', 'the fifth');
    assert.ok(await isTaken(disk, follower));
  });

  it('is asked once: the memory belongs to who took it', () => {
    follower.take(LAYOUT)?.image.close();
    assert.equal(follower.take(LAYOUT), null);
  });

  it('goes on in the next segment', async () => {
    memory.store.beginCheckpoint();
    await memory.add('in the second segment');
    await follower.follow();
    await memory.add('likewise');
    assert.ok(await isTaken(disk, follower));
  });

  it('follows the new file after a checkpoint, and has nothing until it has read it', async () => {
    await memory.checkpoint(disk);
    await memory.add('after the checkpoint');
    const late = new MemoryFollower(disk, LAYOUT, 0);
    await late.follow();
    assert.equal(await isTaken(disk, follower), false);
    await follower.follow();
    assert.ok(await isTaken(disk, follower));
    assert.ok(await isTaken(disk, late));
  });

  it('leaves out the torn end of a write that was never acknowledged', async () => {
    const whole = disk.bytesOf(FIRST_SEGMENT);
    await memory.add('cut short by a crash');
    disk.put(FIRST_SEGMENT, disk.bytesOf(FIRST_SEGMENT).subarray(0, whole.length + 40));
    await follower.follow();
    assert.ok(await isTaken(disk, follower));
  });

  it('gives up what it has read of a write that the owner cut off again', async () => {
    const whole = disk.bytesOf(FIRST_SEGMENT);
    await memory.add('refused by the disk in the end');
    await follower.follow();
    disk.put(FIRST_SEGMENT, whole);
    assert.equal(await isTaken(disk, follower), false);
    await follower.follow();
    assert.ok(await isTaken(disk, follower));
  });

  it('gives up what it has read when other frames stand in its place', async () => {
    const before = disk.bytesOf(FIRST_SEGMENT);
    await memory.add('one that was lost');
    await follower.follow();
    memory.store.close();
    disk.put(FIRST_SEGMENT, before);
    memory = await TestMemory.open(disk, memory.ports);
    await memory.add('one that was kept', 'and another');
    assert.equal(await isTaken(disk, follower), false);
  });

  it('has nothing when another program wrote to the file, or left a transaction or a log beside it', async () => {
    for (const name of ['-journal', '-wal']) {
      await follower.follow();
      disk.put(LAYOUT.database + name, Buffer.from('something'));
      assert.equal(await isTaken(disk, follower), false, name);
      disk.put(LAYOUT.database + name, null);
    }
    await follower.follow();
    disk.put(LAYOUT.database, await withForeignBlocks(disk.bytesOf(LAYOUT.database), ['of another program']));
    assert.equal(await isTaken(disk, follower), false, 'its blocks');
  });

  it('has nothing for who opens another place', () => {
    const elsewhere = layoutOf('/memory', () => true);
    assert.equal(follower.take(elsewhere), null);
    assert.notEqual(elsewhere.database, LAYOUT.database);
  });

  it('has nothing of a directory that is gone, or damaged, and comes back with it', async () => {
    const database = disk.bytesOf(LAYOUT.database);
    disk.put(LAYOUT.database, null);
    await follower.follow();
    assert.equal(await isTaken(disk, follower), false);
    disk.put(LAYOUT.database, Buffer.alloc(database.length, 7));
    await follower.follow();
    assert.equal(await isTaken(disk, follower), false);
    disk.put(LAYOUT.database, database);
    await follower.follow();
    assert.ok(await isTaken(disk, follower));
  });

  it('is what an owner opens, and writes on', async () => {
    await memory.add('written by the owner before');
    memory.store.close();
    const store = await Store.open(disk, LAYOUT, { nowMs: START_MS, rebase, follower });
    assert.ok(store.notes.some((note) => note.includes('loaded while another process owned')));
    const { epoch } = memory.store;
    assert.equal(store.epoch, epoch + 1);
    assert.equal(store.blockCount, 3);
    store.close();
    const reopened = await TestMemory.open(disk, memory.ports);
    await reopened.add('one more');
    assert.equal(reopened.store.blockCount, 4);
    assert.equal(reopened.store.epoch, epoch + 2);
    reopened.store.close();
  });

  it('is the same as an opening, whatever the owner does and whenever it is followed', async function () {
    this.timeout(60_000);
    const step = fc.constantFrom('add', 'add', 'roll', 'checkpoint', 'follow', 'follow', 'refuse', 'reopen');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const own = emptyDisk();
        let owner = await TestMemory.open(own);
        const heir = new MemoryFollower(own, LAYOUT, 0);
        for (const [index, what] of steps.entries()) {
          if (what === 'add') await owner.add(`memory ${index}`);
          if (what === 'roll') owner.store.beginCheckpoint();
          if (what === 'checkpoint') await owner.checkpoint(own);
          if (what === 'follow') await heir.follow();
          if (what === 'refuse') {
            own.fail({ call: 'fdatasync', errno: 'EIO' });
            const [answer] = await owner.write(owner.command('add_memory', { content: `refused ${index}` }));
            // A copy's answer holds; its store goes on without.
            assert.equal(answer?.error?.outcome, IS_TEAM ? undefined : 'not_written');
            own.clearFaults();
            // Else it takes in what it lacks whenever it hears of it.
            await owner.replica?.start();
          }
          if (what === 'reopen') {
            await owner.close();
            owner = await TestMemory.open(own, owner.ports);
          }
        }
        const wasFollowed = await isTaken(own, heir);
        heir.close();
        await owner.close();
        // Nothing happened since it looked: then it must have it.
        if (steps.at(-1) === 'follow') assert.ok(wasFollowed);
      }),
      { numRuns: 60, seed: SEED },
    );
  });
});
