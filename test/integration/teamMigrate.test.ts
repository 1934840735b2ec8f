/** A memory moves into a team's database and back, with the built command line and a real PostgreSQL. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { loadEngine, Sql } from '../../src/storage/engine.js';
import { digests } from '../support/digests.js';
import { cliPath, greeum, greeumJson, scratchFolder, WorkerProcess, type Finished } from '../support/greeumProcess.js';
import { PostgresServer, skipWithoutPostgres } from '../support/postgres.js';
import { Machine } from '../support/teamRig.js';
import { waitFor } from '../vscode/harness/waitFor.js';

const FIXTURES = resolve(__dirname, '../fixtures');
const SECRET = /adm1n|s3cret/;
/** Each commit takes so long: then there is time between two batches. */
const SLOW = { commit_delay: '100000', commit_siblings: '0' };

type Json = Record<string, unknown>;

describe('moving a memory into the database of a team', () => {
  let server: PostgresServer;
  let folder: ReturnType<typeof scratchFolder>;
  let dataDir: string;
  let database: string;
  let databases = 0;
  const open: { close(): Promise<void> }[] = [];

  before(async function () {
    skipWithoutPostgres(this);
    server = await PostgresServer.start({ config: SLOW });
  });
  after(() => server?.close());

  beforeEach(async () => {
    folder = scratchFolder();
    dataDir = join(folder.path, 'own');
    mkdirSync(dataDir);
    databases += 1;
    database = `team_${databases}`;
    await server.createDatabase(database);
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    folder?.remove();
  });

  const url = (): string => server.url({ database, params: { sslmode: 'disable' } });
  const sql = (text: string): Promise<string> => server.sql(`SET search_path = greeum; ${text}`, database);
  const file = (name = 'memory.db'): string => join(dataDir, 'data', name);

  /** Whatever it prints, it is no password. */
  async function migrate(...args: string[]): Promise<Finished> {
    const finished = await greeum(['migrate', ...args, '--data-dir', dataDir], { env: { GREEUM_STORAGE_URL: url() } });
    assert.doesNotMatch(finished.stdout + finished.stderr, SECRET);
    return finished;
  }

  async function migrated(...args: string[]): Promise<Json> {
    const { status, stdout, stderr } = await migrate(...args, '--json');
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout) as Json;
  }

  /** The code and the sentence of the error that it ends with. */
  async function refused(...args: string[]): Promise<{ code: string; message: string; hint: string }> {
    const { status, stdout } = await migrate(...args, '--json');
    assert.equal(status, 1, stdout);
    return (JSON.parse(stdout) as { error: { code: string; message: string; hint: string } }).error;
  }

  /** Memories with everything that a memory can have. */
  async function addRich(): Promise<void> {
    const add = (...args: string[]): Promise<Json> => greeumJson(['memory', 'add', ...args, '--data-dir', dataDir]);
    await add(
      'Staging is in 프랑크푸르트',
      '-t',
      'ops,eu',
      '-i',
      '0.9',
      '--project',
      'atlas',
      '--idempotency-key',
      'k',
    );
    await add('Staging is in Lisbon now', '--supersedes', '0', '--project', 'atlas');
    await add('Lunch at noon', '-s', 'B');
    await greeumJson(['associations', 'add', '0', '2', '--type', 'because', '--data-dir', dataDir]);
    await greeumJson(['anchors', 'pin', 'A', '--data-dir', dataDir]);
    await inDatabase(`INSERT INTO block_embeddings VALUES (1, x'0000803f000000ff', 'a-model', 2)`);
  }

  /** As another program writes, while no Greeum runs. */
  async function inDatabase(statement: string): Promise<void> {
    const memory = new Sql(await loadEngine(), readFileSync(file()));
    memory.run(statement);
    writeFileSync(file(), memory.export());
    memory.close();
  }

  function takeFixture(name: string): void {
    cpSync(join(FIXTURES, name, 'data'), join(dataDir, 'data'), { recursive: true });
    chmodSync(join(dataDir, 'data'), 0o700);
    for (const each of readdirSync(join(dataDir, 'data'))) chmodSync(file(each), 0o600);
  }

  /** Many rows, and so many batches. */
  async function addMany(count: number): Promise<void> {
    const lines = Array.from({ length: count }, (_, at) => {
      const words = Array.from({ length: 8 }, (__, word) => `word${(at * 7 + word * 13) % 977}`).join(' ');
      return JSON.stringify({ content: `Memory ${at}: ${words}`, tags: [`tag${at % 20}`] });
    });
    writeFileSync(join(folder.path, 'many.jsonl'), `${lines.join('\n')}\n`);
    const { added } = await greeumJson(['import', join(folder.path, 'many.jsonl'), '--data-dir', dataDir]);
    assert.equal(added, count);
  }

  /** What people and programs are told. */
  async function told(of: string, ...more: string[]): Promise<string[]> {
    const said = [];
    for (const args of [
      ['memory', 'list', '-c', '1000'],
      ['export', '-'],
      ['associations', 'list'],
      ['anchors', 'status'],
    ]) {
      const { status, stdout, stderr } = await greeum([...args, '--data-dir', of, ...more]);
      assert.equal(status, 0, stderr);
      said.push(stdout);
    }
    return said;
  }

  async function secondMachine(blocks: number): Promise<Machine> {
    const machine = new Machine(url());
    open.push(machine);
    await machine.start();
    await machine.has(blocks);
    return machine;
  }

  function countOf(table: string): Promise<string> {
    return sql(`SELECT count(*) FROM ${table}`);
  }

  for (const [name, blocks] of [
    ['rich', 3],
    ['greeum-5.3', 30],
    ['greeum-5.3-wal', 0],
    ['greeum-legacy', 0],
  ] as const) {
    it(`a second machine sees the same, byte for byte: ${name}`, async () => {
      if (name === 'rich') await addRich();
      else takeFixture(name);
      const before = await told(dataDir);
      const { rows, seq, found } = (await migrated('--to', url())) as { rows: Json; seq: number; found: number };
      assert.equal(found, 0);
      if (blocks > 0) assert.equal(rows['blocks'], blocks);
      for (const [table, count] of Object.entries(rows)) assert.equal(await countOf(table), String(count), table);
      assert.equal(await sql('SELECT seq FROM greeum_head'), String(seq));

      const machine = await secondMachine(Number(rows['blocks']));
      assert.deepEqual(await told(machine.dataDir), before);
      assert.deepEqual(await told(dataDir), before, 'the copy that it was moved from');
      if (name === 'rich') {
        assert.equal(await sql("SELECT encode(embedding, 'hex') FROM block_embeddings"), '0000803f000000ff');
      }
    });
  }

  it('both machines then write to one memory, and the first goes back and on without the database', async () => {
    await addRich();
    await migrated('--to', url());
    const machine = await secondMachine(3);
    await machine.add('from the second machine');
    const env = { GREEUM_STORAGE_URL: url() };
    const added = await greeum(['memory', 'add', 'from the first', '--data-dir', dataDir, '--json'], { env });
    assert.equal((JSON.parse(added.stdout) as Json)['block_index'], 4, added.stdout);
    await machine.has(5);
    await machine.add('while the first one is away');

    const { to, rows } = await migrated('--to', 'here');
    assert.deepEqual([to, (rows as Json)['blocks']], ['here', 6]);
    const before = await told(machine.dataDir);
    await machine.close();
    await server.stop();
    try {
      assert.deepEqual(await told(dataDir), before);
      const { block_index } = await greeumJson(['memory', 'add', 'offline', '--data-dir', dataDir]);
      assert.equal(block_index, 6);
      assert.equal((await greeumJson(['verify', '--data-dir', dataDir]))['ok'], true);
    } finally {
      await server.restart();
    }
    assert.equal(await countOf('blocks'), '6', 'the database is left as it is');
    assert.match((await refused('--to', 'here')).message, /no copy/);
  });

  it('goes on where it was interrupted, by Ctrl+C and by a kill, and doubles nothing', async () => {
    await addMany(600);
    const before = await told(dataDir);
    const reached = async (entries: number): Promise<boolean> =>
      Number(await sql('SELECT seq FROM greeum_head').catch(() => '0')) >= entries;
    for (const [signal, entries] of [
      ['SIGINT', 1],
      ['SIGKILL', 21],
    ] as const) {
      const child = spawn(process.execPath, [cliPath, 'migrate', '--to', url(), '--data-dir', dataDir, '--json']);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      const ended = once(child, 'close');
      await waitFor(`${entries} entries`, () => reached(entries));
      child.kill(signal);
      await ended;
      if (signal === 'SIGINT') assert.match(stdout, /^\{"error":\{"code":"worker_stopping"/);
      else assert.equal(stdout, '');
      assert.ok((await countOf('blocks')) !== '600', 'it was interrupted before its end');
    }
    const preview = await migrated('--to', url(), '--dry-run');
    assert.equal(preview['obstacle'], null);
    assert.ok(Number(preview['found']) > 20);

    const { found, seq, rows } = (await migrated('--to', url())) as { found: number; seq: number; rows: Json };
    assert.equal(found, preview['found']);
    assert.ok(seq > found);
    for (const [table, count] of Object.entries(rows)) assert.equal(await countOf(table), String(count), table);
    const machine = await secondMachine(600);
    assert.deepEqual(await told(machine.dataDir), before);
  });

  it('changed after an interruption, it is another memory, and nothing is written', async () => {
    await addRich();
    await migrated('--to', url());
    // As if it had been killed a moment before the directory became a copy.
    const log = await sql('SELECT md5(string_agg(change, $$ $$ ORDER BY seq)) FROM greeum_log');
    await migrated('--to', 'here');
    const again = await migrated('--to', url(), '--dry-run');
    assert.deepEqual([again['obstacle'], Number(again['found']) > 0], [null, true]);
    await greeumJson(['memory', 'add', 'one more', '--data-dir', dataDir]);
    assert.equal((await refused('--to', url())).code, 'storage_mismatch');
    assert.equal(await sql('SELECT md5(string_agg(change, $$ $$ ORDER BY seq)) FROM greeum_log'), log);
  });

  it('a dry run says what would be moved, and writes nothing here or there', async () => {
    takeFixture('greeum-5.3');
    const files = digests(dataDir);
    const { rows, obstacle, found, place } = await migrated('--to', url(), '--dry-run');
    assert.deepEqual([(rows as Json)['blocks'], obstacle, found], [30, null, 0]);
    assert.equal(place, `127.0.0.1:${server.port}/${database} (greeum)`);
    assert.match((await migrate('--to', url(), '--dry-run')).stdout, /blocks +30 rows\n[^]*Nothing was written/);
    assert.deepEqual(digests(dataDir), files);
    assert.equal(await server.sql('SELECT count(*) FROM pg_namespace WHERE nspname = $$greeum$$', database), '0');
  });

  it('refuses a database that holds another memory, as a dry run says before', async () => {
    await addRich();
    const { seq } = await migrated('--to', url());
    dataDir = join(folder.path, 'other');
    mkdirSync(dataDir);
    takeFixture('greeum-5.3');
    const { status, stdout } = await migrate('--to', url(), '--dry-run');
    assert.equal(status, 1);
    assert.match(stdout, /It cannot be done: The database at .* holds a memory that is not this one/);
    const { code, message } = await refused('--to', url());
    assert.deepEqual([code, /not this one/.test(message)], ['storage_mismatch', true]);
    assert.equal(await sql('SELECT seq FROM greeum_head'), String(seq));
    const added = await greeumJson(['memory', 'add', 'still its own', '--data-dir', dataDir]);
    assert.equal(added['block_index'], 30);
  });

  it('stays a copy where the database says something else', async () => {
    await addRich();
    await migrated('--to', url());
    await sql(`UPDATE block_tags SET tag = 'changed' WHERE tag = 'eu'`);
    const { code, message } = await refused('--to', 'here');
    assert.equal(code, 'storage_mismatch');
    assert.match(message, /^The rows of block_tags here and at .* differ \(both have \d+\)\.$/);
    await sql(`UPDATE block_tags SET tag = 'eu' WHERE tag = 'changed'`);
    assert.equal((await migrated('--to', 'here'))['to'], 'here');
  });

  it('names the row that PostgreSQL cannot take before it writes anything, and goes on after it was mended', async () => {
    await addRich();
    await inDatabase(`UPDATE block_tags SET tag = 'e' || char(0) || 'u' WHERE tag = 'eu'`);
    const { code, message } = await refused('--to', url());
    assert.equal(code, 'storage_mismatch');
    assert.match(message, /the row of block_tags with the block_index 0: its "tag" has a NUL character/);
    assert.equal(await server.sql('SELECT count(*) FROM pg_namespace WHERE nspname = $$greeum$$', database), '0');
    await inDatabase(`UPDATE block_tags SET tag = 'eu' WHERE instr(tag, char(0))`);
    assert.equal(((await migrated('--to', url()))['rows'] as Json)['blocks'], 3);
  });

  it('refuses while a worker runs, what it cannot read as a URL, and a copy', async () => {
    await addRich();
    const worker = await WorkerProcess.start(dataDir);
    open.push({ close: () => worker.end('SIGKILL') });
    const busy = await refused('--to', url());
    assert.deepEqual([busy.code, /greeum worker stop/.test(busy.hint)], ['lock_busy', true]);
    await worker.end('SIGTERM');
    assert.equal((await refused('--to', 'postgres://adm1n:s3cret@:x/')).code, 'invalid_storage_url');
    assert.equal((await migrate('--json')).status, 2);
    await migrated('--to', url());
    assert.match((await refused('--to', url())).message, /copy of a team's memory already/);
  });
});
