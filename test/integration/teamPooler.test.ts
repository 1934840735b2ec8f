import assert from 'node:assert/strict';

import { greeum } from '../support/greeumProcess.js';
import { PgBouncer, skipWithoutPgBouncer, type PoolMode } from '../support/pgbouncer.js';
import { PostgresServer, skipWithoutPostgres } from '../support/postgres.js';
import { assertOneChain, assertSameRows, Machine, rowsOf } from '../support/teamRig.js';
import { waitFor } from '../vscode/harness/waitFor.js';

const ADDS = 30;
/** So few connections that machines must share them. */
const FEW = { default_pool_size: '3' };
/** As administrators write it who want every client in: what we set for a connection is gone then, and nobody says so. */
const IGNORING = {
  ignore_startup_parameters: 'search_path,lock_timeout,statement_timeout,idle_in_transaction_session_timeout',
};

/** In session mode each client keeps its connection, so all need their own. */
const POOLERS: readonly [what: string, mode: PoolMode, settings: Readonly<Record<string, string>>][] = [
  ['in session mode', 'session', {}],
  ['in session mode that ignores settings', 'session', IGNORING],
  ['in transaction mode', 'transaction', FEW],
  ['in transaction mode that ignores settings', 'transaction', { ...FEW, ...IGNORING }],
];

describe("a team's memory through PgBouncer", function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let databases = 0;
  let database: string;
  const open: { close(): Promise<void> }[] = [];

  before(async function () {
    skipWithoutPostgres(this);
    skipWithoutPgBouncer(this);
    server = await PostgresServer.start();
  });

  after(async () => {
    await (server as PostgresServer | undefined)?.close();
  });

  beforeEach(async () => {
    database = `team${databases++}`;
    await server.createDatabase(database);
  });

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function pooler(mode: PoolMode, settings: Readonly<Record<string, string>>): Promise<PgBouncer> {
    const started = await PgBouncer.start(server, mode, settings);
    open.push(started);
    return started;
  }

  function machine(url: string): Machine {
    const made = new Machine(url);
    open.push(made);
    return made;
  }

  const notes = (of: string): string[] => Array.from({ length: ADDS }, (_, at) => `note ${at} of ${of}`);
  const adds = (to: Machine, of: string): Promise<number[]> => Promise.all(notes(of).map((note) => to.add(note)));

  for (const [what, mode, settings] of POOLERS) {
    it(`${what}: three machines write one chain, the same everywhere, also when the server is killed`, async () => {
      const url = (await pooler(mode, settings)).url(server, database);
      const names = ['first', 'second', 'third'];
      const machines = names.map(() => machine(url));
      for (const each of machines) await each.start();
      const adding = Promise.all(machines.map((each, at) => adds(each, names[at] ?? '')));
      await waitFor('the first of them', async () => ((await machines[0]?.status())?.blocks ?? 0) > 0);
      await server.kill();
      await server.restart();
      const numbers = (await adding).flat();
      assert.equal(new Set(numbers).size, numbers.length);
      for (const each of machines) {
        await each.has(numbers.length);
        await each.stop();
      }
      const rows = await rowsOf(server, database);
      assertOneChain(rows[0] ?? '', names.flatMap(notes));
      for (const each of machines) assertSameRows(each.rows(), rows);
      const elsewhere = `SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('greeum', 'pg_catalog', 'information_schema')`;
      assert.equal(await server.sql(elsewhere, database), '0', 'tables are in our schema alone');
    });
  }

  it('in transaction mode: whoever comes to the server itself is told at once of what was written through it', async () => {
    const through = await machine((await pooler('transaction', FEW)).url(server, database)).start();
    const direct = await machine(server.url({ database, params: { sslmode: 'disable' } })).start();
    const waiting =
      'SELECT count(*) FROM pg_stat_activity WHERE query ILIKE $$listen%$$ AND datname = current_database()';
    assert.equal(await server.sql(waiting, database), '1', 'nobody listens on a connection that others are given');
    await through.add('through the pooler');
    await direct.has(1);
    await direct.add('to the server itself');
    await through.has(2);
  });

  it('in transaction mode: a memory moves there, is examined, and comes back', async () => {
    const url = (await pooler('transaction', FEW)).url(server, database);
    const here = machine(url);
    const own = await greeum(['memory', 'add', 'my own', '--data-dir', here.dataDir]);
    assert.equal(own.status, 0, own.stderr);
    const there = await here.cli('migrate', '--to', url);
    assert.equal(there.status, 0, there.stderr);
    assert.equal(await server.sql('SELECT context FROM greeum.blocks', database), 'my own');
    const examined = await here.cli('doctor');
    assert.match(examined.stdout, /ok +team /);
    const back = await here.cli('migrate', '--to', 'here');
    assert.equal(back.status, 0, back.stderr);
    const list = await greeum(['memory', 'list', '--data-dir', here.dataDir]);
    assert.match(list.stdout, /my own/);
  });
});
