import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { GreeumError } from '../../src/protocol/errors.js';
import { mountFolder, type MountedFolder } from '../support/mountedFolder.js';
import { PostgresServer, skipWithoutPostgres } from '../support/postgres.js';
import { assertOneChain, assertSameRows, Machine, rowsOf } from '../support/teamRig.js';
import { waitFor } from '../vscode/harness/waitFor.js';

const DATABASE = 'team';
/** An empty database with our tables takes some 9 MB. */
const DISK_MB = 24;

describe("the database of a team's memory", function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let disk: MountedFolder;
  const machines: Machine[] = [];

  before(async function () {
    skipWithoutPostgres(this);
    const mounted = mountFolder(DISK_MB);
    if (mounted === null) return this.skip();
    disk = mounted;
    server = await PostgresServer.start();
    await server.createTablespace('small', disk.path);
    await server.sql(`CREATE DATABASE ${DATABASE} TABLESPACE small`);
  });

  after(async () => {
    for (const machine of machines) await machine.close();
    await (server as PostgresServer | undefined)?.close();
    (disk as MountedFolder | undefined)?.remove();
  });

  async function started(): Promise<Machine> {
    const machine = new Machine(server.url({ database: DATABASE, params: { sslmode: 'disable' } }));
    machines.push(machine);
    return machine.start();
  }

  /** What a caller is told who tries once. */
  async function refusal(of: Machine, content: string): Promise<GreeumError | null> {
    try {
      await of.client.call('add_memory', { content, idempotency_key: content.slice(0, 100), allow_duplicate: true });
      return null;
    } catch (error) {
      assert.ok(error instanceof GreeumError);
      return error;
    }
  }

  it('on a full disk takes nothing of a write, and the same write once when there is room again', async () => {
    const [here, there] = [await started(), await started()];
    const written = ['before the flood'];
    await here.add('before the flood');
    disk.fill();
    const refused: string[] = [];
    // Pages that are there already take a few more. Random: the server compresses what it stores.
    for (let index = 0; refused.length < 3; index += 1) {
      const content = `${index} ${randomBytes(15_000).toString('base64')}`;
      const error = await refusal(here, content);
      if (error === null) written.push(content);
      else {
        refused.push(content);
        assert.deepEqual([error.code, error.outcome, error.retry], ['storage_refused', 'not_written', 'same-key']);
        assert.match(error.message, /has no room on its disk/);
      }
    }
    const counted = 'SELECT count(*) FROM greeum.greeum_log UNION ALL SELECT seq FROM greeum.greeum_head';
    assert.equal(await server.sql(counted, DATABASE), `${written.length}\n${written.length}`);
    for (const each of [here, there]) await each.has(written.length);
    const { results } = await here.client.call('search_memory', { query: 'flood' });
    assert.equal(results[0]?.context, 'before the flood');

    disk.makeRoom();
    const numbers = [];
    for (const content of refused) numbers.push(await here.add(content, content.slice(0, 100)));
    for (const [at, content] of refused.entries()) {
      assert.equal(await there.add(content, content.slice(0, 100)), numbers[at], 'its key has one number');
    }
    await waitFor('the connection', async () => (await here.status()).storage?.state === 'connected');
    const contents = [...written, ...refused];
    for (const each of [here, there]) {
      await each.has(contents.length);
      await each.stop();
    }
    const rows = await rowsOf(server, DATABASE);
    assertOneChain(rows[0] ?? '', contents);
    for (const each of [here, there]) assertSameRows(each.rows(), rows);
  });
});
