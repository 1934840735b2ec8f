/** Machines of a team: worker processes with a data directory each, on one database. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { HttpTransport } from '../../src/client/httpTransport.js';
import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { GreeumError } from '../../src/protocol/errors.js';
import { asAdded, type WorkerStatus } from '../../src/protocol/operations.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { cliPath, greeum, scratchFolder, WorkerProcess } from './greeumProcess.js';
import type { PostgresServer } from './postgres.js';

const MEMORY_COLUMNS = '"block_index", "hash", "prev_hash", "root", "before", "after", "slot", "context"';
const KEYWORDS = 'SELECT block_index, keyword FROM block_keywords ORDER BY block_index, keyword';
const LINKS = 'SELECT association_id, source_node_id, target_node_id FROM associations ORDER BY association_id';
const SLOTS = 'SELECT slot_name, anchor_block, summary FROM greeum_slots ORDER BY slot_name';
/** What both stores must say alike. */
const SAME = [`SELECT ${MEMORY_COLUMNS} FROM blocks ORDER BY block_index`, KEYWORDS, LINKS, SLOTS];

/** A write is repeated with its key until it is answered, as a careful caller does; so long at most. */
const ANSWER_WITHIN_MS = 60_000;

export class Machine {
  readonly #folder = scratchFolder();
  readonly #env: Readonly<Record<string, string>>;
  #worker: WorkerProcess | null = null;
  #client: WriteServiceClient | null = null;
  /** Tries that failed before their write was answered. */
  failures = 0;

  constructor(url: string, env: Readonly<Record<string, string>> = {}) {
    this.#env = { GREEUM_STORAGE_URL: url, ...env };
  }

  get dataDir(): string {
    return this.#folder.path;
  }

  async start(): Promise<this> {
    this.#worker = await WorkerProcess.start(this.dataDir, [], cliPath, this.#env);
    return this;
  }

  get client(): WriteServiceClient {
    this.#client ??= new WriteServiceClient({
      source: 'api',
      dataDir: this.dataDir,
      env: {},
      use: 'require',
      transport: new HttpTransport({ keepAlive: true }),
    });
    return this.#client;
  }

  /** The command line on this machine, with the team's database in its environment. */
  cli(...args: readonly string[]): ReturnType<typeof greeum> {
    return greeum([...args, '--data-dir', this.dataDir], { env: this.#env });
  }

  status(): Promise<WorkerStatus> {
    return this.client.call('worker_status', {});
  }

  /** Its number, when it is acknowledged. Whatever happens in between, it is the same write. */
  async add(content: string, key = content): Promise<number> {
    const deadlineMs = performance.now() + ANSWER_WITHIN_MS;
    for (;;) {
      try {
        const input = { content, idempotency_key: key, allow_duplicate: true };
        return asAdded(await this.client.call('add_memory', input)).block_index;
      } catch (error) {
        this.failures += 1;
        if (!mayBeRepeated(error) || performance.now() > deadlineMs) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when this machine has so many memories. */
  async has(blocks: number): Promise<void> {
    await waitFor(`${blocks} memories`, async () => (await this.status()).blocks === blocks);
  }

  async kill(): Promise<void> {
    await this.#worker?.end('SIGKILL');
  }

  /** In order: what it has is in `memory.db` then. */
  async stop(): Promise<void> {
    await this.#worker?.end('SIGTERM');
    this.#worker = null;
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.kill();
    this.#folder.remove();
  }

  /** What `memory.db` of the stopped machine says, by a program that is not ours. */
  rows(): string[] {
    return SAME.map((sql) => {
      const file = join(this.dataDir, 'data', 'memory.db');
      const { stdout, stderr } = spawnSync('sqlite3', [file, sql], { encoding: 'utf8', maxBuffer: 2 ** 30 });
      assert.equal(stderr, '');
      return stdout.trim();
    });
  }
}

/** What the database says to the same questions. */
export async function rowsOf(server: PostgresServer, database: string): Promise<string[]> {
  const rows: string[] = [];
  // Sorted by bytes, as SQLite does.
  for (const sql of SAME) {
    const byBytes = sql
      .replace(/keyword$/, 'keyword COLLATE "C"')
      .replace(/ORDER BY (\w+)$/, (all, column: string) => (column === 'block_index' ? all : `${all} COLLATE "C"`));
    rows.push(await server.sql(`SET search_path = greeum; ${byBytes}`, database));
  }
  return rows;
}

/** Says where they differ first: they are too long to be shown. */
export function assertSameRows(actual: readonly string[], expected: readonly string[]): void {
  for (const [at, table] of expected.entries()) {
    const rows = table.split('\n');
    const others = (actual[at] ?? '').split('\n');
    for (const [line, row] of rows.entries()) assert.equal(others[line], row, `line ${line} of: ${SAME[at]}`);
    assert.equal(others.length, rows.length, SAME[at]);
  }
}

/** Numbers from 0 on without gaps and doubles, each memory once, and every hash the previous one of the next. */
export function assertOneChain(blocks: string, contents: readonly string[]): void {
  const rows = blocks.split('\n').map((line) => line.split('|'));
  assert.deepEqual(
    rows.map(([index]) => Number(index)),
    contents.map((_, index) => index),
  );
  assert.deepEqual(rows.map((row) => row.at(-1)).sort(), [...contents].sort());
  for (const [at, [, hash]] of rows.entries()) if (at + 1 < rows.length) assert.equal(rows[at + 1]?.[2], hash);
}

function mayBeRepeated(error: unknown): boolean {
  return error instanceof GreeumError && (error.retry !== 'never' || error.code === 'lock_busy');
}
