import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { GreeumError } from '../../src/protocol/errors.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { greeum, WorkerProcess } from '../support/greeumProcess.js';
import { PostgresServer, skipWithoutPostgres } from '../support/postgres.js';
import { assertOneChain, assertSameRows, Machine, rowsOf } from '../support/teamRig.js';

const PLAIN = { sslmode: 'disable' };

describe("a team's memory in PostgreSQL", function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let databases = 0;
  let database: string;
  let url: string;
  const machines: Machine[] = [];

  before(async function () {
    skipWithoutPostgres(this);
    server = await PostgresServer.start();
  });

  after(async () => {
    await (server as PostgresServer | undefined)?.close();
  });

  beforeEach(async () => {
    database = `team${databases++}`;
    await server.createDatabase(database);
    url = server.url({ database, params: PLAIN });
  });

  afterEach(async () => {
    for (const machine of machines.splice(0)) await machine.close();
  });

  function machine(env: Readonly<Record<string, string>> = {}, of = url): Machine {
    const made = new Machine(of, env);
    machines.push(made);
    return made;
  }

  async function started(count: number): Promise<Machine[]> {
    const all: Machine[] = [];
    for (let at = 0; at < count; at += 1) all.push(await machine().start());
    return all;
  }

  const adds = (of: Machine, from: string, count: number): Promise<number[]> =>
    Promise.all(Array.from({ length: count }, (_, at) => of.add(`note ${at} of ${from}`)));

  it('has each write of three machines once, in one chain, the same everywhere', async () => {
    const all = await started(3);
    const indexes = (await Promise.all(all.map((each, at) => adds(each, `machine ${at}`, 60)))).flat();
    assert.equal(new Set(indexes).size, 180);
    for (const each of all) await each.has(180);
    for (const each of all) {
      assert.match((await each.cli('verify')).stdout, /^All good: 180 memories/);
      await each.stop();
    }
    const rows = await rowsOf(server, database);
    const contents = [0, 1, 2].flatMap((at) =>
      Array.from({ length: 60 }, (_, note) => `note ${note} of machine ${at}`),
    );
    assertOneChain(rows[0] ?? '', contents);
    for (const each of all) assertSameRows(each.rows(), rows);
  });

  it('loses nothing and doubles nothing when workers and the server are killed', async () => {
    const [first, second] = (await started(2)) as [Machine, Machine];
    const adding = Promise.all([adds(first, 'first', 120), adds(second, 'second', 120)]);
    await waitFor('the first of them', async () => (await first.status()).blocks > 0);
    for (const victim of [first, second, null, first]) {
      if (victim === null) {
        await server.kill();
        await server.restart();
      } else {
        await victim.kill();
        await victim.start();
      }
    }
    const indexes = (await adding).flat();
    for (const each of [first, second]) await each.has(240);
    for (const each of [first, second]) await each.stop();
    const rows = await rowsOf(server, database);
    const contents = ['first', 'second'].flatMap((who) =>
      Array.from({ length: 120 }, (_, at) => `note ${at} of ${who}`),
    );
    assertOneChain(rows[0] ?? '', contents);
    const told = new Map(contents.map((content, at) => [content, indexes[at]]));
    for (const line of (rows[0] ?? '').split('\n')) {
      const cells = line.split('|');
      assert.equal(told.get(cells.at(-1) ?? ''), Number(cells[0]));
    }
    for (const each of [first, second]) assertSameRows(each.rows(), rows);
  });

  it('takes one write for one write, on whichever machine it is repeated', async () => {
    const [first, second] = (await started(2)) as [Machine, Machine];
    const index = await first.add('said twice', 'the key');
    assert.equal(await second.add('said twice', 'the key'), index);
    await assert.rejects(second.client.call('add_memory', { content: 'something else', idempotency_key: 'the key' }), {
      code: 'idempotency_conflict',
    });
    await second.has(1);
  });

  it('refuses a write at once while the database is gone, answers questions, and goes on when it is back', async () => {
    const [here] = (await started(1)) as [Machine];
    await here.add('the cache is warmed at the start');
    await server.kill();
    try {
      await assert.rejects(here.client.call('add_memory', { content: 'lost?' }), (error: unknown) => {
        assert.ok(error instanceof GreeumError);
        assert.deepEqual([error.code, error.outcome], ['storage_unreachable', 'not_written']);
        return true;
      });
      const { results } = await here.client.call('search_memory', { query: 'cache' });
      assert.equal(results[0]?.context, 'the cache is warmed at the start');
      const { storage } = await here.status();
      assert.equal(storage?.state, 'unavailable');
    } finally {
      await server.restart();
    }
    await waitFor('the connection', async () => (await here.status()).storage?.state === 'connected');
    assert.equal(await here.add('after it came back'), 1);
  });

  it('queues a memory where that was chosen, tells so, and delivers it once, also after a kill', async () => {
    const here = await machine({ GREEUM_STORAGE_WHEN_UNREACHABLE: 'queue' }).start();
    assert.equal(await here.add('while it is there'), 0);
    await server.kill();
    try {
      for (const content of ['first of the queue', 'second of the queue', 'first of the queue']) {
        const queued = await here.client.call('add_memory', {
          content,
          idempotency_key: content,
          allow_duplicate: true,
        });
        assert.equal(queued.status, 'queued');
      }
      await waitFor('the count of what waits', async () => (await here.status()).storage?.waiting === 2);
      await assert.rejects(here.client.call('anchor_update', { slot: 'A', block_index: 0 }), {
        code: 'storage_unreachable',
      });
      await here.kill();
      await here.start();
      assert.equal((await here.status()).storage?.waiting, 2);
      const said = await here.cli('memory', 'add', 'third of the queue');
      assert.match(said.stdout, /^Queued: .* with 2 more/);
    } finally {
      await server.restart();
    }
    await here.has(4);
    assert.equal(await here.add('after the queue'), 4);
    await waitFor('an empty queue', async () => (await here.status()).storage?.waiting === 0);
    assert.equal(await here.add('first of the queue'), 1, 'its key gives the number it got');
    await here.stop();
    const contents = (await rowsOf(server, database))[0]?.split('\n').map((row) => row.split('|').at(-1));
    const queue = ['first', 'second', 'third'].map((which) => `${which} of the queue`);
    assert.deepEqual(contents, ['while it is there', ...queue, 'after the queue']);
  });

  it('starts without the database, and catches up with what others wrote meanwhile', async () => {
    const [first, second] = (await started(2)) as [Machine, Machine];
    await first.add('while both run');
    await second.has(1);
    await second.stop();
    await adds(first, 'first alone', 20);
    await server.kill();
    try {
      await second.start();
      assert.equal((await second.status()).blocks, 1);
    } finally {
      await server.restart();
    }
    await second.has(21);
  });

  it('is written to without a worker too, and not at all without its address', async () => {
    const here = machine();
    assert.equal((await here.cli('memory', 'add', 'from the command line')).status, 0);
    const without = await greeum(['memory', 'add', 'where to?', '--data-dir', here.dataDir]);
    assert.equal(without.status, 1);
    assert.match(without.stderr, /copy of a team's memory/);
    await assert.rejects(WorkerProcess.start(here.dataDir), /copy of a team's memory/);
    const list = await greeum(['memory', 'list', '--data-dir', here.dataDir]);
    assert.match(list.stdout, /from the command line/);
    assert.doesNotMatch(list.stdout, /where to/);
  });

  it('is read without a worker as it is now, and tells when that cannot be known', async () => {
    const [here, there] = [machine(), machine()];
    assert.equal((await here.cli('memory', 'add', 'the kettle is blue')).status, 0);
    assert.equal((await there.cli('memory', 'list')).stdout.includes('the kettle is blue'), true);
    assert.equal((await here.cli('memory', 'add', 'the teapot is green')).status, 0);
    const found = await there.cli('memory', 'search', 'teapot');
    assert.match(found.stdout, /teapot\W+is green/);
    assert.equal(found.stderr, '');

    await server.stop();
    try {
      const behind = await there.cli('memory', 'search', 'teapot');
      assert.match(behind.stdout, /teapot\W+is green/);
      assert.match(behind.stderr, /may be missing/);
    } finally {
      await server.restart();
    }
  });

  it('survives the promotion of a standby with everything that was acknowledged', async () => {
    const primary = await PostgresServer.start();
    const servers = [primary];
    try {
      await primary.createDatabase(database);
      const standby = await primary.standby();
      servers.push(standby);
      const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
      const both = primary.url({ database, params: PLAIN }).replace(`127.0.0.1:${primary.port}`, hosts);
      const here = await machine({}, both).start();
      const before = await adds(here, 'before', 40);
      const during = adds(here, 'during', 40);
      await primary.kill();
      await standby.promote();
      await standby.sql('ALTER SYSTEM RESET synchronous_standby_names');
      await standby.sql('SELECT pg_reload_conf()');
      const indexes = [...before, ...(await during)];
      await here.stop();
      const rows = await rowsOf(standby, database);
      const contents = ['before', 'during'].flatMap((when) =>
        Array.from({ length: 40 }, (_, at) => `note ${at} of ${when}`),
      );
      assertOneChain(rows[0] ?? '', contents);
      assert.equal(new Set(indexes).size, 80);
      assertSameRows(here.rows(), rows);
    } finally {
      for (const each of servers.reverse()) await each.close();
    }
  });

  it('has a log that nobody changes, in which nobody signs for another', async () => {
    const owner = machine();
    await owner.cli('memory', 'add', 'of the owner');
    await server.sql(readFileSync(join(__dirname, '../../docs/team-roles.sql'), 'utf8'), database);
    await server.sql(`CREATE ROLE carol LOGIN PASSWORD 'c' IN ROLE greeum_writer`);
    await server.sql(`CREATE ROLE dave LOGIN PASSWORD 'd' IN ROLE greeum_reader`);
    const carol = machine({}, server.url({ database, user: 'carol', password: 'c', params: PLAIN }));
    assert.equal((await carol.cli('memory', 'add', 'of carol')).status, 0);
    const dave = machine({}, server.url({ database, user: 'dave', password: 'd', params: PLAIN }));
    assert.match((await dave.cli('memory', 'add', 'of dave')).stderr, /does not allow this user/);
    assert.match((await dave.cli('memory', 'list')).stdout, /of carol/);
    const as = (role: string, sql: string): Promise<string> =>
      server.sql(`SET ROLE ${role}; SET search_path = greeum; ${sql}`, database);
    const forged = `INSERT INTO greeum_log (seq, author, change) VALUES (99, 'dave', '[]')`;
    await assert.rejects(as('carol', forged), /row-level security/);
    await assert.rejects(as('carol', `UPDATE greeum_log SET change = '[]'`), /permission denied/);
    await assert.rejects(as('carol', 'DELETE FROM greeum_log'), /permission denied/);
    await assert.rejects(as('dave', `UPDATE blocks SET context = ''`), /permission denied/);
    assert.equal(await as('dave', 'SELECT author FROM greeum_log ORDER BY seq'), 'greeum_admin\ncarol');
  });

  it('is examined by the doctor: the copy, the database, and whether they belong together', async () => {
    const here = machine();
    assert.match((await here.cli('memory', 'add', 'one')).stdout, /block #0/);
    const sound = await here.cli('doctor');
    assert.equal(sound.status, 0, sound.stdout);
    assert.match(sound.stdout, /ok +team +The memory at .* has 1 entries; 1 are here\./);
    const alone = await greeum(['doctor', '--data-dir', here.dataDir]);
    assert.match(alone.stdout, /warning +team .*GREEUM_STORAGE_URL/);
    await server.sql('UPDATE greeum.greeum_head SET seq = 0', database);
    assert.match((await here.cli('doctor')).stdout, /warning +team +The database is older than this copy/);
    const nobody = machine({}, url.replace(/:\d+\//, ':1/'));
    await greeum(['memory', 'add', 'my own', '--data-dir', nobody.dataDir]);
    assert.match((await nobody.cli('doctor')).stdout, /warning +team +The database at .* cannot be reached/);
  });

  describe('refuses, with a reason and without a trace of the password,', () => {
    const SECRET = 'pa55word-of-nobody';

    /** What a write is answered by the command line, with everything else that was said. */
    async function refusal(of: string, expected: RegExp, env: Readonly<Record<string, string>> = {}): Promise<Machine> {
      const here = machine(env, of);
      const { status, stdout, stderr } = await here.cli('memory', 'add', 'not to be written');
      assert.equal(status, 1, stdout);
      assert.match(stderr, expected);
      assertNowhere(here.dataDir, SECRET, stdout + stderr);
      return here;
    }

    function assertNowhere(folder: string, secret: string, said: string): void {
      assert.ok(!said.includes(secret));
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = join(folder, name);
        if (statSync(file).isFile()) assert.ok(!readFileSync(file).includes(secret), name);
      }
    }

    it('a wrong password', async () => {
      await server.sql(`CREATE ROLE ann LOGIN PASSWORD 'right'`);
      await refusal(server.url({ database, user: 'ann', password: SECRET, params: PLAIN }), /user and password/);
      const withoutIt = server.url({ database, user: 'ann', params: PLAIN });
      await refusal(withoutIt, /user and password/, { GREEUM_STORAGE_PASSWORD: SECRET });
    });

    it('an address that is none', async () => {
      await refusal(`postgres://ann:${SECRET}@host:99999/team`, /storage URL cannot be used/);
      await refusal(`mysql://ann:${SECRET}@host/team`, /storage URL cannot be used/);
    });

    it('a server without TLS, and one whose certificate nobody vouches for', async () => {
      await refusal(server.url({ database }), /No safe connection/);
      const safe = await PostgresServer.start({ tls: true });
      try {
        await safe.createDatabase(database);
        await refusal(safe.url({ database }), /No safe connection/);
        const trusted = machine({}, safe.url({ database, params: { sslrootcert: safe.caFile ?? '' } }));
        const { status, stderr } = await trusted.cli('memory', 'add', 'over TLS');
        assert.equal(status, 0, stderr);
      } finally {
        await safe.close();
      }
    });

    it('a member who may only read, who still sees everything', async () => {
      const [writer] = (await started(1)) as [Machine];
      await writer.add('for all to read');
      await server.sql(`CREATE ROLE reader LOGIN PASSWORD '${SECRET}'`);
      await server.sql(
        'GRANT USAGE ON SCHEMA greeum TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA greeum TO reader',
        database,
      );
      const reading = server.url({ database, user: 'reader', password: SECRET, params: PLAIN });
      const here = await refusal(reading, /does not allow this user/);
      const list = await here.cli('memory', 'list');
      assert.match(list.stdout, /for all to read/);
      assert.equal((await writer.status()).blocks, 1);
    });

    it('a memory of a newer version, and tables that are not ours', async () => {
      const [writer] = (await started(1)) as [Machine];
      await writer.add('of this version');
      await writer.stop();
      await server.sql('INSERT INTO greeum.greeum_migrations (number) VALUES (999)', database);
      await refusal(url, /newer Greeum/);
      const other = `${database}_other`;
      await server.createDatabase(other);
      await server.sql('CREATE SCHEMA greeum; CREATE TABLE greeum.invoices (id int)', other);
      await refusal(server.url({ database: other, params: PLAIN }), /not Greeum's/);
      assert.equal(
        await server.sql(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'greeum'`, other),
        '1',
      );
    });

    it('a data directory with memories of its own, and one of another memory', async () => {
      const here = machine();
      await greeum(['memory', 'add', 'my own', '--data-dir', here.dataDir]);
      const own = await here.cli('memory', 'add', 'for the team');
      assert.match(own.stderr, /memories of its own/);
      const there = machine();
      await there.cli('memory', 'add', 'of the first team');
      const other = `${database}_other`;
      await server.createDatabase(other);
      const env = { GREEUM_STORAGE_URL: server.url({ database: other, params: PLAIN }) };
      const mixed = await greeum(['memory', 'add', 'mixed up', '--data-dir', there.dataDir], { env });
      assert.match(mixed.stderr, /another memory/);
    });

    it('a database that is older than the copy', async () => {
      const here = machine();
      await here.cli('memory', 'add', 'one');
      await here.cli('memory', 'add', 'two');
      await server.sql('DELETE FROM greeum.greeum_log WHERE seq = 2; UPDATE greeum.greeum_head SET seq = 1', database);
      const { stderr } = await here.cli('memory', 'add', 'three');
      assert.match(stderr, /older than this copy/);
    });
  });
});
