import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WorkerHost } from '../../src/client/workerHost.js';
import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { faultyBuild } from '../support/faultyBuild.js';
import { cliPath, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { mountFolder, type MountedFolder } from '../support/mountedFolder.js';
import { rawRequest, WorkerCalls } from '../support/workerCalls.js';
import { waitFor } from '../vscode/harness/waitFor.js';

/** `GREEUM_TEST_SUSPEND_S=30` for the long version. */
const SUSPENDED_MS = 1_000 * Number(process.env['GREEUM_TEST_SUSPEND_S'] ?? 5);

/** Real workers in processes of their own, and what can happen to them and their disk. */
describe('a worker', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let disk: MountedFolder | null;
  let worker: WorkerProcess | null;
  let client: WriteServiceClient | null;

  beforeEach(() => {
    folder = scratchFolder();
    disk = null;
    worker = null;
    client = null;
  });

  afterEach(async () => {
    client?.close();
    worker?.signal('SIGCONT');
    await worker?.end('SIGKILL');
    disk?.remove();
    folder.remove();
  });

  async function start(
    dataDir = folder.path,
    cli = cliPath,
    env: Readonly<Record<string, string>> = {},
  ): Promise<WorkerCalls> {
    worker = await WorkerProcess.start(dataDir, [], cli, env);
    return new WorkerCalls(dataDir);
  }

  async function restart(dataDir = folder.path): Promise<WorkerCalls> {
    await worker?.end('SIGKILL');
    return start(dataDir);
  }

  async function degradedBy(calls: WorkerCalls): Promise<string | null> {
    return (await calls.call('worker_status', {})).degraded?.code ?? null;
  }

  /** The status is told a few times a second. */
  async function waitForDegraded(calls: WorkerCalls, code: string | null): Promise<void> {
    await waitFor(`degraded: ${code}`, async () => (await degradedBy(calls)) === code, { timeoutMs: 5_000 });
  }

  async function assertSound(calls: WorkerCalls, contents: readonly string[]): Promise<void> {
    assert.deepEqual(await calls.contents(), contents);
    assert.deepEqual((await calls.call('verify', {})).problems, []);
  }

  function pathOf(dataDir: string, ...names: readonly string[]): string {
    return join(dataDir, 'data', ...names);
  }

  describe('on a full disk', () => {
    it('refuses writes as not written, answers reads, and goes on by itself when there is room again', async function () {
      disk = mountFolder(2);
      if (disk === null) return this.skip();
      const calls = await start(disk.path);
      await calls.add('before the flood');
      disk.fill();
      // What is left of the last page takes a few more.
      const large = 'x'.repeat(20_000);
      const written = ['before the flood'];
      const refused: string[] = [];
      for (let index = 0; refused.length < 3; index += 1) {
        const content = `${index} ${large}`;
        const outcome = await calls.addOutcome(content);
        if (outcome === 'done') written.push(content);
        else refused.push(content);
        assert.match(outcome, /^(done|journal_write_failed not_written)$/);
      }
      await waitForDegraded(calls, 'journal_write_failed');
      assert.deepEqual(await calls.contents(), written);
      assert.equal((await calls.call('search_memory', { query: 'flood' })).results.length, 1);

      disk.makeRoom();
      for (const content of refused) await calls.add(content);
      await waitForDegraded(calls, null);
      await calls.call('flush', {});
      await assertSound(calls, [...written, ...refused]);
      await assertSound(await restart(disk.path), [...written, ...refused]);
    });

    it('fails a checkpoint and keeps the journal, which is enough for the next owner', async function () {
      disk = mountFolder(2);
      if (disk === null) return this.skip();
      const calls = await start(disk.path);
      await calls.add('in the journal');
      disk.fill();
      assert.equal(await calls.outcomeOf('flush', {}), 'checkpoint_failed written');
      disk.makeRoom();
      await calls.add('after it');
      await assertSound(await restart(disk.path), ['in the journal', 'after it']);
    });
  });

  describe('whose data directory', () => {
    it('is deleted acknowledges nothing more, and answers what it still knows', async () => {
      const dataDir = join(folder.path, 'memory');
      const calls = await start(dataDir);
      await calls.add('deleted by its owner');
      rmSync(dataDir, { recursive: true });
      assert.equal(await calls.addOutcome('into the void'), 'journal_write_failed unknown');
      assert.equal(await calls.addOutcome('again'), 'journal_write_failed not_written');
      await waitForDegraded(calls, 'journal_write_failed');
      assert.deepEqual(await calls.contents(), ['deleted by its owner']);
      assert.equal(existsSync(dataDir), false);
    });

    it('is renamed acknowledges nothing that its name does not lead to, and goes on when the name is back', async () => {
      const dataDir = join(folder.path, 'memory');
      const elsewhere = join(folder.path, 'elsewhere');
      const calls = await start(dataDir);
      await calls.add('before');
      renameSync(dataDir, elsewhere);
      assert.equal(await calls.addOutcome('meanwhile'), 'journal_write_failed unknown');
      assert.equal(await calls.addOutcome('meanwhile'), 'journal_write_failed not_written');
      renameSync(elsewhere, dataDir);
      for (const content of ['meanwhile', 'after']) await calls.add(content);
      await waitForDegraded(calls, null);
      await assertSound(calls, ['before', 'meanwhile', 'after']);
      await assertSound(await restart(dataDir), ['before', 'meanwhile', 'after']);
    });

    it('is replaced by that of another worker leaves every byte of it alone', async () => {
      const dataDir = join(folder.path, 'memory');
      const calls = await start(dataDir);
      const first = worker;
      try {
        await calls.add('of the first');
        renameSync(dataDir, join(folder.path, 'elsewhere'));
        const others = await start(dataDir);
        await others.add('of the second');
        assert.match(await calls.addOutcome('astray'), /^journal_write_failed/);
        assert.match(await calls.addOutcome('astray'), /^journal_write_failed/);
        await others.add('of the second, later');
        assert.match(await calls.outcomeOf('flush', {}), /^(journal_write_failed|database_changed)/);
        await assertSound(await restart(dataDir), ['of the second', 'of the second, later']);
      } finally {
        await first?.end('SIGKILL');
      }
    });

    it('turns read-only refuses what it cannot write, and goes on by itself when it can', async function () {
      disk = mountFolder(4);
      if (disk === null) return this.skip();
      const calls = await start(disk.path);
      await calls.add('before');
      disk.setReadOnly(true);
      // The open segment is still written to; a checkpoint ends it and would need a new one.
      assert.equal(await calls.outcomeOf('flush', {}), 'checkpoint_failed written');
      assert.equal(await calls.addOutcome('meanwhile'), 'journal_write_failed not_written');
      await waitForDegraded(calls, 'journal_write_failed');
      assert.deepEqual(await calls.contents(), ['before']);
      disk.setReadOnly(false);
      await calls.add('meanwhile');
      await waitForDegraded(calls, null);
      await calls.call('flush', {});
      await assertSound(await restart(disk.path), ['before', 'meanwhile']);
    });
  });

  describe('whose memory.db another program changed', () => {
    it('overwrites nothing, keeps the journal, refuses writes, and after a restart has both', async function () {
      if (spawnSync('sqlite3', ['--version']).error !== undefined) return this.skip();
      let calls = await start();
      await calls.add('in the file');
      await calls.call('flush', {});
      await calls.add('in the journal');
      const database = pathOf(folder.path, 'memory.db');
      const theirs = join(folder.path, 'theirs.db');
      copyFileSync(database, theirs);
      spawnSync('sqlite3', [theirs, `CREATE TABLE theirs (x); INSERT INTO theirs VALUES ('kept')`]);
      const changed = readFileSync(theirs);
      renameSync(theirs, database);

      assert.equal(await calls.outcomeOf('flush', {}), 'database_changed not_written');
      await waitForDegraded(calls, 'database_changed');
      assert.equal(await calls.addOutcome('refused'), 'degraded not_written');
      assert.deepEqual(await calls.contents(), ['in the file', 'in the journal']);
      assert.deepEqual(readFileSync(database), changed);

      calls = await restart();
      await calls.add('afterwards');
      await calls.call('flush', {});
      await assertSound(calls, ['in the file', 'in the journal', 'afterwards']);
      await worker?.end('SIGTERM');
      assert.equal(spawnSync('sqlite3', [database, 'SELECT x FROM theirs'], { encoding: 'utf8' }).stdout, 'kept\n');
    });

    it('to something that is no database leaves it as it is, and the next worker says what it found', async () => {
      const calls = await start();
      await calls.add('in the journal');
      const database = pathOf(folder.path, 'memory.db');
      const segments = readdirSync(pathOf(folder.path, 'journal'));
      writeFileSync(database, 'a letter to my aunt');
      assert.equal(await calls.outcomeOf('flush', {}), 'database_changed not_written');
      await worker?.end('SIGTERM');
      await assert.rejects(start(), /not an SQLite database/);
      assert.equal(readFileSync(database, 'utf8'), 'a letter to my aunt');
      assert.deepEqual(readdirSync(pathOf(folder.path, 'journal')), segments);
    });
  });

  describe('with a client', () => {
    it('that dies between request and answer has the write whole or not at all, and gives a retry its answer', async () => {
      const calls = await start();
      const contents = Array.from({ length: 40 }, (_, index) => `note ${index} of a client that dies`);
      for (const [index, content] of contents.entries()) {
        const socket = await calls.connect();
        const request = rawRequest('add_memory', { content, idempotency_key: content });
        // Some die in the middle of their request.
        const sent = index % 4 === 3 ? request.subarray(0, request.length - 1 - index) : request;
        await new Promise((resolve) => socket.write(sent, resolve));
        socket.destroy();
      }
      const there = await calls.contents();
      assert.equal(new Set(there).size, there.length);
      for (const content of contents) assert.equal((await calls.add(content)).status, 'added');
      assert.deepEqual((await calls.contents()).sort(), [...contents].sort());
      await assertSound(await restart(), await calls.contents().catch(() => contents));
    });

    it('that never reads its answers stays in bounds, and nobody else notices', async () => {
      const calls = await start();
      const content = `a long one: ${'word '.repeat(40_000)}`;
      await calls.call('add_memory', { content });
      await calls.call('list_memories', { limit: 1 });
      const before = residentBytes();
      const socket = await calls.connect();
      socket.pause();
      // 2 000 answers of 200 kB would be 400 MB.
      const request = rawRequest('list_memories', { limit: 1 });
      socket.write(Buffer.concat(Array.from({ length: 2_000 }, () => request)));
      let most = 0;
      const slowest = { ms: 0 };
      for (let index = 0; index < 100; index += 1) {
        const startedMs = performance.now();
        await calls.add(`beside it ${index}`);
        slowest.ms = Math.max(slowest.ms, performance.now() - startedMs);
        most = Math.max(most, residentBytes() - before);
      }
      socket.destroy();
      assert.ok(most < 100e6, `${Math.round(most / 1e6)} MB more`);
      assert.ok(slowest.ms < 2_000, `${Math.round(slowest.ms)} ms for an add`);
      assert.equal((await calls.contents()).length, 101);
    });
  });

  describe('that is suspended', () => {
    it('stays the owner, keeps callers waiting no longer than they want, and doubles no retried write', async function () {
      this.timeout(60_000 + 4 * SUSPENDED_MS);
      const calls = await start();
      await calls.add('before');
      const { epoch, pid } = await calls.call('worker_status', {});
      worker?.signal('SIGSTOP');
      const resumedAtMs = performance.now() + SUSPENDED_MS;
      const rival = new WorkerHost({ host: 'cli', source: 'api', dataDir: folder.path, env: {} });
      client = new WriteServiceClient({ source: 'api', dataDir: folder.path, env: {}, use: 'auto' });
      const patient = new WriteServiceClient({ source: 'api', dataDir: folder.path, env: {}, use: 'auto' });
      try {
        const waiting = patient.call(
          'add_memory',
          { content: 'waited', idempotency_key: 'waited' },
          { timeoutMs: SUSPENDED_MS + 20_000 },
        );
        const input = { content: 'gave up, came again', idempotency_key: 'again' };
        const error = (await client.call('add_memory', input, { timeoutMs: 1_000 }).then(
          () => null,
          (reason: unknown) => reason,
        )) as { code?: string; outcome?: string } | null;
        assert.equal(error?.outcome, 'unknown', JSON.stringify(error));
        // Who asks for the lock meanwhile does not get it.
        const state = rival.start();
        await new Promise((resolve) => setTimeout(resolve, resumedAtMs - performance.now()));
        assert.notEqual(rival.state.role, 'owner');
        worker?.signal('SIGCONT');
        assert.equal((await waiting).status, 'added');
        assert.equal((await client.call('add_memory', input)).status, 'added');
        assert.equal((await state).role, 'client');
        const status = await calls.call('worker_status', {});
        assert.deepEqual([status.epoch, status.pid], [epoch, pid]);
        await calls.add('after');
        const contents = await calls.contents();
        assert.deepEqual([...contents].sort(), ['after', 'before', 'gave up, came again', 'waited']);
        await assertSound(calls, contents);
      } finally {
        patient.close();
        await rival.close();
      }
    });
  });

  describe('whose writer thread dies', () => {
    for (const how of ['throws', 'runs out of memory'] as const) {
      it(`because it ${how} begins a new epoch in the same process, and every write is there once`, async () => {
        const { cli, end } = faultyBuild(folder.path);
        const dataDir = join(folder.path, 'memory');
        // A heap that is soon full.
        const calls = await start(dataDir, cli, { NODE_OPTIONS: '--max-old-space-size=128' });
        await calls.add('before');
        const { epoch, pid } = await calls.call('worker_status', {});
        client = new WriteServiceClient({ source: 'api', dataDir, env: {}, use: 'require', whenNoOwner: () => null });
        const contents = Array.from({ length: 200 }, (_, index) => `note ${index}`);
        const service = client;
        const adding = Promise.all(
          contents.map((content) => service.call('add_memory', { content, idempotency_key: content })),
        );
        end(how);
        assert.equal((await adding).length, contents.length);
        const status = await waitFor('a new owner', async () => {
          const next = await service.call('worker_status', {});
          return next.epoch > epoch && next;
        });
        assert.equal(status.pid, pid);
        const { memories } = await service.call('list_memories', { limit: 1_000 });
        assert.deepEqual(memories.map(({ context }) => context).sort(), ['before', ...contents].sort());
        assert.deepEqual((await service.call('verify', {})).problems, []);
      });
    }
  });

  function residentBytes(): number {
    const status = readFileSync(`/proc/${worker?.pid}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  }
});
