/**
 * A real PostgreSQL in a scratch folder, on loopback, with its durability as in production: it can be killed as by a
 * power cut, started again, and given a standby. Linux only, as Debian installs it.
 */

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { waitFor } from '../vscode/harness/waitFor.js';
import { scratchFolder } from './greeumProcess.js';

const INSTALLATIONS = '/usr/lib/postgresql';
const OLDEST_VERSION = 15;
export const ADMIN = { user: 'greeum_admin', password: 'adm1n s3cret' };
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

const DEFAULT_CONFIG = {
  max_connections: '60',
  shared_buffers: '64MB',
  // In the data folder, so that a killed server leaves nothing behind in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
};

const TLS_CONFIG = { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' };

/** Whoever comes by network encrypts; `sql` comes by the socket in the scratch folder. */
const TLS_ONLY_HBA = `local all all trust
local replication all trust
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl replication all 127.0.0.1/32 scram-sha-256
`;

export interface PostgresOptions {
  /** With a certificate of its own authority (`caFile`); then plain connections are refused. */
  readonly tls?: boolean;
  /** Settings for `postgresql.conf`, beside or instead of the usual ones. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface UrlOptions {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** The folder of the newest installed PostgreSQL's programs; null where there is none that is new enough. */
export function findPostgres(): string | null {
  if (!existsSync(INSTALLATIONS)) return null;
  const programsOf = (version: number): string => join(INSTALLATIONS, String(version), 'bin');
  const [newest] = readdirSync(INSTALLATIONS)
    .map(Number)
    .filter((version) => version >= OLDEST_VERSION && existsSync(join(programsOf(version), 'postgres')))
    .sort((a, b) => b - a);
  return newest === undefined ? null : programsOf(newest);
}

/** For a `before` hook: skips where PostgreSQL is not installed, and prints so. */
export function skipWithoutPostgres(context: Mocha.Context): void {
  if (findPostgres() !== null) return;
  console.log(`      skipped: there is no PostgreSQL ${OLDEST_VERSION} or newer here`);
  context.skip();
}

/** The postmasters that run now. Whatever a failed test left open ends with this process. */
const postmasters = new Set<ChildProcess>();
process.on('exit', () => {
  for (const postmaster of postmasters) postmaster.kill('SIGQUIT');
});

export class PostgresServer {
  /** Outside the range of outgoing connections, so that none of them takes it while the server is down. */
  readonly port: number;
  /** The certificate to trust; null without TLS. */
  readonly caFile: string | null;
  readonly #programs: string;
  readonly #account = serverAccount();
  readonly #folder = scratchFolder();
  readonly #data = join(this.#folder.path, 'data');
  #postmaster: ChildProcess | null = null;

  private constructor(port: number, hasTls: boolean) {
    const programs = findPostgres();
    if (programs === null) throw new Error('PostgreSQL is not installed');
    this.#programs = programs;
    this.port = port;
    this.caFile = hasTls ? join(this.#data, 'ca.crt') : null;
    const { uid, gid } = this.#account;
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder.path, uid, gid);
  }

  /** A new, empty server that accepts connections. */
  static async start({ tls = false, config = {} }: PostgresOptions = {}): Promise<PostgresServer> {
    const server = new PostgresServer(await freePort(), tls);
    return await server.#orClosed(async () => {
      await server.#initialise({ ...DEFAULT_CONFIG, ...(tls ? TLS_CONFIG : {}), ...config });
      await server.restart();
    });
  }

  /** Process id of the postmaster; null while the server is down. */
  get pid(): number | null {
    const { pid, exitCode, signalCode } = this.#postmaster ?? {};
    return pid !== undefined && exitCode === null && signalCode === null ? pid : null;
  }

  /** For a client by network; the administrator with their password, unless a user is named. */
  url({ user, password, database = 'postgres', params = {} }: UrlOptions = {}): string {
    const secret = password ?? (user === undefined ? ADMIN.password : undefined);
    const login = [user ?? ADMIN.user, ...(secret === undefined ? [] : [secret])].map(encodeURIComponent).join(':');
    // Not URLSearchParams: libpq does not read its `+` as a space.
    const query = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const place = `127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
    return `postgresql://${login}@${place}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  }

  /**
   * Runs statements as the administrator, each in a transaction of its own, up to the first error.
   * @returns the rows, one a line, values separated by `|`
   * @throws Error with what `psql` said
   */
  async sql(text: string, database = 'postgres'): Promise<string> {
    const output = ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1'];
    return (await this.#run('psql', [...output, ...this.#socket(), '-U', ADMIN.user, '-d', database], text)).trim();
  }

  async createDatabase(name: string): Promise<void> {
    await this.sql(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
  }

  /** A place for tables in this folder, which becomes the server's. The folder outlives the server. */
  async createTablespace(name: string, folder: string): Promise<void> {
    const { uid, gid } = this.#account;
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    await this.sql(`CREATE TABLESPACE "${name}" LOCATION '${folder}'`);
  }

  /** A power cut: all processes of the server end at once, and their shared memory with them. */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    // Halted first: then it neither starts a process that would be missed nor reaps one whose id would be another's.
    process.kill(pid, 'SIGSTOP');
    await waitFor('the postmaster to halt', () => stateOf(pid) === 'T' || hasEnded(pid));
    // Itself last: while it is there, so are the ids of its children.
    const pids = this.pid === null ? [] : [...childrenOf(pid), pid];
    for (const each of pids) process.kill(each, 'SIGKILL');
    await this.#ended(pids);
    await this.#removeSharedMemory();
  }

  /** An immediate shutdown: connections break, and the next start recovers. Nothing to do while it is down. */
  async stop(): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    const pids = [pid, ...childrenOf(pid)];
    process.kill(pid, 'SIGQUIT');
    await this.#ended(pids);
  }

  /** Starts it again, on the same files and port; resolves when it accepts connections. */
  async restart(): Promise<void> {
    await this.stop();
    // Its processes are gone, so the lock files are stale, and the ids in them may be those of other processes by now.
    for (const lock of [this.#pidFile, join(this.#folder.path, `.s.PGSQL.${this.port}.lock`)]) {
      rmSync(lock, { force: true });
    }
    await this.#spawn();
    const state = await waitFor('PostgreSQL to accept connections', async () => {
      if (this.pid === null) return 'ended';
      await this.#run('pg_isready', ['-q', ...this.#socket()]);
      return 'ready';
    });
    if (state === 'ended') throw new Error(`PostgreSQL ended at its start: ${readFileSync(this.#log, 'utf8')}`);
  }

  /**
   * A copy on another port that follows this server. From now on, this server acknowledges a commit only when a standby
   * has it: without a running standby, commits wait. Each of the two is closed for itself.
   */
  async standby(): Promise<PostgresServer> {
    const standby = new PostgresServer(await freePort(), this.caFile !== null);
    const name = `standby_${standby.port}`;
    return await standby.#orClosed(async () => {
      const source = this.url({ params: { application_name: name } });
      const how = ['-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'];
      await standby.#run('pg_basebackup', ['-D', standby.#data, '-d', source, ...how]);
      await standby.restart();
      // The copy of a server that already has a standby: promoted, it would wait for one.
      await standby.sql('ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()');
      await this.sql("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()");
      const states = `SELECT state, sync_state FROM pg_stat_replication WHERE application_name = '${name}'`;
      await waitFor('the standby to stream', async () => /^streaming\|(sync|potential)$/.test(await this.sql(states)));
    });
  }

  /** Makes a standby a server of its own; resolves when it accepts writes. */
  async promote(): Promise<void> {
    const isPromoted = await this.sql('SELECT pg_promote()');
    if (isPromoted !== 't') throw new Error('the standby was not promoted in time');
  }

  /** Ends it and removes its files. */
  async close(): Promise<void> {
    try {
      // One that does not obey, for instance because a test halted it, is killed.
      await this.stop().catch(() => this.kill());
    } finally {
      this.#folder.remove();
    }
  }

  get #pidFile(): string {
    return join(this.#data, 'postmaster.pid');
  }

  get #log(): string {
    return join(this.#folder.path, 'server.log');
  }

  /** Nobody else's server can answer there, unlike at a port. */
  #socket(): string[] {
    return ['-h', this.#folder.path, '-p', String(this.port)];
  }

  async #orClosed(start: () => Promise<void>): Promise<this> {
    try {
      await start();
      return this;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #initialise(config: Readonly<Record<string, string>>): Promise<void> {
    const passwordFile = join(this.#folder.path, 'password');
    writeFileSync(passwordFile, ADMIN.password);
    const access = ['-U', ADMIN.user, `--pwfile=${passwordFile}`, '--auth-host=scram-sha-256', '--auth-local=trust'];
    await this.#run('initdb', ['-D', this.#data, ...access, '--no-sync', '-E', 'UTF8', '--locale=C']);
    const settings = Object.entries(config).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    appendFileSync(join(this.#data, 'postgresql.conf'), settings.join(''));
    if (this.caFile === null) return;
    writeFileSync(join(this.#data, 'pg_hba.conf'), TLS_ONLY_HBA);
    await this.#makeCertificates();
  }

  /** In the data folder, so that a standby has them too. */
  async #makeCertificates(): Promise<void> {
    const inData = (name: string): string => join(this.#data, name);
    const openssl = (...args: readonly string[]): Promise<string> => this.#run('openssl', args);
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
    const authority = ['-subj', '/CN=Greeum test authority', '-days', '2', '-out', inData('ca.crt')];
    await openssl('req', '-x509', ...newKey, inData('ca.key'), ...authority);
    await openssl(
      'req',
      '-new',
      ...newKey,
      inData('server.key'),
      '-subj',
      '/CN=localhost',
      '-out',
      inData('server.csr'),
    );
    writeFileSync(inData('server.ext'), 'subjectAltName = DNS:localhost, IP:127.0.0.1\n');
    const signer = ['-CA', inData('ca.crt'), '-CAkey', inData('ca.key'), '-set_serial', '1', '-days', '2'];
    const signed = ['-extfile', inData('server.ext'), '-out', inData('server.crt')];
    await openssl('x509', '-req', '-in', inData('server.csr'), ...signer, ...signed);
  }

  /** What differs between a server and its standby goes by the command line: the files of the one are the other's. */
  async #spawn(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const place = ['-D', this.#data, '-p', String(this.port), '-k', this.#folder.path];
    const postmaster = spawn(join(this.#programs, 'postgres'), [...place, '-c', 'listen_addresses=127.0.0.1'], {
      ...this.#processOptions(),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#postmaster = postmaster;
    postmasters.add(postmaster);
    postmaster.once('exit', () => postmasters.delete(postmaster));
    await once(postmaster, 'spawn');
    // A forgotten server must not keep the test run from its end.
    postmaster.unref();
  }

  /** Runs a program to its end, as the server's account. @returns its output */
  async #run(program: string, args: readonly string[], input = ''): Promise<string> {
    const own = join(this.#programs, program);
    const running = promisify(execFile)(existsSync(own) ? own : program, args, {
      ...this.#processOptions(),
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    // A program that ends before it has read everything says why by its exit code.
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  }

  /** Nothing of whoever runs the tests reaches the programs: no `PG*`, no home, no folder that they may not enter. */
  #processOptions(): { env: NodeJS.ProcessEnv; cwd: string; uid?: number; gid?: number } {
    const env = { PATH: process.env['PATH'], HOME: this.#folder.path, LC_ALL: 'C', PGCLIENTENCODING: 'UTF8' };
    return { ...this.#account, cwd: this.#folder.path, env };
  }

  async #ended(pids: readonly number[]): Promise<void> {
    await waitFor('PostgreSQL to end', () => this.pid === null && pids.every(hasEnded), { timeoutMs: 20_000 });
  }

  /** The kernel keeps a segment of a killed server until the next start on the same files, which may never come. */
  async #removeSharedMemory(): Promise<void> {
    if (!existsSync(this.#pidFile)) return;
    // Line 7 of postmaster.pid: the key and the id.
    const id = readFileSync(this.#pidFile, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
    if (id !== undefined) await this.#run('ipcrm', ['-m', id]);
  }
}

/** PostgreSQL and its poolers refuse to run as root: there they run as the account that Debian's package made. */
export function serverAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Below 32768, where Linux begins to choose ports for outgoing connections: a client that tries again and again while
 * the server is down could otherwise be given its port, and keep it from starting.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    // Whatever the reason, PostgreSQL could not listen there either.
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** State and parent as in `/proc/<pid>/stat`, after the name, which may contain anything; null when it is gone. */
function statOf(pid: number): { state: string; parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    // It ended before or while it was read.
    return null;
  }
}

function stateOf(pid: number): string | null {
  return statOf(pid)?.state ?? null;
}

/** A zombie has ended: it holds nothing any more, and its parent may never ask for it. */
function hasEnded(pid: number): boolean {
  const state = stateOf(pid);
  return state === null || state === 'Z' || state === 'X';
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => statOf(each)?.parent === pid);
}
