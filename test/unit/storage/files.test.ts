import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  makeFolderDurably,
  nodeFiles,
  sameFile,
  unlinkLarge,
  writeDurably,
  writeDurablyInPortions,
  writeFully,
} from '../../../src/storage/files.js';
import { DiskModel } from '../../support/diskModel.js';
import { seededRandom } from '../../support/random.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

describe('writing to a file', () => {
  it('goes on where a short write ended', () => {
    const disk = new SimulatedDisk(DiskModel.holding(new Map(), ['/folder']));
    const fd = disk.open('/folder/file', 'w');
    for (const at of [1, 2, 3]) disk.fail({ call: 'write', at, shortBytes: 2 });
    writeFully(disk, fd, Buffer.from('abcdefgh'), 0);
    assert.equal(disk.bytesOf('/folder/file').toString(), 'abcdefgh');
  });

  it('fails when the disk takes nothing more', () => {
    const disk = new SimulatedDisk();
    const fd = disk.open('/file', 'w');
    disk.fail({ call: 'write', shortBytes: 0, times: Infinity });
    assert.throws(() => writeFully(disk, fd, Buffer.from('a'), 0), /no progress/);
  });

  it('tells two versions apart by size, time and inode', () => {
    const one = { size: 1, mtimeMs: 2, inode: 3 };
    assert.ok(sameFile(one, { ...one }) && sameFile(null, null));
    for (const other of [null, { ...one, size: 9 }, { ...one, mtimeMs: 9 }, { ...one, inode: 9 }]) {
      assert.equal(sameFile(one, other), false);
    }
  });

  it('waits for each portion of a large file, and pauses between them', () => {
    const disk = new SimulatedDisk();
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'greeum');
    let pauses = 0;
    writeDurablyInPortions(disk, '/file', bytes, () => (pauses += 1));
    assert.ok(disk.bytesOf('/file').equals(bytes));
    assert.equal(pauses, 2);
    const calls = disk.operations.map((operation) => operation.split(' ')[0]);
    assert.deepEqual(calls, ['create', 'write', 'fdatasync', 'write', 'fdatasync', 'write', 'fsync']);
    assert.equal(disk.openDescriptors, 0);
  });

  it('removes a large file, also when no descriptor is left for it', () => {
    const disk = new SimulatedDisk();
    writeDurably(disk, '/one', Buffer.from('a'));
    writeDurably(disk, '/two', Buffer.from('b'));
    unlinkLarge(disk, '/one');
    disk.fail({ call: 'open', errno: 'EMFILE' });
    unlinkLarge(disk, '/two');
    assert.deepEqual([disk.list('/'), disk.openDescriptors], [[], 0]);
    assert.throws(() => unlinkLarge(disk, '/one'), { code: 'ENOENT' });
  });

  it('makes folders whose names no power cut can take', () => {
    const disk = new SimulatedDisk();
    makeFolderDurably(disk, '/a/b/c');
    makeFolderDurably(disk, '/a/b/c');
    const { states } = disk.model.crashStates(100, seededRandom(1));
    assert.deepEqual(
      states.map((state) => state.find('/a/b/c') !== null),
      [true],
    );
  });
});

describe('the machine’s own files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'greeum-files-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('do what the seam says', () => {
    const at = (name: string): string => path.join(folder, name);
    assert.deepEqual(
      [nodeFiles.stat(at('a')), nodeFiles.isFolder(at('a')), nodeFiles.isFolder(folder)],
      [null, null, true],
    );
    const fd = nodeFiles.open(at('a'), 'wx');
    assert.throws(() => nodeFiles.open(at('a'), 'wx'), { code: 'EEXIST' });
    writeFully(nodeFiles, fd, Buffer.from('hello'), 0);
    nodeFiles.truncate(fd, 4);
    nodeFiles.fdatasync(fd);
    nodeFiles.fsync(fd);
    nodeFiles.close(fd);
    nodeFiles.rename(at('a'), at('b'));
    nodeFiles.syncFolder(folder);
    assert.deepEqual([nodeFiles.list(folder), Buffer.from(nodeFiles.readAll(at('b'))).toString()], [['b'], 'hell']);
    assert.deepEqual([nodeFiles.isFolder(at('b')), nodeFiles.stat(at('b'))?.size], [false, 4]);
    writeDurably(nodeFiles, at('b'), Buffer.from('new'));
    assert.equal(readFileSync(at('b'), 'utf8'), 'new');
    assert.deepEqual([nodeFiles.stat(at('b/below')), nodeFiles.isFolder(at('b/below'))], [null, null]);
    nodeFiles.unlink(at('b'));
    nodeFiles.requireWritable(folder);
    assert.deepEqual(nodeFiles.list(folder), []);
  });

  it('are for their owner alone', function () {
    if (process.platform === 'win32') this.skip();
    nodeFiles.close(nodeFiles.open(path.join(folder, 'a'), 'w'));
    nodeFiles.makeFolder(path.join(folder, 'b', 'c'));
    assert.equal(statSync(path.join(folder, 'a')).mode & 0o777, 0o600);
    assert.equal(statSync(path.join(folder, 'b', 'c')).mode & 0o777, 0o700);
  });

  it('do without syncing a folder where its file system knows no such thing', function () {
    if (process.platform !== 'linux') this.skip();
    nodeFiles.syncFolder('/proc');
    assert.throws(() => nodeFiles.syncFolder(path.join(folder, 'missing')), { code: 'ENOENT' });
  });

  it('lock bytes for one descriptor until it is closed', () => {
    const [first, second] = ['w', 'r+'].map((flags) => nodeFiles.open(path.join(folder, 'lock'), flags as 'w'));
    assert.equal(nodeFiles.tryLock(first ?? -1, 0x40000000, 1), true);
    assert.equal(nodeFiles.tryLock(second ?? -1, 0x40000000, 1), false);
    nodeFiles.close(first ?? -1);
    assert.equal(nodeFiles.tryLock(second ?? -1, 0x40000000, 1), true);
    nodeFiles.close(second ?? -1);
  });
});
