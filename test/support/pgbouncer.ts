/** A real PgBouncer in a scratch folder, on loopback, in front of a server of these tests. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { waitFor } from '../vscode/harness/waitFor.js';
import { scratchFolder } from './greeumProcess.js';
import { ADMIN, freePort, serverAccount, type PostgresServer } from './postgres.js';

const PROGRAM = '/usr/sbin/pgbouncer';

export type PoolMode = 'session' | 'transaction';

/** For a `before` hook: skips where PgBouncer is not installed, and prints so. */
export function skipWithoutPgBouncer(context: Mocha.Context): void {
  if (existsSync(PROGRAM)) return;
  console.log('      skipped: there is no PgBouncer here');
  context.skip();
}

export class PgBouncer {
  readonly port: number;
  readonly #folder = scratchFolder();
  readonly #process: ChildProcess;

  private constructor(
    port: number,
    server: PostgresServer,
    mode: PoolMode,
    settings: Readonly<Record<string, string>>,
  ) {
    this.port = port;
    const { path } = this.#folder;
    const config = {
      listen_addr: '127.0.0.1',
      listen_port: String(port),
      auth_type: 'scram-sha-256',
      auth_file: join(path, 'users'),
      pool_mode: mode,
      // Default: for 15 s after a failure nobody is connected.
      server_login_retry: '1',
      ...settings,
    };
    const lines = Object.entries(config).map(([name, value]) => `${name} = ${value}\n`);
    const ini = `[databases]\n* = host=127.0.0.1 port=${server.port}\n[pgbouncer]\n${lines.join('')}`;
    writeFileSync(join(path, 'pgbouncer.ini'), ini);
    writeFileSync(join(path, 'users'), `"${ADMIN.user}" "${ADMIN.password}"\n`);
    const account = serverAccount();
    if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
    this.#process = spawn(PROGRAM, ['-q', join(path, 'pgbouncer.ini')], { ...account, cwd: path, stdio: 'ignore' });
  }

  /** It accepts connections. @param settings of its own, beside the usual ones */
  static async start(
    server: PostgresServer,
    mode: PoolMode,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<PgBouncer> {
    const pooler = new PgBouncer(await freePort(), server, mode, settings);
    await waitFor('PgBouncer to accept connections', async () => {
      const socket = connect({ port: pooler.port, host: '127.0.0.1' });
      try {
        await once(socket, 'connect');
        return true;
      } finally {
        socket.destroy();
      }
    });
    return pooler;
  }

  /** The server's URL, by this way. */
  url(server: PostgresServer, database: string): string {
    return server.url({ database, params: { sslmode: 'disable' } }).replace(`:${server.port}/`, `:${this.port}/`);
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    this.#folder.remove();
  }
}
