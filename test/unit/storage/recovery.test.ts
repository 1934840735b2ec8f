import assert from 'node:assert/strict';

import fc from 'fast-check';

import { verifyRows } from '../../../src/memory/verify.js';
import type { Command } from '../../../src/protocol/commands.js';
import { SLOT_NAMES } from '../../../src/protocol/operations.js';
import { encodeFrame, type Frame } from '../../../src/storage/frame.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import { buildCheckpoint } from '../../../src/storage/checkpoint.js';
import { dumpOf, type Dump } from '../../support/dump.js';
import { interposed } from '../../support/interposed.js';
import { countingPorts, emptyDisk, LAYOUT, TestMemory } from '../../support/memory.js';
import { chooseSeed } from '../../support/random.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const SEED = chooseSeed();
const FIRST_SEGMENT = `${LAYOUT.journalFolder}/000000000001.log`;
/** `RECOVERY_RUNS=5000` for a night; without it, as many as a short while allows. */
const RUNS = Number(process.env['RECOVERY_RUNS'] ?? 0);

/** What recovery makes of the disk, after a look at the chain and every reference. */
async function recoveredDump(disk: SimulatedDisk): Promise<Dump> {
  const { image } = await openMemory(new SimulatedDisk(disk.model), LAYOUT);
  const dump = dumpOf(image.sql);
  const { problems } = verifyRows(verifyInput(image.sql));
  // Slots from Python may point anywhere.
  assert.deepEqual(
    problems.filter(({ problem }) => !problem.startsWith('slot')),
    [],
  );
  image.close();
  return dump;
}

/** Where the file of a dump stands is no part of what it holds. */
function withoutPosition(dump: Dump): Dump {
  const state = dump['greeum_state']?.filter(([key]) => key !== 'applied_sequence') ?? [];
  return { ...dump, greeum_state: state };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'nothing was thrown';
}

const someWords = fc
  .array(fc.constantFrom('cache', 'cold', 'bridge', 'opens', '메모리', '기억', '🧠', "it's", '"q"', 'a\tb'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((words) => words.join(' '));
const someSlot = fc.constantFrom(...SLOT_NAMES);
const someBlock = fc.nat({ max: 12 });

const someAdd = fc.record(
  {
    content: fc.oneof(someWords, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })),
    importance: fc.double({ min: 0, max: 1, noNaN: true }),
    tags: fc.uniqueArray(fc.constantFrom('x', 'y', '태그'), { maxLength: 3 }),
    slot: someSlot,
    project: fc.constantFrom('greeum', 'other'),
    metadata: fc.constant({ nested: { deep: [1, null, 'two'] } }),
    idempotency_key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6'),
  },
  { requiredKeys: ['content'] },
);
const someLinks = fc.record({
  add: fc.array(
    fc.record({ source: someBlock, target: someBlock, strength: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      maxLength: 3,
    },
  ),
  remove: fc.array(fc.record({ source: someBlock, target: someBlock }), { maxLength: 2 }),
});
const someAnchor = fc.record({ slot: someSlot, block_index: fc.option(someBlock), pinned: fc.boolean() });
const someStoredSlot = fc.record({
  slot: someSlot,
  anchorHash: fc.option(fc.constant('c0ffee')),
  summary: fc.constant('from Python'),
  topicVector: fc.option(fc.constant('[0.25, 1.0]')),
  lastSeen: fc.double({ min: 0, max: 3e9, noNaN: true }),
  hysteresis: fc.double({ min: 0, max: 10, noNaN: true }),
});

const someWrite = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: someAdd }) },
  { weight: 2, arbitrary: fc.record({ link: someLinks }) },
  { weight: 2, arbitrary: fc.record({ anchor: someAnchor }) },
  { weight: 1, arbitrary: fc.record({ slots: fc.array(someStoredSlot, { maxLength: 3 }) }) },
);
const someStep = fc.oneof(
  { weight: 10, arbitrary: fc.record({ batch: fc.array(someWrite, { minLength: 1, maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.constant('checkpoint' as const) },
  { weight: 1, arbitrary: fc.constant('take over' as const) },
  { weight: 1, arbitrary: fc.constant('full disk' as const) },
);

type Write = typeof someWrite extends fc.Arbitrary<infer T> ? T : never;

/** Null for input that is refused before it becomes a command. */
function commandOf(memory: TestMemory, write: Write): Command | null {
  try {
    if ('add' in write) return memory.command('add_memory', write.add);
    if ('link' in write) return memory.command('update_associations', write.link);
    if ('anchor' in write) return memory.command('anchor_update', write.anchor);
    return memory.importSlots(write.slots);
  } catch {
    // Blank content and a block linked with itself: what input is refused is tested where it is refused.
    return null;
  }
}

describe('recovery', () => {
  it(`replays any journal to the rows that living through it gave (TEST_SEED=${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { minLength: 1, maxLength: 12 }), async (steps) => {
        const disk = emptyDisk();
        const ports = countingPorts();
        let memory = await TestMemory.open(disk, ports);
        for (const step of steps) {
          if (step === 'checkpoint') {
            if (memory.store.lastSequence > memory.store.appliedSequence) await memory.checkpoint(disk);
          } else if (step === 'take over') {
            await memory.close();
            memory = await TestMemory.open(disk, ports);
          } else if (step === 'full disk') {
            disk.fail({ call: 'write', path: /log$/, errno: 'ENOSPC', shortBytes: 60 });
            await memory.write(memory.command('add_memory', { content: 'never written' }));
          } else {
            const commands = step.batch.map((write) => commandOf(memory, write));
            await memory.write(...commands.filter((command) => command !== null));
          }
        }
        assert.deepEqual(withoutPosition(await recoveredDump(disk)), withoutPosition(await memory.liveDump(disk)));
        await memory.close();
      }),
      RUNS > 0 ? { seed: SEED, numRuns: RUNS } : { seed: SEED, numRuns: 100, interruptAfterTimeLimit: 4_000 },
    );
  });

  it('begins with an empty memory where there is nothing, and writes nothing', async () => {
    const disk = emptyDisk();
    const opened = await openMemory(disk, LAYOUT);
    assert.deepEqual([opened.lastSequence, opened.epoch, opened.database], [0, 0, null]);
    assert.deepEqual(disk.operations, []);
    opened.image.close();
  });

  it('takes an empty memory.db for a new one, as SQLite does', async () => {
    const disk = emptyDisk();
    disk.put(LAYOUT.database, new Uint8Array(0));
    const opened = await openMemory(disk, LAYOUT);
    assert.equal(opened.lastSequence, 0);
    opened.image.close();
  });

  it('sets up a database that was never written out from a journal that is whole', async () => {
    const disk = emptyDisk();
    const memory = await TestMemory.open(disk);
    await memory.add('one', 'two');
    const dump = await memory.liveDump(disk);
    disk.put(LAYOUT.database, null);
    assert.deepEqual(withoutPosition(await recoveredDump(disk)), withoutPosition(dump));
  });

  it('stops where the caller says', async () => {
    const disk = emptyDisk();
    const memory = await TestMemory.open(disk);
    await memory.add('one', 'two');
    const opened = await openMemory(disk, LAYOUT, { throughSequence: 2 });
    assert.equal(opened.lastSequence, 2);
    assert.equal(dumpOf(opened.image.sql)['blocks']?.length, 1);
    opened.image.close();
  });

  describe('refuses', () => {
    let disk: SimulatedDisk;
    let memory: TestMemory;

    beforeEach(async () => {
      disk = emptyDisk();
      memory = await TestMemory.open(disk);
      await memory.add('one', 'two');
      await memory.checkpoint(disk);
      await memory.add('three');
      disk.killProcesses();
    });

    /** The code that opening gives, after making sure that it changed nothing. */
    async function refusal(): Promise<string> {
      const before = disk.model.digest;
      const code = await codeOf(openMemory(disk, LAYOUT));
      assert.equal(disk.model.digest, before);
      return code;
    }

    function changeBytes(path: string, change: (bytes: Buffer) => Buffer): void {
      disk.put(path, change(disk.bytesOf(path)));
    }

    it('a journal without its database', async () => {
      disk.put(LAYOUT.database, null);
      assert.equal(await refusal(), 'database_damaged');
    });

    it('a journal that continues another version of the database', async () => {
      const frame: Frame = { seq: 4, epoch: 1, at: 0, rows: [['insert', 'block_metadata', [0, '{}']]] };
      disk.put(`${LAYOUT.journalFolder}/000000000004.log`, encodeFrame(frame));
      assert.equal(await refusal(), 'database_changed');
    });

    it('a frame that an older owner wrote after the checkpoint of a newer one', async () => {
      memory = await TestMemory.open(disk);
      await memory.checkpoint(disk);
      const seq = memory.store.lastSequence + 1;
      disk.killProcesses();
      const late: Frame = { seq, epoch: 1, at: 0, rows: [['delete', 'greeum_requests', 'one']] };
      disk.put(`${LAYOUT.journalFolder}/${String(seq).padStart(12, '0')}.log`, encodeFrame(late));
      assert.equal(await refusal(), 'journal_damaged');
    });

    it('a database that is older than the journal', async () => {
      const older = emptyDisk();
      (await TestMemory.open(older)).store.close();
      disk.put(LAYOUT.database, older.bytesOf(LAYOUT.database));
      assert.equal(await refusal(), 'journal_damaged');
    });

    it('a database that is older than a journal in which nothing is written yet', async () => {
      const older = emptyDisk();
      (await TestMemory.open(older)).store.close();
      disk.put(LAYOUT.database, older.bytesOf(LAYOUT.database));
      disk.put(`${LAYOUT.journalFolder}/000000000004.log`, new Uint8Array(0));
      assert.equal(await refusal(), 'journal_damaged');
    });

    it('a file that is no database', async () => {
      disk.put(LAYOUT.database, Buffer.from('Dear diary,\n'.repeat(100)));
      assert.equal(await refusal(), 'not_a_database');
    });

    it('a database cut short at any page', async () => {
      const { length } = disk.bytesOf(LAYOUT.database);
      const whole = disk.bytesOf(LAYOUT.database);
      for (let end = 4096; end < length; end += 4096 * 7) {
        disk.put(LAYOUT.database, whole.subarray(0, end));
        assert.equal(await refusal(), 'database_damaged', `cut at ${end}`);
      }
    });

    it('a database cut short within a page', async () => {
      changeBytes(LAYOUT.database, (bytes) => bytes.subarray(0, bytes.length - 100));
      assert.equal(await refusal(), 'database_damaged');
    });

    it('a database whose schema is scratched', async () => {
      changeBytes(LAYOUT.database, (bytes) => bytes.fill(0xff, 100, 4096));
      assert.equal(await refusal(), 'database_damaged');
    });

    it('a database in the middle of another program’s transaction', async () => {
      disk.put(`${LAYOUT.database}-journal`, Buffer.from('hot'));
      assert.equal(await refusal(), 'hot_journal');
    });

    it('a log whose database is empty, which SQLite would throw away', async () => {
      changeBytes(LAYOUT.database, () => Buffer.alloc(0));
      disk.put(`${LAYOUT.database}-wal`, Buffer.from('frames'));
      assert.equal(await refusal(), 'wal_unmerged');
    });
  });

  describe('of a reader, who takes no lock,', () => {
    /** Opens while, before the call with this number, a checkpoint is put in place. @returns whether it came to that */
    async function openDuringCheckpoint(callNumber: number): Promise<boolean> {
      const disk = emptyDisk();
      const memory = await TestMemory.open(disk);
      await memory.add('one', 'two');
      const built = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
      await memory.add('three');
      const expected = withoutPosition(await recoveredDump(disk));
      let isDone = false;
      const moving = interposed(disk, (count) => {
        if (count !== callNumber) return;
        isDone = true;
        memory.store.finishCheckpoint(built);
      });
      const { image } = await openMemory(moving, LAYOUT);
      assert.deepEqual(withoutPosition(dumpOf(image.sql)), expected, `before call ${callNumber}`);
      image.close();
      memory.store.close();
      return isDone;
    }

    it('sees everything acknowledged, at whatever moment a checkpoint moves the files under it', async function () {
      // A memory is opened for each call of the checkpoint: seconds, and many of them on a busy machine.
      this.timeout(120_000);
      let calls = 0;
      while (await openDuringCheckpoint(calls + 1)) calls += 1;
      assert.ok(calls >= 8, `only ${calls} calls`);
    });

    it('sees everything acknowledged while a segment vanishes that the checkpoint covers', async () => {
      const disk = emptyDisk();
      const memory = await TestMemory.open(disk);
      await memory.add('one', 'two');
      const built = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
      // So the checkpoint stands between its rename and its deletions.
      disk.fail({ call: 'unlink', errno: 'EBUSY' });
      assert.throws(() => memory.store.finishCheckpoint(built));
      const meanwhile = interposed(disk, (_count, call, path) => {
        if (call === 'readAll' && path === FIRST_SEGMENT) disk.put(FIRST_SEGMENT, null);
      });
      const { image } = await openMemory(meanwhile, LAYOUT);
      assert.equal(dumpOf(image.sql)['blocks']?.length, 2);
      image.close();
    });

    it('gives up with a sentence when the files never stand still', async () => {
      const disk = emptyDisk();
      (await TestMemory.open(disk)).store.close();
      const bytes = disk.bytesOf(LAYOUT.database);
      const restless = interposed(disk, (_count, call) => {
        if (call === 'list') disk.put(LAYOUT.database, bytes);
      });
      assert.equal(await codeOf(openMemory(restless, LAYOUT)), 'read_failed');
    });
  });
});
