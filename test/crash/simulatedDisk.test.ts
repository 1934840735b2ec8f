import assert from 'node:assert/strict';

import { DiskModel } from '../support/diskModel.js';
import { seededRandom } from '../support/random.js';
import { SimulatedDisk } from '../support/simulatedDisk.js';

const FILE = '/folder/file';

function diskWith(content: string): SimulatedDisk {
  return new SimulatedDisk(DiskModel.holding(new Map([[FILE, Buffer.from(content)]])));
}

/** What may be found after a power cut now: names with a digest of their content, one line for each disk. */
function afterPowerCut(disk: SimulatedDisk, describeBytes = (bytes: Buffer): string => bytes.toString()): string[] {
  const { states } = disk.model.crashStates(100_000, seededRandom(1));
  const lines = states.map((state) =>
    [...state.contents()]
      .map(([path, bytes]) => `${path.split('/').at(-1)}=${describeBytes(Buffer.from(bytes))}`)
      .join(' '),
  );
  return lines.sort();
}

/** `a3 .2` for three times `a` and two zeros. */
function runs(bytes: Buffer): string {
  return (bytes.toString('latin1').match(/(.)\1*/gs) ?? [])
    .map((run) => `${run.startsWith('\0') ? '.' : run[0]}${run.length}`)
    .join(' ');
}

describe('the simulated disk', () => {
  it('loses, keeps or tears what was written since the last fsync', () => {
    const disk = diskWith('');
    const fd = disk.open(FILE, 'r+');
    disk.write(fd, Buffer.alloc(1100, 'a'), 0);
    assert.deepEqual(
      afterPowerCut(disk, runs),
      [
        'file=',
        'file=.1100',
        'file=a1100',
        'file=a512',
        'file=a512 .588',
        'file=.512 a588',
        'file=a1024',
        'file=a1024 .76',
        'file=.1024 a76',
      ].sort(),
    );
    disk.fdatasync(fd);
    assert.deepEqual(afterPowerCut(disk, runs), ['file=a1100']);
  });

  it('tears at the boundaries of the file’s sectors, not of the write', () => {
    const disk = diskWith('x'.repeat(500));
    disk.write(disk.open(FILE, 'r+'), Buffer.alloc(100, 'a'), 500);
    assert.ok(afterPowerCut(disk, runs).includes('file=x500 a12'));
  });

  it('keeps a later write without an earlier one, with zeros between', () => {
    const disk = diskWith('');
    const fd = disk.open(FILE, 'r+');
    disk.write(fd, Buffer.from('aa'), 0);
    disk.write(fd, Buffer.from('bb'), 2);
    assert.deepEqual(afterPowerCut(disk, runs), [
      'file=',
      'file=.2',
      'file=.2 b2',
      'file=.4',
      'file=a2',
      'file=a2 .2',
      'file=a2 b2',
    ]);
  });

  it('may bring back what a truncation took', () => {
    const disk = diskWith('abc');
    disk.truncate(disk.open(FILE, 'r+'), 1);
    assert.deepEqual(afterPowerCut(disk), ['file=a', 'file=abc']);
  });

  it('takes a name for durable only when its folder was synced', () => {
    const disk = diskWith('old');
    const fd = disk.open('/folder/new', 'wx');
    disk.write(fd, Buffer.from('n'), 0);
    disk.fsync(fd);
    assert.deepEqual(afterPowerCut(disk), ['file=old', 'file=old new=n']);
    disk.syncFolder('/folder');
    disk.rename('/folder/new', FILE);
    assert.deepEqual(afterPowerCut(disk), ['file=n', 'file=old new=n']);
    disk.syncFolder('/folder');
    disk.unlink(FILE);
    assert.deepEqual(afterPowerCut(disk), ['', 'file=n']);
  });

  it('loses a folder with all that is in it when its own name was not synced', () => {
    const disk = new SimulatedDisk();
    disk.makeFolder('/a/b');
    const fd = disk.open('/a/b/c', 'w');
    disk.write(fd, Buffer.from('c'), 0);
    disk.fsync(fd);
    for (const path of ['/a/b', '/a']) disk.syncFolder(path);
    assert.deepEqual(afterPowerCut(disk), ['', 'c=c']);
    disk.syncFolder('/');
    assert.deepEqual(afterPowerCut(disk), ['c=c']);
  });

  it('never makes durable what a failed fsync gave up, but what is written after it', () => {
    const disk = diskWith('');
    const fd = disk.open(FILE, 'r+');
    disk.write(fd, Buffer.from('a'), 0);
    disk.fail({ call: 'fsync', errno: 'EIO' });
    assert.throws(() => disk.fsync(fd), { code: 'EIO' });
    disk.write(fd, Buffer.from('b'), 1);
    disk.fsync(fd);
    assert.deepEqual(afterPowerCut(disk, runs), ['file=.1 b1', 'file=a1 b1']);
    disk.write(fd, Buffer.from('c'), 0);
    disk.fsync(fd);
    assert.deepEqual(afterPowerCut(disk, runs), ['file=c1 b1']);
  });

  it('shows programs what the kernel has, whatever is durable', () => {
    const disk = diskWith('');
    const fd = disk.open(FILE, 'r+');
    disk.write(fd, Buffer.from('abc'), 0);
    const into = Buffer.alloc(2);
    assert.deepEqual([disk.read(fd, into, 1), into.toString(), disk.stat(FILE)?.size], [2, 'bc', 3]);
    disk.killProcesses();
    assert.equal(disk.bytesOf(FILE).toString(), 'abc');
  });

  it('tries all combinations when they are few, else the extremes and a choice that the seed decides', () => {
    const disk = diskWith('');
    const fd = disk.open(FILE, 'r+');
    for (let at = 0; at < 20; at += 1) disk.write(fd, Buffer.from('a'), at);
    const digests = (seed: number): string[] =>
      disk.model.crashStates(50, seededRandom(seed)).states.map(({ digest }) => digest);
    assert.deepEqual(digests(7), digests(7));
    assert.notDeepEqual(digests(7), digests(8));
    const found = disk.model.crashStates(50, seededRandom(7)).states.map((state) => state.contents().get(FILE)?.length);
    assert.ok(found.includes(0) && found.includes(20) && found.length <= 50);
    assert.equal(disk.model.crashStates(50, seededRandom(7)).possible, 3 ** 20);
  });

  it('fails the call it is told to fail, with the errno it is told', () => {
    const disk = diskWith('');
    disk.fail({ call: 'open', path: /file/, errno: 'EMFILE', at: 2 });
    const fd = disk.open(FILE, 'r+');
    assert.throws(() => disk.open(FILE, 'r'), { code: 'EMFILE' });
    disk.open(FILE, 'r');
    disk.fail({ call: 'write', shortBytes: 2 });
    assert.equal(disk.write(fd, Buffer.from('abc'), 0), 2);
    disk.fail({ call: 'write', errno: 'ENOSPC', shortBytes: 1, times: Infinity });
    assert.throws(() => disk.write(fd, Buffer.from('xyz'), 0), { code: 'ENOSPC' });
    assert.equal(disk.bytesOf(FILE).toString(), 'xb');
    disk.clearFaults();
    assert.equal(disk.write(fd, Buffer.from('xyz'), 0), 3);
  });

  it('answers like a file system when a name is missing, taken, or a folder', () => {
    const disk = diskWith('a');
    assert.throws(() => disk.open('/folder/none', 'r'), { code: 'ENOENT' });
    assert.throws(() => disk.open('/none/file', 'w'), { code: 'ENOENT' });
    assert.throws(() => disk.open(FILE, 'wx'), { code: 'EEXIST' });
    assert.throws(() => disk.open('/folder', 'r'), { code: 'EISDIR' });
    assert.throws(() => disk.unlink('/folder/none'), { code: 'ENOENT' });
    assert.throws(() => disk.write(disk.open(FILE, 'r'), Buffer.from('b'), 0), { code: 'EBADF' });
    assert.deepEqual([disk.stat('/folder/none'), disk.isFolder('/folder'), disk.isFolder(FILE)], [null, true, false]);
  });

  it('locks bytes for one descriptor until it is closed or its process is killed', () => {
    const disk = diskWith('a');
    const [first, second] = [disk.open(FILE, 'r+'), disk.open(FILE, 'r+')];
    assert.deepEqual(
      [disk.tryLock(first, 10, 1), disk.tryLock(second, 10, 1), disk.tryLock(second, 11, 1)],
      [true, false, true],
    );
    disk.close(first);
    assert.equal(disk.tryLock(second, 10, 1), true);
    disk.killProcesses();
    assert.equal(disk.tryLock(disk.open(FILE, 'r+'), 10, 1), true);
  });

  it('stops the world after as many operations as it is told', () => {
    const disk = diskWith('a');
    const fd = disk.open(FILE, 'r+');
    disk.stopAfter(1);
    disk.write(fd, Buffer.from('b'), 0);
    assert.throws(() => disk.fsync(fd), { name: 'CrashPoint' });
    assert.throws(() => disk.stat(FILE), { name: 'CrashPoint' });
    assert.deepEqual(disk.operations, [`write ${FILE} 0+1`]);
  });

  it('keeps the world after each operation, and what was noted by then', () => {
    const disk = diskWith('a');
    const fd = disk.open(FILE, 'r+');
    disk.record();
    disk.write(fd, Buffer.from('b'), 0);
    disk.note('acknowledged');
    disk.fsync(fd);
    assert.deepEqual(
      disk.points.map(({ operation, notes }) => [operation, notes.length]),
      [
        ['nothing yet', 0],
        [`write ${FILE} 0+1`, 0],
        ['noted "acknowledged"', 1],
        [`fsync ${FILE}`, 1],
      ],
    );
    assert.deepEqual(
      disk.points.map(({ disk: model }) => model.crashStates(10, seededRandom(1)).states.length),
      [1, 2, 2, 1],
    );
  });
});
