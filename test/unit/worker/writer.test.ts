import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { GreeumError } from '../../../src/protocol/errors.js';
import { asAdded, type InputOf, type ResultOf } from '../../../src/protocol/operations.js';
import { buildCheckpoint } from '../../../src/storage/checkpoint.js';
import { nodeFiles, type Files } from '../../../src/storage/files.js';
import { layoutOf } from '../../../src/storage/layout.js';
import type { Background } from '../../../src/worker/background.js';
import { verifyMemory } from '../../../src/worker/verify.js';
import { Writer, type WriterOperation, type WriterOptions } from '../../../src/worker/writer.js';
import { breakingOff } from '../../support/brokenEngine.js';
import { DATA_DIR, emptyDisk, itEmbedded, LAYOUT, slotsFile } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';
import { teamLogs, type WayToLog } from '../../support/teamLogs.js';

const ORIGIN = { source: 'api', caller: 'test' } as const;

/** What a worker has in a thread, here and now. */
function background(files: Files, dataDir: string): Background {
  const layout = layoutOf(dataDir, (file) => files.stat(file) !== null);
  return {
    buildCheckpoint: (sequence) => buildCheckpoint(files, layout, sequence),
    verify: () => verifyMemory(files, layout),
    cancel: () => Promise.resolve(),
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof GreeumError ? `${error.code} ${error.outcome}` : String(error);
  }
  return 'nothing was thrown';
}

describe('the writer', () => {
  let log: string[];
  let opened: Writer[];
  /** To the memory that every directory of a test is a copy of; undefined: they are memories of their own. */
  let openTeamLog: WayToLog | undefined;

  beforeEach(() => {
    log = [];
    opened = [];
    openTeamLog = teamLogs()?.newMemory();
  });

  afterEach(() => Promise.all(opened.map((writer) => writer.close(0))));

  async function open(dataDir: string, options: Partial<WriterOptions> = {}): Promise<Writer> {
    const files = options.files ?? nodeFiles;
    const writer = await Writer.open({
      dataDir,
      role: 'worker',
      files,
      openTeamLog,
      createBackground: () => background(files, dataDir),
      log: (_level, text) => log.push(text),
      onChange: () => undefined,
      onFatal: (error) => log.push(`fatal: ${error.message}`),
      ...options,
    });
    opened.push(writer);
    return writer;
  }

  function call<K extends WriterOperation>(writer: Writer, operation: K, input: InputOf<K>): Promise<ResultOf<K>> {
    return writer.call(operation, input, ORIGIN);
  }

  async function contents(writer: Writer): Promise<string[]> {
    return (await call(writer, 'list_memories', {})).memories.map(({ context }) => context).reverse();
  }

  describe('whose SQLite breaks off', () => {
    // A copy is not the truth: what it lacks it fetches from the log.
    itEmbedded('at any step of an add tells its host once, answers nothing more, and has lost nothing', async () => {
      const outcomes: string[] = [];
      for (let steps = 0; outcomes.at(-1) !== 'nothing was thrown'; steps += 1) {
        const files = emptyDisk();
        const writer = await open(DATA_DIR, { files });
        await call(writer, 'add_memory', { content: 'before' });
        const add = { content: 'during', idempotency_key: 'k' };
        outcomes.push(await breakingOff(() => codeOf(call(writer, 'add_memory', add)), steps));
        if (outcomes.at(-1) !== 'nothing was thrown') {
          assert.equal(await codeOf(call(writer, 'list_memories', {})), 'internal not_written');
          assert.equal(await codeOf(call(writer, 'add_memory', { content: 'after' })), 'internal not_written');
          assert.equal(log.splice(0).filter((line) => line.startsWith('fatal')).length, 1);
        }
        await writer.close(0);

        const next = await open(DATA_DIR, { files });
        const isWritten = outcomes.at(-1) !== 'internal not_written';
        assert.deepEqual(await contents(next), isWritten ? ['before', 'during'] : ['before'], `step ${steps}`);
        await call(next, 'add_memory', add);
        assert.deepEqual(await contents(next), ['before', 'during']);
        await next.close(0);
      }
      // The last one is the commit, behind the journal.
      assert.ok(outcomes.length > 10 && outcomes.at(-2) === 'internal written', outcomes.join(', '));
    });

    it('in a search tells its host too', async () => {
      const writer = await open(DATA_DIR, { files: emptyDisk() });
      await call(writer, 'add_memory', { content: 'before' });
      assert.equal(await breakingOff(() => codeOf(call(writer, 'list_memories', {}))), 'internal not_written');
      assert.equal(log.filter((line) => line.startsWith('fatal')).length, 1);
    });
  });

  describe('over real files', () => {
    let folder: string;
    let dataDir: string;

    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'greeum-writer-'));
      dataDir = path.join(folder, 'memory');
    });

    afterEach(async () => {
      await Promise.all(opened.map((writer) => writer.close(0)));
      rmSync(folder, { recursive: true, force: true });
    });

    it('makes a directory of its own, and finds everything again', async () => {
      const first = await open(dataDir);
      const added = await call(first, 'add_memory', { content: 'one', idempotency_key: 'k' });
      await first.close(30_000);
      assert.deepEqual(readdirSync(path.join(dataDir, 'data')).sort(), [
        'index.db',
        'journal',
        'memory.db',
        'stm_anchors.db',
        'worker.lock',
      ]);
      const second = await open(dataDir);
      assert.deepEqual(await call(second, 'add_memory', { content: 'one', idempotency_key: 'k' }), added);
      assert.deepEqual([await contents(second), second.snapshot.epoch], [['one'], 2]);
    });

    it('finds everything again without a checkpoint', async () => {
      const first = await open(dataDir);
      await call(first, 'add_memory', { content: 'one' });
      await first.close(0);
      assert.deepEqual(await contents(await open(dataDir)), ['one']);
    });

    it('works where an older installation keeps its files', async () => {
      mkdirSync(dataDir);
      const before = await open(path.join(folder, 'other'));
      await before.close(30_000);
      writeFileSync(path.join(dataDir, 'memory.db'), readFileSync(path.join(folder, 'other', 'data', 'memory.db')));
      const writer = await open(dataDir);
      assert.equal(writer.snapshot.database, path.join(dataDir, 'memory.db'));
      assert.ok(readdirSync(dataDir).includes('journal'));
    });

    it('is the only one of its directory', async () => {
      const first = await open(dataDir);
      assert.equal(await codeOf(open(dataDir)), 'lock_busy not_written');
      await first.close(0);
      await open(dataDir);
    });

    it('answers searches, statistics and checks from what is written', async () => {
      const writer = await open(dataDir);
      await call(writer, 'add_memory', { content: 'the cache is cold' });
      const { results } = await call(writer, 'search_memory', { query: 'cold cache' });
      assert.deepEqual(
        results.map(({ context }) => context),
        ['the cache is cold'],
      );
      assert.deepEqual(await call(writer, 'verify', {}), { ok: true, blocks: 1, problems: [] });
      const { blocks, data_dir, database_bytes, journal_bytes } = await call(writer, 'get_memory_stats', {});
      assert.deepEqual([blocks, data_dir], [1, dataDir]);
      assert.ok(database_bytes > 4096 && journal_bytes > 100);
    });

    it('builds its search index again, and goes on without the stored one', async () => {
      const writer = await open(dataDir);
      await call(writer, 'add_memory', { content: 'the cache is cold' });
      await call(writer, 'flush', {});
      const stored = layoutOf(dataDir).index;
      assert.ok(existsSync(stored));
      assert.deepEqual(await call(writer, 'reindex', {}), { status: 'reindexed', memories: 1 });
      assert.equal(existsSync(stored), false);
      await call(writer, 'add_memory', { content: 'the cache is warm' });
      const { results } = await call(writer, 'search_memory', { query: 'cache' });
      assert.deepEqual([results.length, writer.snapshot.index.state], [2, 'ready']);
      await call(writer, 'flush', {});
      assert.ok(existsSync(stored));
    });

    it('makes no vectors again where no model is chosen', async () => {
      const writer = await open(dataDir);
      assert.equal(await codeOf(call(writer, 'reembed', {})), 'embedding_failed not_written');
    });

    it('tells how far the file goes when asked to flush', async () => {
      const writer = await open(dataDir);
      await call(writer, 'add_memory', { content: 'one' });
      const { applied_sequence, status } = await call(writer, 'flush', {});
      assert.deepEqual([status, applied_sequence], ['flushed', writer.snapshot.last_sequence]);
      assert.equal(writer.snapshot.queue.journal_bytes, 0);
    });

    it('says what is wrong with a data directory', async () => {
      writeFileSync(path.join(folder, 'file'), 'text');
      mkdirSync(path.join(folder, 'garbage', 'data'), { recursive: true });
      writeFileSync(path.join(folder, 'garbage', 'data', 'memory.db'), 'Dear diary, today I wrote no database.');
      for (const [name, code] of [
        ['file', 'data_dir_not_a_directory'],
        ['file/below', 'data_dir_not_a_directory'],
        ['missing/below', 'data_dir_missing'],
        ['garbage', 'not_a_database'],
      ] as const) {
        assert.equal(await codeOf(open(path.join(folder, name))), `${code} not_written`, name);
      }
      assert.equal(readFileSync(path.join(folder, 'garbage', 'data', 'memory.db'), 'utf8').slice(0, 11), 'Dear diary,');
    });
  });

  describe('over a simulated disk', () => {
    let disk: SimulatedDisk;

    beforeEach(() => {
      disk = emptyDisk();
    });

    function openSimulated(options: Partial<WriterOptions> = {}): Promise<Writer> {
      return open(DATA_DIR, { files: disk, ...options });
    }

    // A copy's answers hold when its journal refuses: the log has what was written.
    itEmbedded('is degraded by a journal that fails, and recovers by itself', async () => {
      const writer = await openSimulated();
      disk.fail({ call: 'fdatasync', errno: 'EIO', times: 2 });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        assert.equal(await codeOf(call(writer, 'add_memory', { content: 'one' })), 'journal_write_failed not_written');
        assert.equal(writer.snapshot.degraded?.code, 'journal_write_failed');
      }
      assert.deepEqual(await contents(writer), []);
      await call(writer, 'add_memory', { content: 'two' });
      assert.deepEqual([writer.snapshot.degraded, await contents(writer)], [null, ['two']]);
    });

    it('still reads and writes while checkpoints fail', async () => {
      const writer = await openSimulated();
      disk.fail({ call: 'write', path: /memory\.db\.new$/, errno: 'ENOSPC', times: Infinity });
      await call(writer, 'add_memory', { content: 'one' });
      assert.equal(await codeOf(call(writer, 'flush', {})), 'checkpoint_failed written');
      await call(writer, 'add_memory', { content: 'two' });
      assert.deepEqual([writer.snapshot.degraded, await contents(writer)], [null, ['one', 'two']]);
    });

    it('stops writing, and says why, when another program changed memory.db', async () => {
      const writer = await openSimulated();
      await call(writer, 'add_memory', { content: 'one' });
      const theirs = disk.bytesOf(LAYOUT.database);
      disk.put(LAYOUT.database, theirs);
      assert.equal(await codeOf(call(writer, 'flush', {})), 'database_changed not_written');
      assert.equal(await codeOf(call(writer, 'add_memory', { content: 'two' })), 'degraded not_written');
      assert.deepEqual([writer.snapshot.degraded?.code, await contents(writer)], ['database_changed', ['one']]);
      await writer.close(60_000);
      assert.deepEqual(disk.bytesOf(LAYOUT.database), theirs);
      assert.deepEqual(await contents(await openSimulated()), ['one']);
    });

    it('leaves no lock and no descriptor when the directory cannot be opened', async () => {
      for (const fault of [
        { call: 'write', path: /memory\.db\.new$/, errno: 'ENOSPC' },
        { call: 'open', path: /memory\.db$/, errno: 'EROFS' },
        { call: 'write', path: /\.log$/, errno: 'ENOSPC' },
        { call: 'readAll', path: /\.log$/, errno: 'EIO' },
      ] as const) {
        disk.fail(fault);
        assert.notEqual(await codeOf(openSimulated()), 'nothing was thrown', fault.call);
        assert.equal(disk.openDescriptors, 0, fault.call);
        disk.clearFaults();
        const writer = await openSimulated();
        await writer.close(0);
      }
    });

    // The three about Python's slot file: a copy is written to by its team alone, and does not read it.
    itEmbedded('leaves no lock behind when Python’s slots cannot be imported', async () => {
      disk.put(LAYOUT.slots, await slotsFile([{ slot: 'A', lastSeen: 4e9 }]));
      disk.fail({ call: 'fdatasync', errno: 'EIO', at: 2 });
      assert.equal(await codeOf(openSimulated()), 'journal_write_failed not_written');
      assert.equal(disk.openDescriptors, 0);
      await openSimulated();
    });

    itEmbedded('takes over what Python wrote to its slot file, once, and only what is newer', async () => {
      const first = await openSimulated();
      const { hash } = asAdded(await call(first, 'add_memory', { content: 'one', slot: 'A' }));
      await first.close(0);
      disk.put(
        LAYOUT.slots,
        await slotsFile([
          { slot: 'A', anchorHash: 'older', lastSeen: 5 },
          { slot: 'C', anchorHash: hash, summary: 'from Python', lastSeen: 4e9 },
        ]),
      );
      for (let round = 0; round < 2; round += 1) {
        const writer = await openSimulated();
        const { anchors } = await call(writer, 'list_anchors', {});
        assert.deepEqual(
          anchors.map(({ slot, block_index, summary }) => [slot, block_index, summary]),
          [
            ['A', 0, 'one'],
            ['B', null, ''],
            ['C', 0, 'from Python'],
          ],
        );
        assert.equal(writer.snapshot.last_sequence, 4 + round);
        await writer.close(0);
      }
    });

    itEmbedded('opens with a slot file that cannot be read, and says so', async () => {
      disk.put(LAYOUT.slots, Buffer.from('no slots at all'));
      await openSimulated();
      assert.match(log.join('\n'), /stm_anchors\.db cannot be read/);
    });

    it('begins a new epoch, durably, before it answers anybody', async () => {
      const first = await openSimulated();
      assert.equal(first.snapshot.epoch, 1);
      await first.close(0);
      assert.equal((await openSimulated()).snapshot.epoch, 2);
      assert.match(disk.bytesOf(`${LAYOUT.journalFolder}/000000000001.log`).toString(), /"epoch":2/);
    });

    describe('when closed', () => {
      it('answers what waits, and refuses what comes', async () => {
        const writer = await openSimulated();
        const waiting = call(writer, 'add_memory', { content: 'one' });
        const closed = writer.close(0);
        assert.equal(await codeOf(call(writer, 'add_memory', { content: 'two' })), 'worker_stopping not_written');
        assert.equal(asAdded(await waiting).block_index, 0);
        await closed;
        assert.equal(await codeOf(call(writer, 'list_memories', {})), 'worker_stopping not_written');
        assert.deepEqual(await contents(await openSimulated()), ['one']);
      });

      it('by two at once is closed once', async () => {
        const writer = await openSimulated();
        await call(writer, 'add_memory', { content: 'one' });
        await Promise.all([writer.close(60_000), writer.close(60_000)]);
        assert.equal(disk.openDescriptors, 0);
      });

      it('makes a last checkpoint', async () => {
        const writer = await openSimulated();
        await call(writer, 'add_memory', { content: 'one' });
        await writer.close(60_000);
        assert.deepEqual(disk.list(LAYOUT.journalFolder), []);
      });

      it('stops a last checkpoint that takes too long, and loses nothing', async () => {
        let cancel = (): void => undefined;
        const writer = await openSimulated({
          createBackground: () => ({
            ...background(disk, DATA_DIR),
            buildCheckpoint: () => new Promise((_resolve, reject) => (cancel = () => reject(new Error('cancelled')))),
            cancel: () => Promise.resolve(cancel()),
          }),
        });
        await call(writer, 'add_memory', { content: 'one' });
        await writer.close(1);
        assert.match(log.join('\n'), /No checkpoint at the end/);
        assert.equal(disk.openDescriptors, 0);
        assert.deepEqual(await contents(await openSimulated()), ['one']);
      });

      it('releases the lock also when the last checkpoint fails', async () => {
        const writer = await openSimulated();
        await call(writer, 'add_memory', { content: 'one' });
        disk.fail({ call: 'rename', errno: 'EIO', times: Infinity });
        await writer.close(60_000);
        disk.clearFaults();
        assert.deepEqual(await contents(await openSimulated()), ['one']);
      });
    });
  });
});
