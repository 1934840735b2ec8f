import assert from 'node:assert/strict';

import { GreeumError } from '../../../src/protocol/errors.js';
import { buildCheckpoint } from '../../../src/storage/checkpoint.js';
import { loadEngine, Sql } from '../../../src/storage/engine.js';
import { readSlotsFile } from '../../../src/storage/slotsFile.js';
import { schemaOf, type Dump } from '../../support/dump.js';
import { dumpOfFile, emptyDisk, LAYOUT, slotsFile, TestMemory } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

/** Names in the memory's folder. */
function names(disk: SimulatedDisk): string[] {
  return disk.list(LAYOUT.folder).sort();
}

function segments(disk: SimulatedDisk): string[] {
  return disk.list(LAYOUT.journalFolder).sort();
}

async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof GreeumError ? `${error.code} ${error.outcome}` : String(error);
  }
  return 'nothing was thrown';
}

function contentsIn(dump: Dump): string[] {
  return (dump['blocks'] ?? []).map((row) => String(row[2]));
}

async function contentsOn(disk: SimulatedDisk): Promise<string[]> {
  return contentsIn(await dumpOfFile(disk.bytesOf(LAYOUT.database)));
}

describe('a checkpoint', () => {
  let disk: SimulatedDisk;
  let memory: TestMemory;

  beforeEach(async () => {
    disk = emptyDisk();
    memory = await TestMemory.open(disk);
    await memory.add('one', 'two');
  });

  afterEach(() => {
    disk.clearFaults();
    memory.store.close();
  });

  it('makes everything acknowledged part of memory.db, and the journal begins anew', async () => {
    const built = await memory.checkpoint(disk);
    assert.deepEqual([built.sequence, built.problems], [3, []]);
    assert.deepEqual(await contentsOn(disk), ['one', 'two']);
    assert.deepEqual(segments(disk), []);
    await memory.add('three');
    assert.deepEqual(segments(disk), ['000000000004.log']);
  });

  it('says in the file up to which frame it goes', async () => {
    await memory.checkpoint(disk);
    const state = (await dumpOfFile(disk.bytesOf(LAYOUT.database)))['greeum_state'];
    assert.deepEqual(
      state?.find(([key]) => key === 'applied_sequence'),
      ['applied_sequence', '3'],
    );
  });

  it('holds what was written before it began, while writing goes on', async () => {
    const sequence = memory.store.beginCheckpoint();
    await memory.add('three');
    const built = await buildCheckpoint(disk, LAYOUT, sequence);
    await memory.add('four');
    memory.store.finishCheckpoint(built);
    assert.deepEqual(await contentsOn(disk), ['one', 'two']);
    assert.deepEqual(segments(disk), ['000000000004.log']);
    memory.store.close();
    memory = await TestMemory.open(disk);
    assert.equal(memory.store.blockCount, 4);
  });

  it('made from the image at hand is the same as the one made from the files', async () => {
    const fromFiles = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
    const dump = await dumpOfFile(disk.bytesOf(LAYOUT.databaseTemp));
    const fromImage = await memory.store.buildCheckpointHere(fromFiles.sequence);
    assert.deepEqual(await dumpOfFile(disk.bytesOf(LAYOUT.databaseTemp)), dump);
    assert.deepEqual({ ...fromImage, slots: null }, { ...fromFiles, slots: null });
  });

  it('has every index, also those that a long-lived owner does without', async () => {
    const schemaOnDisk = async (path: string): Promise<unknown> => {
      const sql = new Sql(await loadEngine(), disk.bytesOf(path));
      const schema = schemaOf(sql);
      sql.close();
      return schema;
    };
    const before = await schemaOnDisk(LAYOUT.database);
    memory.store.dropForeignIndexes();
    await memory.add('three');
    await memory.checkpoint(disk);
    assert.deepEqual(await schemaOnDisk(LAYOUT.database), before);
    await memory.store.buildCheckpointHere(memory.store.lastSequence);
    assert.deepEqual(await schemaOnDisk(LAYOUT.databaseTemp), before);
  });

  it('leaves no temporary file behind, and neither does a first start', async () => {
    assert.deepEqual(names(disk), ['journal', 'memory.db']);
    await memory.checkpoint(disk);
    assert.deepEqual(names(disk), ['index.db', 'journal', 'memory.db', 'stm_anchors.db']);
  });

  it('waits for the new file, renames it, waits for the folder, and only then deletes segments', async () => {
    const before = disk.operations.length;
    await memory.checkpoint(disk);
    const done = disk.operations.slice(before).map((operation) => operation.replace(/ \d+\+\d+$/, ''));
    const database = done.filter((operation) => /memory\.db|syncFolder|unlink/.test(operation));
    assert.deepEqual(database, [
      `create ${LAYOUT.databaseTemp}`,
      `write ${LAYOUT.databaseTemp}`,
      `fsync ${LAYOUT.databaseTemp}`,
      `rename ${LAYOUT.databaseTemp} ${LAYOUT.database}`,
      `syncFolder ${LAYOUT.folder}`,
      `unlink ${LAYOUT.journalFolder}/000000000001.log`,
    ]);
  });

  it('keeps other programs from writing to the new file as to the old one', async () => {
    for (let round = 0; round < 2; round += 1) {
      const fd = disk.open(LAYOUT.database, 'r+');
      assert.equal(disk.tryLock(fd, 0x40000001, 1), false);
      disk.close(fd);
      await memory.checkpoint(disk);
    }
  });

  it('gives back every descriptor', async () => {
    await memory.checkpoint(disk);
    await memory.add('three');
    memory.store.close();
    assert.equal(disk.openDescriptors, 0);
  });

  describe('does not overwrite', () => {
    it('a database that another program wrote to since it was opened', async () => {
      disk.put(LAYOUT.database, Buffer.concat([disk.bytesOf(LAYOUT.database)]));
      assert.equal(await failureOf(() => memory.checkpoint(disk)), 'database_changed not_written');
      assert.deepEqual(segments(disk), ['000000000001.log']);
    });

    it('a database that another program wrote to while the checkpoint was built', async () => {
      const built = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
      const theirs = Buffer.concat([disk.bytesOf(LAYOUT.database)]);
      disk.put(LAYOUT.database, theirs);
      assert.equal(await failureOf(() => memory.store.finishCheckpoint(built)), 'database_changed not_written');
      assert.deepEqual(disk.bytesOf(LAYOUT.database), theirs);
      assert.deepEqual(segments(disk), ['000000000001.log']);
    });

    it('a database that is gone', async () => {
      disk.put(LAYOUT.database, null);
      assert.equal(await failureOf(() => memory.checkpoint(disk)), 'database_changed not_written');
      assert.deepEqual(names(disk), ['journal']);
    });

    it('a slot file that Python wrote to while the checkpoint was built', async () => {
      await memory.checkpoint(disk);
      await memory.add('three');
      const built = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
      const theirs = await slotsFile([{ slot: 'B', anchorHash: 'c0ffee', lastSeen: 5 }]);
      disk.put(LAYOUT.slots, theirs);
      memory.store.finishCheckpoint(built);
      assert.deepEqual(disk.bytesOf(LAYOUT.slots), Buffer.from(theirs));
      assert.ok(!names(disk).includes('stm_anchors.db.new'));
    });

    it('a slot file that Python is writing to', async () => {
      await memory.checkpoint(disk);
      await memory.add('three');
      const before = disk.bytesOf(LAYOUT.slots);
      const built = await buildCheckpoint(disk, LAYOUT, memory.store.beginCheckpoint());
      const python = disk.open(LAYOUT.slots, 'r+');
      disk.tryLock(python, 0x40000001, 1);
      memory.store.finishCheckpoint(built);
      assert.deepEqual(disk.bytesOf(LAYOUT.slots), before);
      disk.close(python);
      await memory.add('four');
      await memory.checkpoint(disk);
      assert.notDeepEqual(disk.bytesOf(LAYOUT.slots), before);
    });

    it('a slot file in the middle of another program’s transaction, whose end would then roll back ours', async () => {
      await memory.checkpoint(disk);
      await memory.add('three');
      disk.put(`${LAYOUT.slots}-journal`, Buffer.from('hot'));
      const before = disk.bytesOf(LAYOUT.slots);
      const built = await memory.checkpoint(disk);
      assert.match(String(built.problems), /unfinished transaction/);
      assert.deepEqual(disk.bytesOf(LAYOUT.slots), before);
      assert.deepEqual(await contentsOn(disk), ['one', 'two', 'three']);
    });
  });

  describe('writes the slots', () => {
    it('where Python reads them, and keeps what else is in its file', async () => {
      disk.put(LAYOUT.slots, await slotsFile([], 'CREATE TABLE mine (a); INSERT INTO mine VALUES (7)'));
      await memory.checkpoint(disk);
      const slots = readSlotsFile(disk, await loadEngine(), LAYOUT.slots);
      assert.deepEqual(
        slots.map(({ slot, summary }) => [slot, summary]),
        [
          ['A', 'one'],
          ['B', 'two'],
          ['C', ''],
        ],
      );
      assert.deepEqual((await dumpOfFile(disk.bytesOf(LAYOUT.slots)))['mine'], [[7]]);
    });

    it('not again when the file says the same already', async () => {
      await memory.checkpoint(disk);
      const before = disk.stat(LAYOUT.slots);
      await memory.write(memory.command('update_associations', { add: [{ source: 0, target: 1 }] }));
      assert.equal((await memory.checkpoint(disk)).slots, null);
      assert.deepEqual(disk.stat(LAYOUT.slots), before);
    });

    it('never over a file that is no slot file', async () => {
      const theirs = Buffer.from('not a database at all');
      disk.put(LAYOUT.slots, theirs);
      const built = await memory.checkpoint(disk);
      assert.match(String(built.problems), /stm_anchors\.db is not an SQLite database/);
      assert.deepEqual([disk.bytesOf(LAYOUT.slots), await contentsOn(disk)], [theirs, ['one', 'two']]);
    });
  });

  describe('that fails', () => {
    /** Everything is still there, and the next checkpoint works. */
    async function assertUnharmed(): Promise<void> {
      disk.clearFaults();
      assert.equal(memory.store.blockCount, 2);
      await memory.add('three');
      await memory.checkpoint(disk);
      assert.deepEqual(await contentsOn(disk), ['one', 'two', 'three']);
      assert.deepEqual(segments(disk), []);
    }

    for (const [what, fault] of [
      ['a full disk', { call: 'write', path: /memory\.db\.new$/, errno: 'ENOSPC', shortBytes: 8192 }],
      ['a disk that refuses to sync', { call: 'fsync', path: /memory\.db\.new$/, errno: 'EIO' }],
      ['no descriptor', { call: 'open', path: /memory\.db\.new$/, errno: 'EMFILE' }],
      ['no descriptor for the lock', { call: 'open', path: /memory\.db\.new$/, errno: 'EMFILE', at: 2 }],
      ['a rename that is refused', { call: 'rename', path: /memory\.db\.new$/, errno: 'EIO' }],
      ['a folder that cannot be synced', { call: 'syncFolder', errno: 'EIO' }],
      ['a segment that cannot be deleted', { call: 'unlink', path: /\.log$/, errno: 'EACCES' }],
      ['an index that cannot be renamed', { call: 'rename', path: /index\.db\.new$/, errno: 'EIO' }],
    ] as const) {
      it(`says so and harms nothing: ${what}`, async () => {
        disk.fail(fault);
        assert.equal(await failureOf(() => memory.checkpoint(disk)), 'checkpoint_failed written');
        await assertUnharmed();
      });
    }

    it('gives the room on a full disk back to the journal', async () => {
      disk.fail({ call: 'write', path: /memory\.db\.new$/, errno: 'ENOSPC', shortBytes: 8192 });
      await failureOf(() => memory.checkpoint(disk));
      assert.deepEqual(names(disk), ['journal', 'memory.db']);
    });

    it('after its rename does not take its own new file for somebody else’s', async () => {
      disk.fail({ call: 'syncFolder', errno: 'EIO' });
      await failureOf(() => memory.checkpoint(disk));
      assert.deepEqual(segments(disk), ['000000000001.log'], 'a power cut may still bring the old file back');
      await assertUnharmed();
    });

    it('is none for the sake of an index or slot file that cannot be written', async () => {
      disk.fail({ call: 'write', path: /(index|stm_anchors)\.db\.new$/, errno: 'ENOSPC', shortBytes: 10, times: 2 });
      const built = await memory.checkpoint(disk);
      assert.deepEqual([built.hasIndex, built.slots, built.problems.length], [false, null, 2]);
      assert.deepEqual(await contentsOn(disk), ['one', 'two']);
      assert.deepEqual(names(disk), ['journal', 'memory.db']);
    });

    it('is refused when the journal does not reach as far as it should', async () => {
      assert.equal(await failureOf(() => buildCheckpoint(disk, LAYOUT, 99)), 'checkpoint_failed not_written');
    });
  });
});
