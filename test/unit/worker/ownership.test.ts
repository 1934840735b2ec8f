import assert from 'node:assert/strict';

import { GreeumError } from '../../../src/protocol/errors.js';
import { OwnershipLock, pidOfHolder, type LockHolder } from '../../../src/worker/ownership.js';
import { interposed } from '../../support/interposed.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PATH = '/worker.lock';
/** Somebody alive, so that the name in the file is believed. */
const ME: LockHolder = { pid: process.pid, role: 'worker' };
const LOCAL: LockHolder = { pid: process.pid, role: 'local' };
/** Larger than any system gives. */
const DEAD_PID = 2 ** 30;

describe('the ownership lock', () => {
  let disk: SimulatedDisk;

  beforeEach(() => {
    disk = new SimulatedDisk();
  });

  function refusal(): GreeumError {
    try {
      OwnershipLock.acquire(disk, PATH, ME).release();
    } catch (error) {
      return GreeumError.from(error);
    }
    return assert.fail('the lock was free');
  }

  it('is held by one at a time', () => {
    const lock = OwnershipLock.acquire(disk, PATH, ME);
    assert.equal(refusal().code, 'lock_busy');
    lock.release();
    OwnershipLock.acquire(disk, PATH, ME).release();
  });

  it('is free again when its holder was killed', () => {
    OwnershipLock.acquire(disk, PATH, ME);
    disk.killProcesses();
    OwnershipLock.acquire(disk, PATH, ME).release();
  });

  it('is refused as busy to who created its file and was overtaken by another', () => {
    let other: OwnershipLock | null = null;
    const overtaken = interposed(disk, (_count, call) => {
      if (call === 'tryLock') other ??= OwnershipLock.acquire(disk, PATH, ME);
    });
    assert.throws(() => OwnershipLock.acquire(overtaken, PATH, ME), { code: 'lock_busy' });
    assert.equal(pidOfHolder(refusal()), process.pid);
  });

  it('may be released twice', () => {
    const lock = OwnershipLock.acquire(disk, PATH, ME);
    lock.release();
    const next = OwnershipLock.acquire(disk, PATH, ME);
    lock.release();
    assert.equal(refusal().code, 'lock_busy');
    next.release();
  });

  it('names who holds it and what they do, and who asks can find the pid again', () => {
    const worker = OwnershipLock.acquire(disk, PATH, ME);
    const { message, hint, retry } = refusal();
    assert.equal(message, `Process ${process.pid} runs the worker for this data directory.`);
    assert.match(String(hint), /greeum worker stop/);
    assert.deepEqual([pidOfHolder(refusal()), retry], [process.pid, 'after-reconnect']);
    worker.release();
    const local = OwnershipLock.acquire(disk, PATH, LOCAL);
    assert.match(refusal().message, /is writing/);
    local.release();
  });

  it('does not blame a process that is gone when its new holder has not written its name yet', () => {
    disk.put(PATH, Buffer.from(`{"pid":${DEAD_PID},"role":"worker"}\n`));
    disk.tryLock(disk.open(PATH, 'r+'), 0x40000000, 1);
    assert.deepEqual(
      [refusal().message, pidOfHolder(refusal())],
      ['Another process runs the worker for this data directory.', null],
    );
  });

  it('does not blame a worker that released it while its process lives on', () => {
    OwnershipLock.acquire(disk, PATH, ME).release();
    disk.tryLock(disk.open(PATH, 'r+'), 0x40000000, 1);
    assert.equal(pidOfHolder(refusal()), null);
  });

  it('takes what is no name for none', () => {
    for (const text of ['', 'pid 12', '{"pid":12', '{"pid":"12","role":"worker"}\n', '\0'.repeat(40)]) {
      disk.put(PATH, Buffer.from(text));
      const fd = disk.open(PATH, 'r+');
      disk.tryLock(fd, 0x40000000, 1);
      assert.equal(pidOfHolder(refusal()), null, text);
      disk.close(fd);
    }
  });

  it('can be taken on a full disk, where nobody’s name can be written', () => {
    disk.fail({ call: 'write', errno: 'ENOSPC', times: Infinity });
    const lock = OwnershipLock.acquire(disk, PATH, ME);
    assert.match(refusal().message, /Another process/);
    lock.release();
  });

  it('can be taken when somebody creates its file at the same moment', () => {
    class Racing extends SimulatedDisk {
      override open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): number {
        if (flags === 'wx') super.close(super.open(path, 'w'));
        return super.open(path, flags);
      }
    }
    OwnershipLock.acquire(new Racing(), PATH, ME).release();
  });

  it('is refused with its path where nothing can be written', () => {
    disk.fail({ call: 'open', errno: 'EROFS' });
    const { code, message } = refusal();
    assert.equal(code, 'data_dir_unwritable');
    assert.ok(message.includes(PATH) && message.includes('EROFS'));
  });

  it('leaves no descriptor open when it is refused or fails', () => {
    const lock = OwnershipLock.acquire(disk, PATH, ME);
    refusal();
    lock.release();
    disk.fail({ call: 'tryLock', errno: 'ENOLCK' });
    refusal();
    assert.equal(disk.openDescriptors, 0);
  });

  it('never deletes its file, which somebody may be about to lock', () => {
    OwnershipLock.acquire(disk, PATH, ME).release();
    assert.notEqual(disk.stat(PATH), null);
    assert.ok(!disk.operations.some((operation) => operation.startsWith('unlink')));
  });

  describe('taken soon', () => {
    it('waits for a local writer, who lets go of it', async () => {
      const local = OwnershipLock.acquire(disk, PATH, LOCAL);
      const waiting = OwnershipLock.acquireSoon(disk, PATH, ME, 60_000);
      local.release();
      (await waiting).release();
    });

    it('waits for a holder that has not written its name yet', async () => {
      const fd = disk.open(PATH, 'w');
      disk.tryLock(fd, 0x40000000, 1);
      const waiting = OwnershipLock.acquireSoon(disk, PATH, ME, 60_000);
      disk.close(fd);
      (await waiting).release();
    });

    it('does not wait for a worker, who keeps it', async () => {
      OwnershipLock.acquire(disk, PATH, ME);
      await assert.rejects(OwnershipLock.acquireSoon(disk, PATH, LOCAL, 60_000), { code: 'lock_busy' });
    });

    it('gives up in the end, naming the local writer', async () => {
      OwnershipLock.acquire(disk, PATH, LOCAL);
      await assert.rejects(OwnershipLock.acquireSoon(disk, PATH, LOCAL, 0), {
        code: 'lock_busy',
        message: /is writing/,
      });
    });
  });
});
