import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { DoctorReport } from '../../../src/protocol/doctor.js';
import { encodeFrame, scanFrames } from '../../../src/storage/frame.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { readWal } from '../../../src/storage/wal.js';
import { runDoctor } from '../../../src/worker/doctor.js';
import { OwnershipLock } from '../../../src/worker/ownership.js';
import { dumpOf, type Dump } from '../../support/dump.js';
import { inWalMode, walBetween, withForeignBlocks } from '../../support/foreignWrites.js';
import { DATA_DIR, emptyDisk, LAYOUT, slotsFile, TestMemory } from '../../support/memory.js';
import { chooseSeed, seededRandom } from '../../support/random.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const SEED = chooseSeed();
const CHECKPOINTED = 12;
const FIRST_SEGMENT = `${LAYOUT.journalFolder}/000000000014.log`;
const LAST_SEGMENT = `${LAYOUT.journalFolder}/000000000018.log`;
const BLOCKS = 20;

/** 12 memories in `memory.db`, then two segments of 4 each. */
async function usedDisk(): Promise<SimulatedDisk> {
  const disk = emptyDisk();
  const memory = await TestMemory.open(disk);
  const add = async (from: number, to: number): Promise<void> => {
    for (let number = from; number < to; number += 1) {
      await memory.add({
        content: `memory ${number} of the bridge`,
        tags: [`t${number}`],
        idempotency_key: `k${number}`,
      });
    }
  };
  await add(0, CHECKPOINTED);
  await memory.checkpoint(disk);
  await add(CHECKPOINTED, 16);
  memory.store.beginCheckpoint();
  await add(16, BLOCKS);
  memory.store.close();
  disk.killProcesses();
  return disk;
}

describe(`doctor (TEST_SEED=${SEED})`, function () {
  this.timeout(120_000);
  let disk: SimulatedDisk;
  let whole: SimulatedDisk;

  before(async () => {
    whole = await usedDisk();
  });

  beforeEach(() => {
    disk = new SimulatedDisk(whole.model);
  });

  const examine = (): Promise<DoctorReport> => runDoctor({ dataDir: DATA_DIR, fix: false }, disk);
  const fix = (): Promise<DoctorReport> => runDoctor({ dataDir: DATA_DIR, fix: true }, disk);

  function change(path: string, changeBytes: (bytes: Buffer) => Buffer | null): void {
    disk.put(path, changeBytes(disk.bytesOf(path)));
  }

  async function contents(): Promise<string[]> {
    const { image } = await openMemory(disk, LAYOUT);
    const rows = image.sql.all('SELECT context FROM blocks ORDER BY block_index').map(([context]) => String(context));
    image.close();
    return rows;
  }

  /** Without where the file of it stands: a repair has the journal in it. */
  async function rowsOfAllTables(): Promise<Dump> {
    const { image } = await openMemory(disk, LAYOUT);
    const dump = { ...dumpOf(image.sql), greeum_state: [] };
    image.close();
    return dump;
  }

  function numbersOf(texts: readonly string[]): number[] {
    return texts.map((text) => Number(/^memory (\d+) /.exec(text)?.[1]));
  }

  /** Every file by name and content; what lies in backups too. */
  function filesNow(): Map<string, string> {
    return new Map([...disk.model.contents()].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]));
  }

  const all = Array.from({ length: BLOCKS }, (_, number) => number);

  /** A second run has nothing to do, and finds no more than the first one left. */
  async function assertNothingLeft(report: DoctorReport): Promise<void> {
    const before = filesNow();
    const again = await fix();
    assert.deepEqual([again.repair?.done, again.repair?.lost, again.repair?.backup], [[], [], null]);
    assert.deepEqual(again.findings, report.repair?.findings);
    assert.deepEqual(filesNow(), before);
  }

  it('finds nothing in a memory that is whole, and changes nothing', async () => {
    const before = filesNow();
    assert.equal((await examine()).ok, true);
    const { ok, repair } = await fix();
    assert.deepEqual([ok, repair?.done, repair?.lost, repair?.backup], [true, [], [], null]);
    before.delete(LAYOUT.lock);
    const after = filesNow();
    after.delete(LAYOUT.lock);
    assert.deepEqual(after, before);
  });

  it('says that there is no memory yet where there is none', async () => {
    disk = emptyDisk();
    const { ok, findings } = await examine();
    assert.equal(ok, true);
    assert.match(findings.find(({ area }) => area === 'image')?.sentence ?? '', /no memory\.db yet/);
  });

  it('changes nothing without being told to, whatever it finds', async () => {
    change(LAYOUT.database, (bytes) => bytes.subarray(0, 3 * 4096));
    const before = filesNow();
    assert.equal((await examine()).ok, false);
    assert.deepEqual(filesNow(), before);
  });

  it('leaves a torn end of the journal to the next owner: it was never acknowledged', async () => {
    change(LAST_SEGMENT, (bytes) => Buffer.concat([bytes, Buffer.from('0a1b2c3d {"seq":22,"epo')]));
    const { ok, findings } = await fix();
    assert.equal(ok, true);
    assert.ok(
      findings.some(({ severity, sentence }) => severity === 'note' && sentence.includes('never acknowledged')),
    );
    assert.deepEqual(numbersOf(await contents()), all);
  });

  it('saves every memory but the one whose frame is gone in the middle, and says which frame', async () => {
    change(LAST_SEGMENT, (bytes) => {
      const [first, second] = scanFrames(bytes, 18).frames;
      bytes.fill('x', (first?.endOffset ?? 0) + 20, (second?.endOffset ?? 0) - 20);
      return bytes;
    });
    const damaged = disk.bytesOf(LAST_SEGMENT);
    const report = await fix();
    assert.equal(report.ok, false, 'something was lost');
    assert.deepEqual(
      numbersOf(await contents()),
      all.filter((number) => number !== 17),
    );
    assert.match(report.repair?.lost.join('\n') ?? '', /Frame 19 is missing/);
    const kept = disk.bytesOf(`${report.repair?.backup ?? ''}/journal/000000000018.log`);
    assert.deepEqual(kept, damaged);
    await assertNothingLeft(report);
  });

  it('saves everything when one bit of a frame is flipped', async () => {
    change(FIRST_SEGMENT, (bytes) => {
      bytes.writeUInt8((bytes[100] ?? 0) ^ 2, 100);
      return bytes;
    });
    const report = await fix();
    assert.deepEqual([report.ok, report.repair?.lost], [true, []]);
    assert.deepEqual(numbersOf(await contents()), all);
    await assertNothingLeft(report);
  });

  it('says that a write is lost when the very last frame is', async () => {
    change(LAST_SEGMENT, (bytes) => bytes.fill('x', bytes.length - 60, bytes.length - 1));
    const report = await fix();
    assert.equal(report.ok, false);
    assert.deepEqual(report.repair?.lost, ['What follows the last intact frame cannot be read.']);
    assert.deepEqual(numbersOf(await contents()), all.slice(0, -1));
  });

  it('applies what follows a segment that is missing, and says what is missing', async () => {
    disk.put(FIRST_SEGMENT, null);
    const report = await fix();
    assert.equal(report.ok, false);
    assert.match(report.repair?.lost.join('\n') ?? '', /Frames 14 to 17 are missing/);
    assert.deepEqual(numbersOf(await contents()), [...all.slice(0, CHECKPOINTED), 16, 17, 18, 19]);
    await assertNothingLeft(report);
  });

  it('rebuilds a database that is missing from a journal that is complete', async () => {
    disk = emptyDisk();
    const memory = await TestMemory.open(disk);
    await memory.add('memory 0 of the bridge', 'memory 1 of the bridge');
    memory.store.close();
    disk.put(LAYOUT.database, null);
    const report = await fix();
    assert.deepEqual([report.ok, numbersOf(await contents())], [true, [0, 1]]);
  });

  it('makes no database out of a journal that is only the end of a memory', async () => {
    disk.put(LAYOUT.database, null);
    const before = filesNow();
    const report = await fix();
    assert.equal(report.ok, false);
    assert.equal(disk.stat(LAYOUT.database), null);
    for (const [path, content] of before) assert.equal(filesNow().get(path), content, path);
  });

  it('copies what can be read of a database that is cut short, and puts the journal on top', async () => {
    const pages = disk.bytesOf(LAYOUT.database).length / 4096;
    const damaged = disk.bytesOf(LAYOUT.database).subarray(0, (pages - 3) * 4096);
    disk.put(LAYOUT.database, damaged);
    const report = await fix();
    assert.deepEqual(numbersOf(await contents()).slice(-8), all.slice(-8));
    assert.deepEqual(disk.bytesOf(`${report.repair?.backup ?? ''}/memory.db`), damaged);
    await assertNothingLeft(report);
  });

  it('never makes an empty database, however much of the file is gone', async () => {
    const file = disk.bytesOf(LAYOUT.database);
    for (let end = 0; end < file.length; end += 4096 * 24) {
      disk = new SimulatedDisk(whole.model);
      disk.put(LAYOUT.database, end === 0 ? Buffer.from('x') : file.subarray(0, end));
      const { ok, repair } = await fix();
      const isThere = repair?.done.some((line) => line.startsWith('Wrote')) === true;
      if (isThere) assert.ok((await contents()).length > 0, `cut at ${end}`);
      else assert.deepEqual(disk.bytesOf(LAYOUT.database), end === 0 ? Buffer.from('x') : file.subarray(0, end));
      assert.equal(ok, false, `cut at ${end}`);
      const isSaid = [...(repair?.findings ?? [])].some(({ severity }) => severity === 'damage');
      assert.ok(isSaid || (repair?.lost.length ?? 0) > 0, `cut at ${end}`);
    }
  });

  for (const [what, destroy] of [
    ['overwritten with zeros', (page: Buffer) => page.fill(0)],
    ['overwritten with something else', (page: Buffer) => page.fill('not a database any more. ')],
    ['whole at its beginning alone', (page: Buffer) => page.fill(0xff, 100)],
  ] as const) {
    it(`finds the tables of a database whose first page is ${what}`, async () => {
      const before = await rowsOfAllTables();
      change(LAYOUT.database, (bytes) => {
        destroy(bytes.subarray(0, 4096));
        return bytes;
      });
      const report = await fix();
      assert.deepEqual(numbersOf(await contents()), all);
      assert.deepEqual(await rowsOfAllTables(), before);
      await assertNothingLeft(report);
    });
  }

  it('reads a database of whose header a bit is flipped', async () => {
    for (let at = 0; at < 100; at += 7) {
      disk = new SimulatedDisk(whole.model);
      change(LAYOUT.database, (bytes) => {
        bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << (at % 8)), at);
        return bytes;
      });
      const { ok, repair } = await fix();
      assert.deepEqual([ok, repair?.lost], [true, []], `byte ${at}`);
      assert.deepEqual(numbersOf(await contents()), all, `byte ${at}`);
    }
  });

  it('loses nothing silently, whichever bit of database or journal is flipped', async () => {
    const random = seededRandom(SEED);
    for (let run = 0; run < 24; run += 1) {
      disk = new SimulatedDisk(whole.model);
      const path = [LAYOUT.database, LAYOUT.database, FIRST_SEGMENT, LAST_SEGMENT][run % 4] ?? LAYOUT.database;
      let where = '';
      change(path, (bytes) => {
        const at = random.below(bytes.length);
        where = `${path} at ${at}`;
        bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << random.below(8)), at);
        return bytes;
      });
      const { ok, repair } = await fix();
      if (ok) assert.deepEqual(numbersOf(await contents()), all, where);
      else assert.ok((repair?.lost.length ?? 0) > 0 || repair?.findings.some(({ severity }) => severity === 'damage'));
      assert.deepEqual((await fix()).repair?.done, [], where);
    }
  });

  it('sets a damaged index and a damaged slot file aside', async () => {
    change(LAYOUT.index, (bytes) => bytes.fill(0xff, 400, 500));
    disk.put(LAYOUT.slots, Buffer.concat([(await slotsFile([])).subarray(0, 4096), Buffer.alloc(4096, 0xff)]));
    const report = await fix();
    assert.equal(report.ok, true, JSON.stringify(report.repair));
    assert.deepEqual([disk.stat(LAYOUT.index), disk.stat(LAYOUT.slots)], [null, null]);
    assert.ok(disk.bytesOf(`${report.repair?.backup ?? ''}/index.db`).length > 0);
    assert.deepEqual(numbersOf(await contents()), all);
    await assertNothingLeft(report);
  });

  it('takes only of two frames with the same number that of the newer owner, and says so', async () => {
    const late = encodeFrame({ seq: 22, epoch: 0, at: 0, rows: [['delete', 'greeum_requests', 'k1']] });
    change(LAST_SEGMENT, (bytes) => Buffer.concat([bytes, late]));
    const report = await fix();
    assert.match(report.findings.map(({ sentence }) => sentence).join('\n'), /older owner/);
    assert.deepEqual(numbersOf(await contents()), all);
  });

  describe('of a log that another program left beside the database', () => {
    const WAL = `${LAYOUT.database}-wal`;
    let database: Buffer;
    let log: Buffer;

    /** Two of ours, and one of the other program that stands in its log alone. */
    beforeEach(async () => {
      disk = emptyDisk();
      const memory = await TestMemory.open(disk);
      await memory.add('memory 0 of the bridge', 'memory 1 of the bridge');
      await memory.checkpoint(disk);
      memory.store.close();
      disk.killProcesses();
      database = Buffer.from(inWalMode(disk.bytesOf(LAYOUT.database)));
      log = walBetween(database, await withForeignBlocks(disk.bytesOf(LAYOUT.database), ['memory 2 of another']));
      disk.put(LAYOUT.database, database);
      disk.put(WAL, log);
    });

    /** Both files lie in the backup as they were, and no log beside what is new. */
    function assertBackedUp({ repair }: DoctorReport, files: Readonly<Record<string, Uint8Array>>): void {
      for (const [name, bytes] of Object.entries(files)) {
        assert.deepEqual(disk.bytesOf(`${repair?.backup}/${name}`), Buffer.from(bytes), name);
      }
      assert.equal(disk.stat(WAL), null);
    }

    it('leaves the two to the next owner where both are sound', async () => {
      const before = filesNow();
      const { ok, repair } = await fix();
      assert.deepEqual([ok, repair?.done, repair?.lost], [true, [], []]);
      before.delete(LAYOUT.lock);
      const after = filesNow();
      after.delete(LAYOUT.lock);
      assert.deepEqual(after, before);
      assert.deepEqual(numbersOf(await contents()), [0, 1, 2]);
    });

    it('takes from the log what the database has lost, and all of it', async () => {
      const damaged = Buffer.from(database).fill(0, 0, 4096);
      disk.put(LAYOUT.database, damaged);
      await assert.rejects(openMemory(disk, LAYOUT));
      const report = await fix();
      assert.deepEqual([report.ok, report.repair?.lost], [true, []]);
      assert.deepEqual(numbersOf(await contents()), [0, 1, 2]);
      assertBackedUp(report, { 'memory.db': damaged, 'memory.db-wal': log });
      await assertNothingLeft(report);
    });

    it('saves what the log has when the rest of the database is damaged, whatever page it is', async () => {
      const inLog = readWal(log, WAL)?.pages ?? new Map<number, Uint8Array>();
      const pages = Array.from({ length: database.length / 4096 }, (_, index) => index + 1);
      const others = pages.filter((page) => !inLog.has(page)).filter((_, index) => index % 9 === 0);
      assert.ok(others.length > 0);
      for (const page of others) {
        const damaged = Buffer.from(database).fill(0xa5, (page - 1) * 4096, page * 4096);
        disk.put(LAYOUT.database, damaged);
        disk.put(WAL, log);
        const report = await fix();
        assert.ok(numbersOf(await contents()).includes(2), `page ${page}`);
        assertBackedUp(report, { 'memory.db': damaged, 'memory.db-wal': log });
      }
    });

    it('keeps what comes before the damage in a log, and names where it is', async () => {
      const fixture = path.resolve(__dirname, '../../fixtures/greeum-5.3-wal/data/memory.db');
      const damaged = readFileSync(`${fixture}-wal`);
      damaged.writeUInt32BE(7, damaged.length - 4096 - 8);
      disk = emptyDisk();
      disk.put(LAYOUT.database, readFileSync(fixture));
      disk.put(WAL, damaged);
      await assert.rejects(openMemory(disk, LAYOUT), { code: 'wal_damaged' });
      const report = await fix();
      assert.equal(report.ok, false, 'something was lost');
      assert.match(report.repair?.lost.join(' ') ?? '', /memory\.db-wal is damaged at byte \d+/);
      assert.ok((await contents()).length > 0);
      assertBackedUp(report, { 'memory.db': readFileSync(fixture), 'memory.db-wal': damaged });
      await assertNothingLeft(report);
    });

    it('changes nothing where neither the database nor its log gives a memory', async () => {
      disk.put(LAYOUT.database, Buffer.alloc(database.length, 0xa5));
      disk.put(WAL, Buffer.from(log).fill(0xa5));
      const before = filesNow();
      const report = await fix();
      assert.equal(report.ok, false);
      before.delete(LAYOUT.lock);
      const after = filesNow();
      after.delete(LAYOUT.lock);
      assert.deepEqual(after, before);
    });
  });

  it('moves a dead owner’s unfinished file into backups, and leaves a discovery file of Python alone', async () => {
    const discovery = `${DATA_DIR}/worker_state.json`;
    disk.put(LAYOUT.databaseTemp, Buffer.from('half a checkpoint'));
    disk.put(discovery, Buffer.from(JSON.stringify({ endpoint: 'http://127.0.0.1:8820/x/mcp', pid: 1 })));
    const report = await fix();
    assert.equal(disk.stat(LAYOUT.databaseTemp), null);
    assert.notEqual(disk.stat(discovery), null);
    assert.deepEqual(disk.bytesOf(`${report.repair?.backup ?? ''}/memory.db.new`), Buffer.from('half a checkpoint'));
    disk.put(discovery, Buffer.from(JSON.stringify({ socket: '/s', pid: 1, epoch: 3 })));
    await fix();
    assert.equal(disk.stat(discovery), null);
  });

  it('repairs nothing while somebody owns the directory, and looks all the same', async () => {
    const holder = { pid: process.pid, role: 'worker' } as const;
    const lock = OwnershipLock.acquire(disk, LAYOUT.lock, holder);
    const { findings } = await examine();
    assert.match(findings.find(({ area }) => area === 'lock')?.sentence ?? '', /owns the directory/);
    await assert.rejects(fix(), { code: 'lock_busy' });
    lock.release();
    assert.equal((await fix()).ok, true);
  });

  it('changes nothing of a database that another program is writing to', async () => {
    change(LAST_SEGMENT, (bytes) => bytes.fill('x', 30, 90));
    const fd = disk.open(LAYOUT.database, 'r+');
    disk.tryLock(fd, 0x40000001, 1);
    const [database, journal] = [disk.bytesOf(LAYOUT.database), disk.bytesOf(LAST_SEGMENT)];
    const report = await fix();
    assert.equal(report.ok, false);
    assert.match(report.repair?.lost.join('\n') ?? '', /Another program/);
    assert.deepEqual([disk.bytesOf(LAYOUT.database), disk.bytesOf(LAST_SEGMENT)], [database, journal]);
    disk.close(fd);
    await fix();
    assert.ok((await contents()).length >= BLOCKS - 2);
  });

  it('changes nothing of image and journal when the disk is full', async () => {
    change(LAST_SEGMENT, (bytes) => bytes.fill('x', 30, 90));
    const [database, journal] = [disk.bytesOf(LAYOUT.database), disk.bytesOf(LAST_SEGMENT)];
    disk.fail({ call: 'write', path: /memory\.db/, errno: 'ENOSPC', shortBytes: 4096, times: Infinity });
    const report = await fix();
    assert.equal(report.ok, false);
    assert.match(report.repair?.lost.join('\n') ?? '', /ENOSPC/);
    assert.deepEqual([disk.bytesOf(LAYOUT.database), disk.bytesOf(LAST_SEGMENT)], [database, journal]);
  });
});
