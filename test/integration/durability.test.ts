import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';

const PROCESSES = 8;
/** A process each: 25 take minutes on two cores. */
const ADDS_EACH = Number(process.env['GREEUM_TEST_ADDS_EACH'] ?? 10);

/** Each process adds its memories one after the other; the processes run at once. */
async function addFromManyProcesses(dataDir: string): Promise<void> {
  const addAll = async (process: number): Promise<void> => {
    for (let index = 0; index < ADDS_EACH; index += 1) {
      const { status, stderr } = await greeum([
        'memory',
        'add',
        `note ${index} of writer ${process}`,
        '--data-dir',
        dataDir,
      ]);
      assert.equal(status, 0, stderr);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, (_, process) => addAll(process)));
}

/** Every memory once, by its own text, in one unbroken chain. */
async function assertAllThere(dataDir: string, count: number): Promise<void> {
  const { memories } = await greeumJson(['memory', 'list', '-c', String(count + 1), '--data-dir', dataDir]);
  const texts = (memories as { context: string }[]).map(({ context }) => context);
  assert.equal(texts.length, count);
  assert.equal(new Set(texts).size, count);
  const { ok, blocks, problems } = await greeumJson(['verify', '--data-dir', dataDir]);
  assert.deepEqual({ ok, blocks, problems }, { ok: true, blocks: count, problems: [] });
}

/** What SQLite itself says of the file, in a program that is not ours. */
function sqlite3(dataDir: string, sql: string): string {
  const { stdout, stderr, error } = spawnSync('sqlite3', [join(dataDir, 'data', 'memory.db'), sql], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error(`sqlite3 (Debian: apt-get install sqlite3) is needed: ${error.message}`);
  assert.equal(stderr, '');
  return stdout.trim();
}

describe('what was acknowledged', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess | null = null;

  beforeEach(() => {
    folder = scratchFolder();
  });

  afterEach(async () => {
    await worker?.end('SIGKILL');
    worker = null;
    folder.remove();
  });

  it('is all there when eight processes add at once without a worker', async function () {
    this.timeout(300_000);
    await addFromManyProcesses(folder.path);
    await assertAllThere(folder.path, PROCESSES * ADDS_EACH);
  });

  it('is all there when eight processes add at once through one', async function () {
    this.timeout(300_000);
    worker = await WorkerProcess.start(folder.path);
    await addFromManyProcesses(folder.path);
    await assertAllThere(folder.path, PROCESSES * ADDS_EACH);
  });

  it('survives a kill -9 of the owner right after the acknowledgement', async () => {
    worker = await WorkerProcess.start(folder.path);
    const added = await greeumJson(['memory', 'add', 'said and done', '--use-worker', '--data-dir', folder.path]);
    await worker.end('SIGKILL');
    assert.equal(added['via'], 'worker');

    worker = await WorkerProcess.start(folder.path);
    const shown = await greeumJson(['memory', 'show', '0', '--use-worker', '--data-dir', folder.path]);
    const memory = (shown['memory'] ?? shown) as Record<string, unknown>;
    assert.equal(memory['context'], 'said and done');
    assert.equal(memory['hash'], added['hash']);
  });

  it('is readable without an owner, from the journal it left', async () => {
    worker = await WorkerProcess.start(folder.path);
    await greeumJson(['memory', 'add', 'only in the journal', '--data-dir', folder.path]);
    await worker.end('SIGKILL');
    assert.equal(sqlite3(folder.path, 'SELECT count(*) FROM blocks'), '0');
    const found = await greeumJson(['memory', 'search', 'journal', '--data-dir', folder.path]);
    assert.equal((found['results'] as unknown[]).length, 1);
    assert.equal(found['via'], 'local');
  });

  it('lies in a file that stock SQLite opens, after an orderly stop', async () => {
    worker = await WorkerProcess.start(folder.path);
    for (const text of ['the first memory of the ledger', 'the second memory of the ledger']) {
      await greeumJson(['memory', 'add', text, '-t', 'ledger', '--data-dir', folder.path]);
    }
    await worker.end('SIGTERM');
    assert.equal(sqlite3(folder.path, 'PRAGMA integrity_check'), 'ok');
    assert.equal(sqlite3(folder.path, 'PRAGMA journal_mode'), 'delete');
    assert.equal(
      sqlite3(
        folder.path,
        `SELECT count(*) FROM blocks a JOIN blocks b ON b.prev_hash = a.hash AND b.before = a.hash AND b.root = a.root
         WHERE a.prev_hash = '' AND json_extract(a.after, '$[0]') = b.hash AND length(b.hash) = 64`,
      ),
      '1',
    );
    const counts = [
      'block_keywords',
      'block_tags',
      'block_metadata',
      'memory_nodes',
      'associations',
      'branch_meta',
    ].map((table) => Number(sqlite3(folder.path, `SELECT count(*) FROM ${table}`)));
    assert.ok((counts[0] ?? 0) > 0);
    assert.deepEqual(counts.slice(1), [2, 2, 2, 1, 0]);
  });

  it('is kept from other writers while a worker owns it, and can be read', async function () {
    if (process.platform === 'darwin') return this.skip();
    worker = await WorkerProcess.start(folder.path);
    assert.equal(sqlite3(folder.path, 'SELECT count(*) FROM blocks'), '0');
    const file = join(folder.path, 'data', 'memory.db');
    const { stderr, status } = spawnSync('sqlite3', [file, 'DELETE FROM greeum_slots'], { encoding: 'utf8' });
    assert.match(stderr, /database is locked/);
    assert.notEqual(status, 0);
  });

  it('is never doubled by a retry with the same key, and another payload is a conflict', async () => {
    const add = (text: string): Promise<Record<string, unknown>> =>
      greeumJson(['memory', 'add', text, '--idempotency-key', 'k1', '--data-dir', folder.path]);
    const first = await add('once');
    worker = await WorkerProcess.start(folder.path);
    assert.deepEqual({ ...(await add('once')), via: 'local' }, first);
    const conflict = (await add('twice')) as { error: { code: string; outcome: string } };
    assert.equal(conflict.error.code, 'idempotency_conflict');
    assert.equal(conflict.error.outcome, 'not_written');
    await assertAllThere(folder.path, 1);
  });
});
