import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { acceptDatabase, DatabaseGuard, readDatabase, refuseUnfinished } from '../../../src/storage/databaseFile.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PATH = '/memory.db';
const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3/data/memory.db');
/** Where SQLite's writers lock, from its file format. */
const RESERVED_BYTE = 0x40000001;

describe('a database file', () => {
  let bytes: Buffer;

  beforeEach(() => {
    bytes = readFileSync(FIXTURE);
  });

  it('in WAL mode comes back in rollback mode, and is changed in nothing else', () => {
    const before = Buffer.from(bytes);
    assert.deepEqual([...before.subarray(18, 20)], [2, 2]);
    const accepted = Buffer.from(acceptDatabase(bytes, PATH));
    assert.deepEqual([...accepted.subarray(18, 20)], [1, 1]);
    assert.deepEqual([accepted.subarray(0, 18), accepted.subarray(20)], [before.subarray(0, 18), before.subarray(20)]);
  });

  it('is refused when it does not begin like one', () => {
    for (const other of [Buffer.from('{}'), Buffer.alloc(4096), Buffer.alloc(8192, 0xa5), bytes.subarray(0, 99)]) {
      assert.throws(() => acceptDatabase(Buffer.from(other), PATH), { code: 'not_a_database', message: /memory\.db/ });
    }
  });

  it('is refused when it is cut short, at whatever byte of its last pages', () => {
    for (let cut = 1; cut <= 4 * 4096; cut += 511) {
      assert.throws(() => acceptDatabase(bytes.subarray(0, bytes.length - cut), PATH), { code: 'database_damaged' });
    }
  });

  for (const name of ['greeum-5.3', 'greeum-legacy']) {
    it(`is refused, and touched in nothing, when it ends at any page but its last: ${name}`, () => {
      const whole = readFileSync(path.resolve(__dirname, `../../fixtures/${name}/data/memory.db`));
      const disk = new SimulatedDisk();
      for (let length = 0; length < whole.length; length += 4096) {
        disk.put(PATH, whole.subarray(0, length));
        const code = length === 0 ? 'not_a_database' : 'database_damaged';
        assert.throws(() => readDatabase(disk, PATH), { code }, `${length} bytes`);
        assert.ok(disk.bytesOf(PATH).equals(whole.subarray(0, length)));
      }
      assert.deepEqual([disk.operations, disk.openDescriptors], [[], 0]);
      disk.put(PATH, whole);
      assert.equal(readDatabase(disk, PATH).length, whole.length);
    });
  }

  it('may be longer than its header says, as SQLite allows', () => {
    acceptDatabase(Buffer.concat([bytes, Buffer.alloc(4096)]), PATH);
  });

  it('is refused when its page size is none', () => {
    bytes.writeUInt16BE(0, 16);
    assert.throws(() => acceptDatabase(bytes, PATH), { code: 'database_damaged' });
  });

  it('is unfinished with a journal or a WAL that holds something', () => {
    const disk = new SimulatedDisk();
    disk.put(PATH, bytes);
    for (const suffix of ['-journal', '-wal']) disk.put(`${PATH}${suffix}`, new Uint8Array(0));
    refuseUnfinished(disk, PATH);
    disk.put(`${PATH}-wal`, Buffer.from('frames'));
    assert.throws(() => refuseUnfinished(disk, PATH), { code: 'wal_unmerged' });
    disk.put(`${PATH}-journal`, Buffer.from('pages'));
    assert.throws(() => refuseUnfinished(disk, PATH), { code: 'hot_journal' });
  });
});

describe('the guard of a database', () => {
  let disk: SimulatedDisk;

  beforeEach(() => {
    disk = new SimulatedDisk();
    disk.put(PATH, Buffer.from('a database'));
  });

  /** Whether another program can begin to write. */
  function canWrite(): boolean {
    const fd = disk.open(PATH, 'r+');
    const isFree = disk.tryLock(fd, RESERVED_BYTE, 1);
    disk.close(fd);
    return isFree;
  }

  it('keeps others from writing until it is closed', function () {
    if (process.platform === 'darwin') this.skip();
    const guard = new DatabaseGuard(disk, PATH);
    assert.equal(canWrite(), false);
    guard.close();
    guard.close();
    assert.deepEqual([canWrite(), disk.openDescriptors], [true, 0]);
  });

  it('lets others read', () => {
    const guard = new DatabaseGuard(disk, PATH);
    const fd = disk.open(PATH, 'r');
    assert.equal(disk.tryLock(fd, RESERVED_BYTE + 1, 510), true);
    disk.close(fd);
    guard.close();
  });

  it('is refused while another program writes, and leaves nothing open', function () {
    if (process.platform === 'darwin') this.skip();
    const writer = disk.open(PATH, 'r+');
    disk.tryLock(writer, RESERVED_BYTE, 1);
    assert.throws(() => new DatabaseGuard(disk, PATH), { code: 'database_in_use', retry: 'after-reconnect' });
    assert.equal(disk.openDescriptors, 1);
  });

  it('leaves nothing open when the lock itself fails', function () {
    if (process.platform === 'darwin') this.skip();
    disk.fail({ call: 'tryLock', errno: 'ENOLCK' });
    assert.throws(() => new DatabaseGuard(disk, PATH), { code: 'ENOLCK' });
    assert.equal(disk.openDescriptors, 0);
  });
});
