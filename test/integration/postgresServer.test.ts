import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findPostgres, PostgresServer, skipWithoutPostgres } from '../support/postgres.js';

/** What the other tests of the server rely on. */
describe('a PostgreSQL for tests', () => {
  let servers: PostgresServer[];

  before(function () {
    skipWithoutPostgres(this);
  });

  beforeEach(() => {
    servers = [];
  });

  afterEach(async () => {
    for (const server of servers) await server.close();
  });

  async function opened(starting: Promise<PostgresServer>): Promise<PostgresServer> {
    const server = await starting;
    servers.push(server);
    return server;
  }

  /** By network, as a client of the server comes. */
  async function select(url: string): Promise<string> {
    const args = ['-X', '-A', '-t', '-c', 'SELECT 1', url];
    return (await promisify(execFile)(join(findPostgres() ?? '', 'psql'), args)).stdout.trim();
  }

  it('answers by network, keeps what was committed before a power cut, and leaves no process', async () => {
    const server = await opened(PostgresServer.start({ config: { cluster_name: "it's" } }));
    assert.equal(await select(server.url()), '1');
    assert.equal(await server.sql('SHOW cluster_name; SHOW fsync; SHOW max_connections'), "it's\non\n60");
    await assert.rejects(select(server.url({ password: 'wrong' })), /password authentication failed/);
    await server.createDatabase('with "quotes"');
    await server.sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('한글')", 'with "quotes"');
    const before = server.pid;

    await server.kill();
    await assert.rejects(server.sql('SELECT 1'), /Connection refused|No such file/);
    await server.restart();

    assert.notEqual(server.pid, before);
    assert.equal(await server.sql('SELECT word FROM kept', 'with "quotes"'), '한글');
    const pid = server.pid ?? 0;
    await server.close();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('with TLS shows a certificate that can be verified, and refuses a plain connection', async () => {
    const server = await opened(PostgresServer.start({ tls: true }));
    const { caFile } = server;
    assert.ok(caFile !== null && existsSync(caFile));
    assert.equal(await select(server.url({ params: { sslmode: 'verify-full', sslrootcert: caFile } })), '1');
    await assert.rejects(select(server.url({ params: { sslmode: 'disable' } })), /no encryption/);
  });

  it('has a standby that keeps what was committed when the server is lost', async () => {
    const server = await opened(PostgresServer.start());
    const standby = await opened(server.standby());
    await server.sql('CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    await assert.rejects(standby.sql('INSERT INTO kept VALUES (8)'), /read-only/);

    await server.kill();
    await standby.promote();

    await standby.sql('INSERT INTO kept VALUES (8)');
    assert.equal(await standby.sql('SELECT id FROM kept ORDER BY id'), '7\n8');
  });

  it('says why it cannot start', async () => {
    await assert.rejects(PostgresServer.start({ config: { no_such_setting: '1' } }), /no_such_setting/);
  });
});
