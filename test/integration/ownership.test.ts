import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { nodeFiles } from '../../src/storage/files.js';
import { OwnershipLock } from '../../src/worker/ownership.js';

const HOLDER = path.resolve(__dirname, '../support/lockHolder.ts');

describe('the ownership lock among real processes and threads', () => {
  let folder: string;
  let lockFile: string;
  let processes: ChildProcess[];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'greeum-lock-'));
    lockFile = path.join(folder, 'worker.lock');
    processes = [];
  });

  afterEach(() => {
    for (const child of processes) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a process that tries to take the lock. @returns it and what it says */
  async function start(): Promise<{ child: ChildProcess; said: string }> {
    const child = fork(HOLDER, [lockFile], { execArgv: ['--import', 'tsx'] });
    processes.push(child);
    const [said] = (await once(child, 'message')) as [string];
    return { child, said };
  }

  /** The same in a thread of this process. */
  function startThread(): Worker {
    const script = [require.resolve('tsx/cjs'), HOLDER].map((file) => `require(${JSON.stringify(file)});`).join('');
    return new Worker(script, { eval: true, workerData: lockFile });
  }

  function acquire(): OwnershipLock {
    return OwnershipLock.acquire(nodeFiles, lockFile, { pid: process.pid, role: 'worker' });
  }

  it('is held by one process, and names it to the other', async () => {
    const { child, said } = await start();
    assert.equal(said, 'held');
    const second = await start();
    assert.equal(second.said, `lock_busy: Process ${child.pid} runs the worker for this data directory.`);
    assert.throws(acquire, { code: 'lock_busy' });
  });

  it('is free when its holder was killed with -9, for the next process and for this one', async () => {
    const { child } = await start();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await start();
    assert.equal(next.said, 'held');
    next.child.kill('SIGKILL');
    await once(next.child, 'exit');
    acquire().release();
  });

  it('stays held while its holder is suspended', async function () {
    if (process.platform === 'win32') this.skip();
    const { child } = await start();
    child.kill('SIGSTOP');
    assert.throws(acquire, { code: 'lock_busy' });
    child.kill('SIGCONT');
  });

  it('is free when the thread that holds it crashes, while its process lives on', async () => {
    const thread = startThread();
    assert.deepEqual(await once(thread, 'message'), ['held']);
    assert.throws(acquire, { code: 'lock_busy' });
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('crash');
    await once(thread, 'error');
    await ended;
    acquire().release();
  });

  it('is free when the thread that holds it is terminated', async () => {
    const thread = startThread();
    await once(thread, 'message');
    await thread.terminate();
    acquire().release();
  });

  it('is not lost when another descriptor of its file is closed in the same process', () => {
    const lock = acquire();
    nodeFiles.close(nodeFiles.open(lockFile, 'r+'));
    nodeFiles.readAll(lockFile);
    assert.throws(acquire, { code: 'lock_busy' });
    lock.release();
  });
});
