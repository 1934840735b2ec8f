import assert from 'node:assert/strict';
import { basename } from 'node:path';

import { openMemory } from '../../src/storage/recovery.js';
import { runDoctor } from '../../src/worker/doctor.js';
import { checkAll, explore, type CrashState } from '../support/crashExplorer.js';
import { DiskModel } from '../support/diskModel.js';
import { slotsFile } from '../support/memory.js';
import { chooseSeed, seededRandom } from '../support/random.js';
import { SimulatedDisk } from '../support/simulatedDisk.js';
import { assertRecovers, DATA_DIR, HOME, LAYOUT, TestOwner, type Note } from './owner.js';

const SEED = chooseSeed();
/** Combinations tried at each point. `CRASH_STATES=100000` tries nearly all and takes its time. */
const BOUND = Number(process.env['CRASH_STATES'] ?? 40);

/** A directory that was used and left in order. */
async function usedDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk(DiskModel.holding(new Map(), [DATA_DIR]));
  const owner = await TestOwner.open(disk);
  await owner.add('first of all', 'second of all');
  await owner.close();
  return new SimulatedDisk(DiskModel.holding(disk.model.contents()));
}

/** Goes on from a state, with everything that was noted before. */
function resume({ disk: model, notes }: CrashState): SimulatedDisk {
  const disk = new SimulatedDisk(model);
  for (const note of notes) disk.note(note);
  return disk;
}

async function hashOf(disk: SimulatedDisk, content: string): Promise<string> {
  const { image } = await openMemory(disk, LAYOUT);
  const hash = image.sql.get('SELECT hash FROM blocks WHERE context = ?', [content])?.[0];
  image.close();
  return String(hash);
}

describe(`after a crash at any point (TEST_SEED=${SEED}, CRASH_STATES=${BOUND})`, function () {
  this.timeout(3_600_000);
  const random = seededRandom(SEED);
  const total = { points: 0, disks: 0 };

  after(() => console.log(`      in all: ${total.points} points, ${total.disks} disks recovered from`));

  /** Recovers from every disk that may be found after a crash at any of these points. */
  async function assertAllRecover(disk: SimulatedDisk, bound = BOUND, points = disk.points): Promise<void> {
    const explored = explore(points, bound, random);
    total.points += explored.points;
    total.disks += explored.states.length;
    if (points.length > 1) {
      const { points: count, states, combinations } = explored;
      console.log(`      ${count} points, ${states.length} different disks of ${combinations} combinations`);
    }
    await checkAll(explored, assertRecovers);
  }

  describe('everything acknowledged is there exactly once, and nothing is half there:', () => {
    it('of a first start', async () => {
      const disk = new SimulatedDisk(DiskModel.holding(new Map(), [HOME]));
      disk.record();
      const owner = await TestOwner.open(disk);
      await owner.add('alpha of the first start');
      await owner.kill();
      await assertAllRecover(disk);
    });

    it('of a batch', async () => {
      const disk = await usedDisk();
      const owner = await TestOwner.open(disk);
      disk.record();
      await owner.add('alpha', 'beta has more than one word', 'gamma', 'delta');
      await owner.add('epsilon');
      await owner.kill();
      await assertAllRecover(disk);
    });

    it('of a segment roll and a checkpoint, while writing goes on', async () => {
      const disk = await usedDisk();
      const owner = await TestOwner.open(disk);
      await owner.add('alpha', 'beta');
      disk.record();
      const flushed = owner.call('flush', {});
      await owner.add('gamma', 'delta');
      await flushed;
      await owner.add('epsilon');
      await owner.call('flush', {});
      await owner.kill();
      await assertAllRecover(disk);
    });

    it('of a local writer, who writes its own image out at the end', async () => {
      const disk = await usedDisk();
      disk.record();
      const owner = await TestOwner.open(disk, 'local');
      await owner.add('alpha');
      await owner.close();
      await assertAllRecover(disk);
    });

    it('of a takeover, whatever the owner before left behind', async () => {
      const left = await usedDisk();
      const owner = await TestOwner.open(left);
      left.record();
      await owner.add('alpha', 'beta has more than one word', 'gamma');
      await owner.kill();
      const { states } = explore(left.points, BOUND, random);
      const step = Math.max(1, Math.floor((states.length * 8) / BOUND));
      for (const state of states.filter((_, index) => index % step === 0)) {
        const disk = resume(state);
        disk.record();
        const next = await TestOwner.open(disk);
        await next.add('delta');
        await next.kill();
        await assertAllRecover(disk, BOUND / 4);
      }
    });

    it('of an import of what Python left in stm_anchors.db', async () => {
      const disk = await usedDisk();
      const anchorHash = await hashOf(disk, 'first of all');
      disk.put(LAYOUT.slots, await slotsFile([{ slot: 'C', anchorHash, summary: 'from Python', lastSeen: 4e9 }]));
      disk.note({ kind: 'slot', summary: 'from Python' } satisfies Note);
      disk.record();
      const owner = await TestOwner.open(disk);
      await owner.add('alpha');
      await owner.call('flush', {});
      await owner.kill();
      await assertAllRecover(disk);
    });

    it('of a disk that refuses again and again: what was answered “not written” never comes back', async () => {
      const disk = await usedDisk();
      const owner = await TestOwner.open(disk);
      disk.record();
      await owner.add('alpha');
      disk.fail({ call: 'fdatasync', errno: 'EIO' });
      await owner.add('refused for its sync', 'refused with it');
      await owner.add('beta');
      disk.fail({ call: 'write', errno: 'ENOSPC', shortBytes: 700 });
      await owner.add('refused for want of room', 'refused for want of room too');
      disk.fail({ call: 'fdatasync', errno: 'EIO' });
      disk.fail({ call: 'truncate', errno: 'EIO' });
      await owner.add('nobody knows');
      await owner.add('gamma');
      disk.fail({ call: 'fdatasync', errno: 'EIO' });
      disk.fail({ call: 'fsync', path: /\.log$/, errno: 'EIO' });
      await owner.add('nobody knows about a longer one', 'another together with it');
      await owner.add('delta');
      await owner.kill();
      await assertAllRecover(disk);
    });

    it('of a repair by the doctor: another run ends it, and nothing of what was damaged is gone', async () => {
      const disk = await usedDisk();
      const owner = await TestOwner.open(disk);
      await owner.add('alpha');
      await owner.add('beta', 'gamma');
      await owner.kill();
      const segment =
        disk
          .list(LAYOUT.journalFolder)
          .map((name) => `${LAYOUT.journalFolder}/${name}`)
          .sort()
          .at(-1) ?? '';
      const damaged = disk.bytesOf(segment);
      damaged.writeUInt8((damaged[40] ?? 0) ^ 1, 40);
      disk.put(segment, damaged);
      const replaced = new Map([
        [basename(segment), damaged],
        [basename(LAYOUT.database), disk.bytesOf(LAYOUT.database)],
      ]);
      disk.record();
      await runDoctor({ dataDir: DATA_DIR, fix: true }, disk);
      disk.killProcesses();
      const explored = explore(disk.points, BOUND, random);
      total.points += explored.points;
      total.disks += explored.states.length;
      await checkAll(explored, async (found, state) => {
        await runDoctor({ dataDir: DATA_DIR, fix: true }, found);
        const inBackups = [...found.model.contents()].filter(([path]) => path.includes('/backups/'));
        for (const [name, bytes] of replaced) {
          assert.ok(
            inBackups.some(([path, copy]) => path.includes(name) && bytes.equals(copy)),
            `${name} is in backups as it was`,
          );
        }
        await assertRecovers(found, state);
      });
    });

    it('of a kill at any point, a takeover and a write, and then a power cut', async () => {
      const disk = new SimulatedDisk(DiskModel.holding(new Map(), [HOME]));
      disk.record();
      const owner = await TestOwner.open(disk);
      await owner.add('alpha');
      const flushed = owner.call('flush', {});
      await owner.add('beta');
      await flushed;
      await owner.kill();
      for (const point of disk.points) {
        const killed = resume(point);
        const next = await TestOwner.open(killed);
        await next.add('gamma');
        killed.record();
        await next.kill();
        await assertAllRecover(killed, BOUND / 4, killed.points.slice(0, 1));
      }
    });
  });
});
