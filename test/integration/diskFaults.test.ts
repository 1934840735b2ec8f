import assert from 'node:assert/strict';
import { join } from 'node:path';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { faultyBuild, type DiskFault, type FaultyBuild } from '../support/faultyBuild.js';
import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { WorkerCalls } from '../support/workerCalls.js';
import { waitFor } from '../vscode/harness/waitFor.js';

/** Real workers in processes of their own, whose system calls fail or take their time. */
describe('a worker whose disk', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let dataDir: string;
  let build: FaultyBuild;
  let worker: WorkerProcess;
  let calls: WorkerCalls;

  beforeEach(async () => {
    folder = scratchFolder();
    dataDir = join(folder.path, 'memory');
    build = faultyBuild(folder.path);
    worker = await WorkerProcess.start(dataDir, [], build.cli);
    calls = new WorkerCalls(dataDir);
  });

  afterEach(async () => {
    await worker.end('SIGKILL');
    folder.remove();
  });

  async function assertSound(contents: readonly string[]): Promise<void> {
    assert.deepEqual(await calls.contents(), contents);
    assert.deepEqual((await calls.call('verify', {})).problems, []);
  }

  const refusals: readonly (readonly [string, DiskFault])[] = [
    ['fails to write (EIO)', { call: 'writeSync', errno: 'EIO' }],
    ['fails to sync (EIO)', { call: 'fdatasyncSync', errno: 'EIO' }],
    ['became read-only (EROFS)', { call: 'writeSync', errno: 'EROFS' }],
    ['has no file descriptors left (EMFILE)', { call: 'openSync', errno: 'EMFILE' }],
  ];
  for (const [what, fault] of refusals) {
    it(`${what} refuses writes as not written, answers reads, and goes on by itself`, async () => {
      await calls.add('before');
      // The next write opens a new segment.
      await calls.call('flush', {});
      build.setFault(fault);
      for (const content of ['first', 'second']) {
        assert.equal(await calls.addOutcome(content), 'journal_write_failed not_written');
      }
      await waitFor('degraded', async () => (await calls.call('worker_status', {})).degraded !== null);
      assert.deepEqual(await calls.contents(), ['before']);

      build.setFault(null);
      for (const content of ['first', 'second']) await calls.add(content);
      await waitFor('no more', async () => (await calls.call('worker_status', {})).degraded === null);
      await assertSound(['before', 'first', 'second']);
      await worker.end('SIGKILL');
      worker = await WorkerProcess.start(dataDir);
      calls = new WorkerCalls(dataDir);
      await assertSound(['before', 'first', 'second']);
    });
  }

  it('takes seconds for a sync acknowledges late and not before, answers for itself, and keeps nobody longer than they want', async () => {
    await calls.add('before');
    build.setFault({ call: 'fdatasyncSync', delayMs: 2_500 });
    const client = new WriteServiceClient({ dataDir, source: 'api', env: {}, use: 'require' });
    try {
      let isAcknowledged = false;
      const slow = calls.add('slow').then(() => (isAcknowledged = true));
      const hasty = { content: 'hasty', idempotency_key: 'hasty' };
      await assert.rejects(client.addMemory(hasty, { timeoutMs: 500 }), { code: 'timeout', outcome: 'unknown' });
      assert.equal((await calls.call('worker_status', {})).running, true);
      assert.equal(isAcknowledged, false);
      await slow;
      build.setFault(null);
      await client.addMemory(hasty);
      assert.deepEqual((await calls.contents()).sort(), ['before', 'hasty', 'slow']);
      assert.deepEqual((await calls.call('verify', {})).problems, []);
    } finally {
      client.close();
    }
  });
});
