/** The log of a team's memory in PostgreSQL. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import postgres from 'postgres';

import type { Change, RowWrite } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import {
  sharedPart,
  type LogEntry,
  type LogHead,
  type StorageOptions,
  type TeamDatabase,
  type TeamSnapshot,
} from '../protocol/teamLog.js';
import { failureOf, isPassing } from './failures.js';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.js';
import { plainRows } from './plainRows.js';
import { statementsOf } from './rowStatements.js';
import { parseStorageUrl, placeOf, type StorageTarget } from './storageUrl.js';
import { hasNoTls } from './tlsProbe.js';

/** One that writes, one that reads beside it; listening takes one of its own. */
const CONNECTIONS = 2;
const CONNECT_SECONDS = 5;
const RECONNECT_SECONDS = 0.05;
/** Whoever holds the head and does nothing for so long, a suspended process say, is thrown out by the server. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const LOCK_WAIT_MS = 15_000;
const STATEMENT_MS = 60_000;
/** What is missed at most while the head is locked; who lacks more fetches it before. */
const MISSED_UNDER_LOCK = 1_000;

const CHANNEL = 'greeum_log';
/** What the server says to who may not make a schema. */
const NOT_ALLOWED = '42501';
/** What a pooler says to who sets more for a connection than it can keep, and to much else. */
const PROTOCOL_VIOLATION = '08P01';

interface EntryRow {
  readonly seq: string;
  readonly change: string;
}

interface HeadRow {
  readonly memory_id: string;
  readonly seq: string;
}

export class PostgresLog implements TeamDatabase {
  readonly place: string;
  readonly #target: StorageTarget;
  readonly #password: string;
  #sql: postgres.Sql;
  /** Seen at the first connection: a pooler, which may give each transaction another connection to the server. */
  #isPooled = false;
  #tellsNews = true;

  /** @throws GreeumError `invalid_storage_url` */
  constructor({ url, password }: StorageOptions) {
    this.#target = parseStorageUrl(url);
    this.place = placeOf(this.#target);
    this.#password = this.#target.password ?? password ?? '';
    this.#sql = postgres(directOptions(this.#target, this.#password));
  }

  async connect(): Promise<LogHead> {
    try {
      return await this.#open();
    } catch (error) {
      const { hosts, sslMode } = this.#target;
      if (sslMode !== 'disable' && isPassing(error) && (await hasNoTls(hosts))) throw noTls(this.place);
      throw error;
    }
  }

  #open(): Promise<LogHead> {
    return this.#told(async () => {
      await this.#meet();
      if ((await this.#version()) < SCHEMA_VERSION) await this.#migrate();
      return this.#read((sql) => this.#head(sql));
    });
  }

  look(): Promise<LogHead | null> {
    return this.#told(async () => {
      await this.#meet();
      if ((await this.#version()) > 0) return this.#read((sql) => this.#head(sql));
      const [right] = await this.#sql<{ may: boolean }[]>`
        SELECT has_database_privilege(current_database(), 'CREATE') AS may`;
      if (right?.may !== true) throw failureOf({ code: NOT_ALLOWED }, this.place);
      return null;
    });
  }

  async snapshot(work: (snapshot: TeamSnapshot) => Promise<void>): Promise<void> {
    await this.#told(() =>
      this.#transaction('isolation level repeatable read read only', async (tx) =>
        work({ head: await this.#head(tx), rows: (table) => plainRows(tx, table) }),
      ),
    );
  }

  after(seq: number, limit: number): Promise<LogEntry[]> {
    return this.#told(() => this.#read((sql) => readEntries(sql, seq, limit)));
  }

  async append(
    after: () => number,
    plan: (missed: readonly LogEntry[], head: LogHead) => readonly Change[],
  ): Promise<number> {
    let isInDoubt = false;
    try {
      return await this.#transaction('', async (tx) => {
        const [row] = await tx<HeadRow[]>`SELECT memory_id, seq FROM greeum_head WHERE only_one = 1 FOR UPDATE`;
        if (row === undefined) throw notOurs(this.place);
        const head = headOf(row);
        const known = after();
        const missed = head.seq > known ? await readEntries(tx, known, MISSED_UNDER_LOCK) : [];
        if ((missed.at(-1)?.seq ?? known) < head.seq) throw tooFarBehind(this.place);
        const changes = plan(missed, head).map(sharedPart);
        const first = head.seq + 1;
        if (changes.length > 0) await this.#write(tx, changes, first);
        // From here on only the server knows whether it came to pass.
        isInDoubt = changes.length > 0;
        return first;
      });
    } catch (error) {
      throw failureOf(error, this.place, isInDoubt ? 'unknown' : 'not_written');
    }
  }

  async listen(onNews: (seq: number | null) => void): Promise<void> {
    // What a pooled connection hears is told to whoever has it then.
    if (!this.#tellsNews || this.#isPooled) return;
    const hear = (seq: string): void => onNews(Number(seq));
    await this.#told(() => this.#sql.listen(this.#channel, hear, () => onNews(null)));
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  /** Statements leave together, and are waited for together. */
  async #write(tx: postgres.TransactionSql, changes: readonly Change[], first: number): Promise<void> {
    const log = JSON.stringify(changes.map(({ rows }, at) => ({ seq: first + at, change: JSON.stringify(rows) })));
    const last = String(first + changes.length - 1);
    const statements = [
      {
        text: 'INSERT INTO greeum_log (seq, change) SELECT seq, change FROM json_to_recordset($1::text::json) AS entries(seq bigint, change text)',
        values: [log],
      },
      ...statementsOf(changes),
      { text: 'UPDATE greeum_head SET seq = $1::text::bigint WHERE only_one = 1', values: [last] },
      ...(this.#tellsNews ? [{ text: 'SELECT pg_notify($1::text, $2::text)', values: [this.#channel, last] }] : []),
    ];
    await Promise.all(statements.map(({ text, values }) => tx.unsafe(text, [...values], { prepare: true })));
  }

  /** Which engine is there, and whether what was set for the connection holds. */
  async #meet(): Promise<void> {
    const ask = () => this.#sql<{ version: string; path: string }[]>`
      SELECT version(), current_setting('search_path') AS path`;
    const [engine] = await ask().catch((error: unknown) => {
      if (this.#isPooled || (error as { code?: unknown }).code !== PROTOCOL_VIOLATION) throw error;
      this.#usePooler();
      return ask();
    });
    this.#tellsNews = engine?.version.includes('CockroachDB') !== true;
    // It ignores what it does not know, where it was told to.
    if (engine?.path !== this.#target.schema && !this.#isPooled) this.#usePooler();
  }

  #usePooler(): void {
    void this.#sql.end({ timeout: 0 });
    this.#isPooled = true;
    this.#sql = postgres(pooledOptions(this.#target, this.#password));
  }

  /** Outside of a transaction, where that is enough to find the tables. */
  #read<T>(work: (sql: postgres.Sql | postgres.TransactionSql) => Promise<T>): Promise<T> {
    return this.#isPooled ? this.#transaction('read only', work) : work(this.#sql);
  }

  async #transaction<T>(mode: string, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
    const result = await this.#sql.begin(mode, async (tx) => {
      if (this.#isPooled) await tx.unsafe(localSettings(this.#target));
      return work(tx);
    });
    return result as T;
  }

  async #head(sql: postgres.Sql | postgres.TransactionSql): Promise<LogHead> {
    const [head] = await sql<HeadRow[]>`SELECT memory_id, seq FROM greeum_head`;
    if (head === undefined) throw notOurs(this.place);
    return headOf(head);
  }

  /** 0: no memory is there yet. @throws GreeumError `newer_format` */
  async #version(): Promise<number> {
    const tables = await this.#sql<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${this.#target.schema}`;
    if (tables.length === 0) return 0;
    if (!tables.some(({ name }) => name === 'greeum_migrations')) throw notOurs(this.place);
    const [row] = await this.#read(
      (sql) => sql<{ number: number | null }[]>`SELECT max(number)::int AS number FROM greeum_migrations`,
    );
    const version = row?.number ?? 0;
    if (version > SCHEMA_VERSION) throw newer(this.place);
    return version;
  }

  /** Two that begin at the same time: the second finds the tables there. */
  async #migrate(): Promise<void> {
    try {
      await this.#runMigrations();
    } catch (error) {
      if (!isCreatedMeanwhile(error)) throw error;
      await this.#runMigrations();
    }
  }

  async #runMigrations(): Promise<void> {
    await this.#transaction('', async (tx) => {
      await tx.unsafe(`CREATE SCHEMA IF NOT EXISTS "${this.#target.schema}"`);
      await tx.unsafe(
        'CREATE TABLE IF NOT EXISTS greeum_migrations (number int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      );
      const done = await tx<{ number: number }[]>`SELECT number FROM greeum_migrations`;
      for (const [at, statements] of MIGRATIONS.entries()) {
        if (done.some(({ number }) => number === at + 1)) continue;
        for (const statement of statements) await tx.unsafe(statement);
        await tx`INSERT INTO greeum_migrations (number) VALUES (${at + 1})`;
      }
      await tx`INSERT INTO greeum_head VALUES (1, ${randomUUID()}, 0) ON CONFLICT DO NOTHING`;
    });
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw failureOf(error, this.place);
    }
  }

  get #channel(): string {
    return `${CHANNEL}_${this.#target.schema}`;
  }
}

/** Of each connection, or of each transaction where a pooler is on the way. */
function settingsOf({ schema }: StorageTarget) {
  return {
    search_path: schema,
    lock_timeout: LOCK_WAIT_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

function localSettings(target: StorageTarget): string {
  return Object.entries(settingsOf(target))
    .map(([name, value]) => `SET LOCAL ${name} = '${value}'`)
    .join('; ');
}

function directOptions(target: StorageTarget, password: string): postgres.Options<Record<string, never>> {
  const options = pooledOptions(target, password);
  return { ...options, prepare: true, connection: { ...options.connection, ...settingsOf(target) } };
}

function pooledOptions(target: StorageTarget, password: string): postgres.Options<Record<string, never>> {
  return {
    // The driver takes several, and its types do not say so.
    ...({ host: target.hosts.map(({ host }) => host), port: target.hosts.map(({ port }) => port) } as object),
    user: target.user,
    password,
    database: target.database,
    ssl: sslOf(target),
    target_session_attrs: 'read-write',
    max: CONNECTIONS,
    connect_timeout: CONNECT_SECONDS,
    // Who asks knows when to ask again.
    backoff: () => RECONNECT_SECONDS,
    fetch_types: false,
    // A statement would be prepared on one connection, and asked for on another.
    prepare: false,
    // Notices may quote rows.
    onnotice: () => undefined,
    connection: { application_name: 'greeum' },
  };
}

function sslOf({ sslMode, rootCertificate }: StorageTarget): boolean | object {
  if (sslMode === 'disable') return false;
  if (rootCertificate === null) return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: readFileSync(rootCertificate) };
  } catch {
    throw new GreeumError('invalid_storage_url', `The file of sslrootcert cannot be read: ${rootCertificate}`);
  }
}

async function readEntries(
  sql: postgres.Sql | postgres.TransactionSql,
  after: number,
  limit: number,
): Promise<LogEntry[]> {
  const rows = await sql<EntryRow[]>`
    SELECT seq, change FROM greeum_log WHERE seq > ${String(after)}::bigint ORDER BY seq LIMIT ${limit}`;
  return rows.map(({ seq, change }) => ({ seq: Number(seq), rows: JSON.parse(change) as RowWrite[] }));
}

function headOf({ memory_id, seq }: HeadRow): LogHead {
  return { memoryId: memory_id, seq: Number(seq) };
}

/** Unique violation of a table, a schema or the migration itself. */
function isCreatedMeanwhile(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === '42P07' || code === '42P06' || code === '23505';
}

function newer(place: string): GreeumError {
  return new GreeumError('newer_format', `The memory at ${place} was made by a newer Greeum.`, {
    hint: 'Update Greeum on this machine. Nothing was changed.',
  });
}

function notOurs(place: string): GreeumError {
  return new GreeumError('storage_mismatch', `The database at ${place} holds tables that are not Greeum's.`, {
    hint: 'Choose another database, or another schema by ?schema=NAME. Nothing was changed.',
  });
}

function noTls(place: string): GreeumError {
  return new GreeumError('storage_refused', `No safe connection to the database at ${place}: the server has no TLS.`, {
    hint: 'Switch TLS on there. Only for a server on this machine, add ?sslmode=disable to the URL.',
  });
}

function tooFarBehind(place: string): GreeumError {
  return new GreeumError('storage_unreachable', `This machine is behind the database at ${place}, and catches up.`, {
    retry: 'same-key',
  });
}
