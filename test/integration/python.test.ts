/** Directories that Python Greeum made, in real processes, with stock SQLite as the judge. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { readDatabase } from '../../src/storage/databaseFile.js';
import { loadEngine, Sql } from '../../src/storage/engine.js';
import { nodeFiles } from '../../src/storage/files.js';
import { WalTakeover } from '../../src/storage/walTakeover.js';
import { digests } from '../support/digests.js';
import { dumpOf, type Dump } from '../support/dump.js';
import { wildBlocks, type WildBlock } from '../support/foreignWrites.js';
import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { hasPython, PythonSession } from '../support/pythonProcess.js';
import { sqlite3, SqliteSession } from '../support/sqliteProcess.js';

const FIXTURES = resolve(__dirname, '../fixtures');

interface Fixture {
  readonly name: string;
  readonly blocks: number;
  /** A word of a memory in it. */
  readonly word: string;
  /** Blocks whose hash was wrong before we came. */
  readonly wrongHashes: readonly number[];
}

const FIXTURE_LIST: readonly Fixture[] = [
  { name: 'greeum-5.3', blocks: 30, word: 'SQLite', wrongHashes: [4] },
  { name: 'greeum-5.3-wal', blocks: 5, word: 'checkpoint', wrongHashes: [] },
  { name: 'greeum-legacy', blocks: 4, word: 'Frankfurt', wrongHashes: [] },
];

/** The three formulas in the wild, and one of nobody. */
const WILD_BLOCKS: readonly WildBlock[] = [
  {
    context: '정수 importance',
    importance: 1,
    preimage:
      '{"block_index": $i, "context": "정수 importance", "importance": 1, "prev_hash": "$p", "timestamp": "$t"}',
  },
  {
    context: '대체 fallback',
    importance: 0.7,
    preimage: '{"block_index": $i, "context": "\\ub300\\uccb4 fallback", "prev_hash": "$p", "timestamp": "$t"}',
  },
  {
    context: 'the usual one',
    importance: 0,
    preimage:
      '{"block_index": $i, "context": "the usual one", "importance": 0.0, "prev_hash": "$p", "timestamp": "$t"}',
  },
  { context: 'changed since', importance: 0.5, preimage: '{"block_index": $i, "context": "as it was"}' },
];

async function dump(database: string): Promise<Dump> {
  const sql = new Sql(await loadEngine(), readDatabase(nodeFiles, database));
  try {
    return dumpOf(sql);
  } finally {
    sql.close();
  }
}

describe('a directory of Python Greeum', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let dataDir: string;
  let database: string;
  let worker: WorkerProcess | null = null;
  let session: SqliteSession | null = null;
  let holder: PythonSession | null = null;

  beforeEach(() => {
    folder = scratchFolder();
    dataDir = join(folder.path, 'greeum');
    database = join(dataDir, 'data', 'memory.db');
  });

  afterEach(async () => {
    await session?.end('SIGKILL');
    await holder?.end('SIGKILL');
    await worker?.end('SIGKILL');
    session = null;
    holder = null;
    worker = null;
    folder.remove();
  });

  /** A copy that can be written to. @param into where its files go; default: the usual `data` folder */
  function copy(name: string, into = 'data'): void {
    mkdirSync(dataDir);
    cpSync(join(FIXTURES, name, 'data'), join(dataDir, into), { recursive: true });
    chmodSync(join(dataDir, into), 0o700);
    for (const file of readdirSync(join(dataDir, into))) chmodSync(join(dataDir, into, file), 0o600);
  }

  async function add(text: string): Promise<number> {
    const { block_index } = await greeumJson(['memory', 'add', text, '--data-dir', dataDir]);
    return block_index as number;
  }

  for (const { name, blocks, word, wrongHashes } of FIXTURE_LIST) {
    it(`is opened, searched, continued and left as SQLite reads it: ${name}`, async () => {
      copy(name);
      const before = await dump(database);
      const slots = join(dataDir, 'data', 'stm_anchors.db');
      const slotsBefore = existsSync(slots) ? sqlite3(slots, 'SELECT * FROM slots').split('\n') : [];
      worker = await WorkerProcess.start(dataDir);
      const { results } = await greeumJson(['memory', 'search', word, '--data-dir', dataDir]);
      assert.ok((results as unknown[]).length > 0, word);
      assert.equal(await add('The first memory that is not from Python'), blocks);
      assert.equal((await greeum(['worker', 'flush', '--data-dir', dataDir])).status, 0);
      await worker.end('SIGTERM');
      assert.deepEqual([existsSync(`${database}-wal`), existsSync(`${database}-shm`)], [false, false]);
      assert.equal(
        sqlite3(database, 'PRAGMA integrity_check; PRAGMA journal_mode; SELECT count(*) FROM blocks'),
        `ok\ndelete\n${blocks + 1}`,
      );
      const chained = `SELECT a.prev_hash = b.hash FROM blocks a JOIN blocks b ON b.block_index = a.block_index - 1
        WHERE a.block_index = ${blocks}`;
      assert.equal(sqlite3(database, chained), '1');
      const [slot = '', hash = '', parent = ''] = sqlite3(
        database,
        `SELECT slot, hash, before FROM blocks WHERE block_index = ${blocks}`,
      ).split('|');
      // It begins a branch in a slot that was never used; the others continue what is like them.
      assert.equal(parent === '', name === 'greeum-legacy');
      assertKept(before, await dump(database), { child: { hash, before: parent } });
      const slotsNow = sqlite3(slots, 'SELECT * FROM slots').split('\n');
      assert.equal(slotsNow.length, 3);
      for (const row of slotsBefore) assert.equal(slotsNow.includes(row), !row.startsWith(slot), row);
      assert.ok(slotsNow.some((row) => row.startsWith(`${slot}|${hash}|`)));
      const { problems } = await greeumJson(['verify', '--data-dir', dataDir]);
      assert.deepEqual(
        (problems as { block_index: number }[]).map(({ block_index }) => block_index),
        wrongHashes,
      );
    });
  }

  it('whose database is in its log is merged byte for byte as SQLite merges it', () => {
    copy('greeum-5.3-wal');
    const ours = join(folder.path, 'ours.db');
    for (const suffix of ['', '-wal']) cpSync(`${database}${suffix}`, `${ours}${suffix}`);
    sqlite3(database, 'PRAGMA wal_checkpoint(TRUNCATE)');
    const takeover = WalTakeover.begin(nodeFiles, ours);
    takeover?.finish();
    takeover?.close();
    const [stock, merged] = [readFileSync(database), readFileSync(ours)];
    assert.deepEqual([...merged.subarray(MODE, MODE + 2)], [1, 1]);
    stock.copy(merged, MODE, MODE, MODE + 2);
    assert.ok(merged.equals(stock));
  });

  it('whose database is in its log has every row, table and index that SQLite finds, after an owner was there', async () => {
    copy('greeum-5.3-wal');
    const stock = join(folder.path, 'stock.db');
    for (const suffix of ['', '-wal']) cpSync(`${database}${suffix}`, `${stock}${suffix}`);
    const slots = join(dataDir, 'data', 'stm_anchors.db');
    const slotsBefore = sqlite3(slots, '.dump');
    const expected = linesOf(stock);
    worker = await WorkerProcess.start(dataDir);
    assert.equal((await greeum(['worker', 'flush', '--data-dir', dataDir])).status, 0);
    await worker.end('SIGTERM');
    assert.ok(expected.length > 100);
    assert.deepEqual(linesOf(database), expected);
    assert.equal(sqlite3(slots, '.dump'), slotsBefore);
  });

  it('whose log was cut off between two frames holds what SQLite finds in it', async () => {
    copy('greeum-5.3-wal');
    const stock = join(folder.path, 'stock.db');
    truncateSync(`${database}-wal`, 32 + 200 * (24 + 4096));
    for (const suffix of ['', '-wal']) cpSync(`${database}${suffix}`, `${stock}${suffix}`);
    const count = Number(sqlite3(stock, 'SELECT count(*) FROM blocks'));
    assert.ok(count > 0 && count < 5);
    assert.equal(await add('after the cut'), count);
    assert.equal(sqlite3(database, 'PRAGMA integrity_check; SELECT count(*) FROM blocks'), `ok\n${count + 1}`);
  });

  it('of an older install, without a data folder, is used where it lies', async () => {
    copy('greeum-legacy', '.');
    assert.equal(await add('Staging is in Lisbon now'), 4);
    assert.equal(existsSync(join(dataDir, 'data')), false);
    assert.equal(sqlite3(join(dataDir, 'memory.db'), 'SELECT count(*) FROM blocks'), '5');
    assert.equal(
      sqlite3(join(dataDir, 'memory.db'), 'SELECT note FROM user_notes'),
      'a table that is not ours: keep it',
    );
  });

  it('that has memory.db in both places is that of the upper one, and the other is left as it is', async () => {
    copy('greeum-5.3');
    cpSync(join(FIXTURES, 'greeum-legacy', 'data', 'memory.db'), join(dataDir, 'memory.db'));
    chmodSync(join(dataDir, 'memory.db'), 0o600);
    const before = digests(join(dataDir, 'data'));
    worker = await WorkerProcess.start(dataDir);
    assert.equal(await add('Staging is in Lisbon now'), 4);
    await worker.end('SIGTERM');
    assert.equal(sqlite3(join(dataDir, 'memory.db'), 'SELECT count(*) FROM blocks'), '5');
    assert.deepEqual(digests(join(dataDir, 'data')), before);
  });

  it('is found through GREEUM_DATA_DIR, and in ~/.greeum without it', async () => {
    copy('greeum-legacy');
    const stats = async (env: Record<string, string>): Promise<string> => (await greeum(['stats'], { env })).stdout;
    assert.match(await stats({ GREEUM_DATA_DIR: dataDir }), /memories\s+4\n/);
    const home = join(folder.path, 'home');
    mkdirSync(home);
    cpSync(dataDir, join(home, '.greeum'), { recursive: true });
    assert.match(await stats({ HOME: home, USERPROFILE: home }), /memories\s+4\n/);
  });

  it('is found where `greeum setup` of Python has written it down, unless something else is said', async () => {
    copy('greeum-legacy');
    const config = join(folder.path, 'config');
    mkdirSync(join(config, 'greeum'), { recursive: true });
    writeFileSync(join(config, 'greeum', 'config.json'), JSON.stringify({ data_dir: dataDir, mode: 'local' }));
    const home = { HOME: join(folder.path, 'home'), USERPROFILE: join(folder.path, 'home') };
    const stats = async (env: Record<string, string>): Promise<string> =>
      (await greeum(['stats'], { env: { ...home, ...env } })).stdout;
    assert.match(await stats({ XDG_CONFIG_HOME: config }), /memories\s+4\n/);
    assert.match(await stats({ GREEUM_CONFIG_DIR: join(config, 'greeum') }), /memories\s+4\n/);
    assert.doesNotMatch(await stats({ XDG_CONFIG_HOME: config, GREEUM_DATA_DIR: folder.path }), /memories\s+4\n/);
  });

  it('is verified whatever formula its hashes were made with, and blocks that match none are named', async () => {
    copy('greeum-5.3');
    const [, hash = ''] = sqlite3(database, 'SELECT 0, hash FROM blocks WHERE block_index = 29').split('|');
    sqlite3(database, wildBlocks({ blockIndex: 29, hash }, WILD_BLOCKS));
    const before = digests(dataDir);
    const { status, stdout } = await greeum(['verify', '--data-dir', dataDir]);
    assert.equal(status, 1);
    assert.deepEqual(stdout.match(/^#\d+: .*/gm), [
      '#4: its hash is not that of its content',
      '#33: its hash is not that of its content',
    ]);
    assert.deepEqual(digests(dataDir), before);
    assert.equal(await add('after all of them'), 34);
    const { problems, blocks } = await greeumJson(['verify', '--data-dir', dataDir]);
    assert.deepEqual(
      [blocks, (problems as { block_index: number }[]).map(({ block_index }) => block_index)],
      [35, [4, 33]],
    );
  });

  describe('that another program has open now', () => {
    beforeEach(() => copy('greeum-5.3'));

    it('in WAL mode is not taken over: it is named, nothing is touched, and it is taken once that program is gone', async () => {
      session = await SqliteSession.open(database, 'SELECT count(*) FROM blocks;');
      const before = digests(dataDir);
      const refused = await greeumJson(['memory', 'add', 'not now', '--data-dir', dataDir]);
      const { code, message, hint } = refused['error'] as Record<string, string>;
      assert.deepEqual([code, message], ['database_in_use', `Another program has open ${database}.`]);
      assert.match(hint ?? '', /Close it/);
      const served = await greeum(['worker', 'serve', '--data-dir', dataDir]);
      assert.deepEqual([served.status, served.stderr.includes(database)], [1, true]);
      const kept = digests(dataDir);
      for (const [path, digest] of Object.entries(before)) assert.equal(kept[path], digest, path);
      const { results } = await greeumJson(['memory', 'search', 'SQLite', '--data-dir', dataDir]);
      assert.ok((results as unknown[]).length > 0, 'reading goes on');
      await session.end('quit');
      assert.equal(await add('now'), 30);
    });

    it('and was killed is taken over with everything it had committed', async () => {
      session = await SqliteSession.open(
        database,
        `PRAGMA wal_autocheckpoint = 0; UPDATE blocks SET visit_count = 5 WHERE block_index = 3;
         BEGIN; UPDATE blocks SET visit_count = 9 WHERE block_index = 2;`,
      );
      await session.end('SIGKILL');
      assert.ok(existsSync(`${database}-wal`));
      assert.equal(await add('after the crash'), 30);
      assert.equal(sqlite3(database, 'SELECT visit_count FROM blocks WHERE block_index IN (2, 3)'), '0\n5');
    });

    it('which is Python itself is named, keeps what it commits, and is followed once it is gone, however it goes', async function () {
      if (!hasPython()) {
        console.log('      skipped: there is no python3 with sqlite3 here');
        return this.skip();
      }
      for (const [how, visits] of [
        ['close', 3],
        ['SIGKILL', 4],
      ] as const) {
        holder = await PythonSession.open(database);
        const { error } = await greeumJson(['memory', 'add', `not now: ${how}`, '--data-dir', dataDir]);
        assert.equal((error as { code: string }).code, 'database_in_use');
        // What a log that was deleted under it would take with it.
        assert.equal(await holder.run(`UPDATE blocks SET visit_count = ${visits} WHERE block_index = 3`), '[]');
        assert.equal(await holder.run('SELECT visit_count FROM blocks WHERE block_index = 3'), `[(${visits},)]`);
        await holder.end(how);
        await add(`Python has gone by ${how}, and the lighthouse is ${visits} miles away`);
        assert.equal(sqlite3(database, 'SELECT visit_count FROM blocks WHERE block_index = 3'), String(visits));
      }
      assert.equal(sqlite3(database, 'PRAGMA integrity_check'), 'ok');
    });

    it('in the middle of a write in rollback mode is not taken over', async () => {
      sqlite3(database, 'PRAGMA journal_mode = DELETE');
      session = await SqliteSession.open(database, 'BEGIN IMMEDIATE;');
      const { error } = await greeumJson(['memory', 'add', 'not now', '--data-dir', dataDir]);
      assert.equal((error as { code: string }).code, 'database_in_use');
    });
  });

  it('can be read by others while a worker owns it, and cannot be written past it', async () => {
    copy('greeum-5.3-wal');
    worker = await WorkerProcess.start(dataDir);
    assert.equal(sqlite3(database, 'SELECT count(*) FROM blocks'), '5');
    for (const write of ['UPDATE blocks SET visit_count = 1', 'PRAGMA journal_mode = WAL', 'BEGIN IMMEDIATE']) {
      assert.throws(() => sqlite3(database, write), /database is locked/, write);
    }
    await add('from the worker');
    assert.equal((await greeum(['worker', 'flush', '--data-dir', dataDir])).status, 0);
    assert.equal(sqlite3(database, 'SELECT count(*) FROM blocks'), '6');
    assert.throws(() => sqlite3(database, 'DELETE FROM blocks'), /database is locked/);
  });

  it('that it wrote to while memories waited in a dead worker’s journal has both, in one chain', async () => {
    copy('greeum-5.3');
    worker = await WorkerProcess.start(dataDir);
    const key = ['--idempotency-key', 'waiting'];
    const first = await greeumJson(['memory', 'add', 'waiting in the journal', ...key, '--data-dir', dataDir]);
    await worker.end('SIGKILL');
    sqlite3(
      database,
      `PRAGMA journal_mode = WAL;
       INSERT INTO blocks (block_index, timestamp, context, importance, hash, prev_hash)
         SELECT 30, '2026-06-13T10:20:30', 'written by another program', 0.5, 'f00d', hash FROM blocks WHERE block_index = 29`,
    );
    const read = await greeumJson(['memory', 'list', '-c', '2', '--data-dir', dataDir]);
    worker = await WorkerProcess.start(dataDir);
    const again = await greeumJson(['memory', 'add', 'waiting in the journal', ...key, '--data-dir', dataDir]);
    assert.deepEqual([first['block_index'], again['block_index']], [30, 31]);
    const list = await greeumJson(['memory', 'list', '-c', '2', '--data-dir', dataDir]);
    assert.deepEqual(list['memories'], read['memories'], 'a reader without a worker saw the same');
    assert.equal(
      sqlite3(database, 'SELECT block_index, context FROM blocks WHERE block_index >= 30'),
      '30|written by another program\n31|waiting in the journal',
    );
    for (const [query, index] of [
      ['written by another program', 30],
      ['waiting in the journal', 31],
    ] as const) {
      const { results } = await greeumJson(['memory', 'search', query, '--data-dir', dataDir]);
      assert.equal((results as { block_index: number }[])[0]?.block_index, index, 'the index has caught up');
    }
    assert.equal(sqlite3(database, `SELECT prev_hash FROM blocks WHERE block_index = 31`), 'f00d');
    assert.equal(sqlite3(database, 'SELECT old_index FROM greeum_moves'), '30');
    assert.deepEqual(
      readdirSync(join(dataDir, 'data', 'backups')).map((name) => name.slice(0, 8)),
      ['journal_'],
    );
  });
});

interface Kept {
  /** The block that was added: its parent, if it has one among the old rows, was told of it. */
  readonly child: { readonly hash: string; readonly before: string };
}

/** Every row is there as it was, in every table, but for one hash at the end of one parent's `after`. */
function assertKept(before: Dump, after: Dump, { child }: Kept): void {
  for (const [table, rows] of Object.entries(before)) {
    // One counts rows, the other one is dropped as Greeum drops it.
    if (table === 'sqlite_sequence' || table === 'stm_slots') continue;
    const width = rows[0]?.length ?? 0;
    const found = new Set((after[table] ?? []).map((row) => JSON.stringify(row.slice(0, width))));
    const changed = rows.filter((row) => !found.has(JSON.stringify(row)));
    const parents = table === 'blocks' && width > AFTER ? rows.filter((row) => row[HASH] === child.before) : [];
    assert.deepEqual(changed, parents, table);
    for (const parent of parents) {
      const children = JSON.parse(String(parent[AFTER])) as string[];
      const told = [...parent];
      told[AFTER] = JSON.stringify([...children, child.hash]);
      const now = (after[table] ?? []).find((row) => row[HASH] === child.before)?.slice(0, width);
      assert.deepEqual(now && [...now.slice(0, AFTER), compact(now[AFTER]), ...now.slice(AFTER + 1)], told);
    }
  }
}

/** Columns of `blocks`. */
const HASH = 4;
const AFTER = 8;

/** Python puts spaces between, which is as good. */
function compact(list: unknown): string {
  return JSON.stringify(JSON.parse(String(list)));
}

/** Where the first page says who may write and read the file. */
const MODE = 18;

/** What SQLite says is in the file, a line each, without our own tables. */
function linesOf(database: string): string[] {
  const statements = sqlite3(database, '.dump').split(/;\n/);
  return statements.filter((statement) => !/^(CREATE|INSERT)[^(]*\bgreeum_/.test(statement));
}
