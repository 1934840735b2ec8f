import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { verifyRows } from '../../../src/memory/verify.js';
import { readDatabase } from '../../../src/storage/databaseFile.js';
import { integer, loadEngine, Sql } from '../../../src/storage/engine.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import { readWal } from '../../../src/storage/wal.js';
import { walBetween, withForeignBlocks } from '../../support/foreignWrites.js';
import { LAYOUT } from '../../support/memory.js';
import { DiskModel } from '../../support/diskModel.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3-wal/data/memory.db');
const PATH = LAYOUT.database;
const WAL = `${PATH}-wal`;
const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

/** A directory whose log is this. */
function diskWith(wal: Uint8Array, database: Uint8Array = readFileSync(FIXTURE)): SimulatedDisk {
  return new SimulatedDisk(
    DiskModel.holding(
      new Map([
        [PATH, database],
        [WAL, wal],
      ]),
    ),
  );
}

/** Where each of its transactions ends, by the frames' own headers. */
function commits(log: Buffer): { end: number; pageCount: number }[] {
  const found = [];
  for (let at = HEADER_BYTES; at < log.length; at += FRAME_BYTES) {
    const pageCount = log.readUInt32BE(at + 4);
    if (pageCount > 0) found.push({ end: at + FRAME_BYTES, pageCount });
  }
  return found;
}

describe('a write-ahead log that Python left', () => {
  let log: Buffer;

  beforeEach(() => {
    log = readFileSync(`${FIXTURE}-wal`);
  });

  it('gives the whole database that lies in it', async () => {
    const { image } = await openMemory(diskWith(log), LAYOUT);
    try {
      assert.deepEqual(image.sql.all('PRAGMA integrity_check'), [['ok']]);
      assert.deepEqual(verifyRows(verifyInput(image.sql)).problems, []);
      assert.equal(integer(image.sql.get('SELECT count(*) FROM blocks')?.[0]), 5);
    } finally {
      image.close();
    }
  });

  it('gives what was committed last, wherever a kill cut it off', async () => {
    let counts: number[] = [];
    for (let length = HEADER_BYTES; length <= log.length; length += 13 * FRAME_BYTES) {
      const cut = log.subarray(0, Math.min(log.length, length + (length % 4096)));
      const pages = readWal(cut, WAL);
      if (pages === null) continue;
      const sql = new Sql(await loadEngine(), readDatabase(diskWith(cut), PATH));
      assert.deepEqual(sql.all('PRAGMA quick_check'), [['ok']]);
      const hasBlocks = sql.get(`SELECT 1 FROM sqlite_master WHERE name = 'blocks'`) !== undefined;
      counts = [...counts, hasBlocks ? integer(sql.get('SELECT count(*) FROM blocks')?.[0]) : 0];
      sql.close();
    }
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.ok(new Set(counts).size > 3);
  });

  it('gives what was committed before the cut, at every boundary of its frames', function () {
    this.timeout(60_000);
    const whole = commits(log);
    assert.ok(whole.length > 10);
    for (let boundary = HEADER_BYTES; boundary <= log.length; boundary += FRAME_BYTES) {
      const isCommit = whole.some(({ end }) => end === boundary);
      for (const length of isCommit ? [boundary - 1, boundary, boundary + 1] : [boundary]) {
        const last = whole.filter(({ end }) => end <= Math.min(length, log.length)).at(-1);
        assert.equal(readWal(log.subarray(0, length), WAL)?.pageCount, last?.pageCount, `${length} bytes`);
      }
    }
  });

  it('ends at a commit whose database is sound, whichever commit it is', async () => {
    const sqljs = await loadEngine();
    for (const { end } of commits(log)) {
      // One more frame is of a transaction that never ended.
      const disk = diskWith(log.subarray(0, Math.min(end + FRAME_BYTES - 1, log.length)));
      const sql = new Sql(sqljs, readDatabase(disk, PATH));
      assert.deepEqual(sql.all('PRAGMA quick_check'), [['ok']], `${end} bytes`);
      sql.close();
      assert.deepEqual(disk.operations, []);
    }
  });

  it('gives nothing when it holds no whole frame', () => {
    for (const length of [0, 10, HEADER_BYTES, HEADER_BYTES + 24, FRAME_BYTES]) {
      assert.equal(readWal(log.subarray(0, length), WAL), null);
    }
  });

  it('ends before frames of an earlier round', async () => {
    const before = readDatabase(diskWith(log), PATH);
    const after = await withForeignBlocks(Uint8Array.from(before), ['newer']);
    const round = walBetween(before, after, { salts: [0x1000_0002, 7] });
    const earlier = walBetween(before, after, { salts: [0x1000_0001, 9] });
    assert.ok(earlier.length >= round.length);
    const reused = Buffer.concat([round.subarray(0, -FRAME_BYTES), earlier.subarray(round.length - FRAME_BYTES)]);
    assert.equal(readWal(reused, WAL), null, 'its transaction never ended');
    const second = Buffer.concat([round, earlier.subarray(HEADER_BYTES)]);
    assert.equal(readWal(second, WAL)?.pageCount, after.length / 4096);
  });

  it('is read in the byte order of any machine', async () => {
    const before = readDatabase(diskWith(log), PATH);
    const after = await withForeignBlocks(Uint8Array.from(before), ['newer']);
    const [little, big] = [false, true].map((isBigEndian) => readWal(walBetween(before, after, { isBigEndian }), WAL));
    assert.ok(little !== null);
    assert.deepEqual(big, little);
  });

  const damages: Readonly<Record<string, (bytes: Buffer) => void>> = {
    'garbage in its header': (bytes) => bytes.fill(0xa5, 0, 32),
    'another page size in its header': (bytes) => bytes.writeUInt32BE(1000, 8),
    'a wrong checksum in its header': (bytes) => bytes.writeUInt32BE(1, 24),
    'a flipped bit in its first page': (bytes) => bytes.writeUInt8((bytes[100] ?? 0) ^ 1, 100),
    'a wrong checksum in the middle': (bytes) => bytes.writeUInt32BE(7, HEADER_BYTES + 10 * FRAME_BYTES + 16),
    'a wrong checksum at its very end': (bytes) => bytes.writeUInt32BE(7, bytes.length - FRAME_BYTES + 16),
    'garbage from the middle on': (bytes) => bytes.fill(0x5a, HEADER_BYTES + 10 * FRAME_BYTES),
    'garbage for one frame': (bytes) =>
      bytes.fill(0x5a, HEADER_BYTES + 10 * FRAME_BYTES, HEADER_BYTES + 11 * FRAME_BYTES),
    'zeros for one frame': (bytes) => bytes.fill(0, HEADER_BYTES + 10 * FRAME_BYTES, HEADER_BYTES + 11 * FRAME_BYTES),
    'a page without a number': (bytes) => bytes.writeUInt32BE(0, HEADER_BYTES),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`is refused with ${what}, and nothing is touched`, async () => {
      damage(log);
      const disk = diskWith(log);
      await assert.rejects(openMemory(disk, LAYOUT), { code: 'wal_damaged', message: /memory\.db-wal/ });
      assert.deepEqual(disk.operations, []);
    });
  }

  it('is refused when the database has pages of another size, or lacks some', async () => {
    const database = readFileSync(FIXTURE);
    database.writeUInt16BE(8192, 16);
    await assert.rejects(openMemory(diskWith(log, database), LAYOUT), { code: 'database_damaged' });
    const before = readDatabase(diskWith(log), PATH);
    const after = await withForeignBlocks(Uint8Array.from(before), ['newer']);
    const disk = diskWith(walBetween(before, after), before.subarray(0, 4096));
    await assert.rejects(openMemory(disk, LAYOUT), { code: 'database_damaged', message: /page \d+ is missing/ });
  });
});
