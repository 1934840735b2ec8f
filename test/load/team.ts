/**
 * `npm run test:load:team`: three workers with a data directory each on one PostgreSQL, 64 callers each. Everything
 * there once, in one chain, on every machine and in the database; and how many times faster it is than one transaction
 * an add through the same driver. With `--kills N` workers and the server are killed at random meanwhile; with
 * `--promote` a standby takes over in the middle.
 *
 *     npm run test:load:team -- --adds 30000
 *     npm run test:load:team -- --adds 6000 --kills 100 --seed 7
 *     npm run test:load:team -- --adds 6000 --promote
 *     npm run test:load:team -- --round-trip 2     milliseconds, as in the network of a cloud
 */

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { PostgresLog } from '../../src/team/postgresLog.js';
import { seededRandom } from '../support/random.js';
import { PostgresServer } from '../support/postgres.js';
import { SlowProxy } from '../support/slowProxy.js';
import { assertOneChain, assertSameRows, Machine, rowsOf } from '../support/teamRig.js';

const MACHINES = 3;
const DATABASE = 'team';
const PLAIN = { sslmode: 'disable' };
/** So many transactions tell how fast they are. */
const SINGLES = 2_000;

interface Run {
  readonly adds: number;
  readonly callers: number;
  readonly kills: number;
  readonly seed: number;
  readonly promote: boolean;
  /** Between the machines and the server; on loopback there is next to none. */
  readonly roundTripMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      adds: { type: 'string', default: '30000' },
      callers: { type: 'string', default: '64' },
      kills: { type: 'string', default: '0' },
      seed: { type: 'string' },
      promote: { type: 'boolean', default: false },
      'round-trip': { type: 'string', default: '0' },
    },
  });
  const run: Run = {
    adds: Number(values.adds),
    callers: Number(values.callers),
    kills: Number(values.kills),
    seed: Number(values.seed ?? randomInt(1_000_000)),
    promote: values.promote,
    roundTripMs: Number(values['round-trip']),
  };
  console.log(
    `${MACHINES} machines, ${run.callers} callers each, ${run.adds} adds, ${run.kills} kills, seed ${run.seed}`,
  );
  const primary = await PostgresServer.start();
  const servers = [primary];
  try {
    await primary.createDatabase(DATABASE);
    const standby = run.promote ? await primary.standby() : null;
    if (standby !== null) servers.push(standby);
    await measure(run, primary, standby);
  } finally {
    for (const server of servers.reverse()) await server.close();
  }
}

async function measure(run: Run, primary: PostgresServer, standby: PostgresServer | null): Promise<void> {
  const proxy = run.roundTripMs > 0 ? await SlowProxy.start(primary.port, run.roundTripMs) : null;
  const url = urlOf(primary, standby, proxy);
  const machines = Array.from({ length: MACHINES }, () => new Machine(url));
  try {
    // One after the other: the first makes the tables.
    for (const machine of machines) await machine.start();
    const acknowledged = new Map<string, number>();
    const startMs = performance.now();
    const adding = Promise.all(machines.map((machine, at) => addAll(machine, at, run, acknowledged)));
    if (run.kills > 0) await killAtRandom(run, machines, primary, adding);
    if (standby !== null) await failOver(primary, standby, acknowledged, run.adds / 2);
    await adding;
    const seconds = (performance.now() - startMs) / 1000;
    const failures = machines.reduce((sum, machine) => sum + machine.failures, 0);
    console.log(
      `${acknowledged.size} acknowledged in ${seconds.toFixed(1)} s: ${(acknowledged.size / seconds).toFixed(0)} a second; ${failures} tries failed and were repeated`,
    );
    await assertAllThere(machines, standby ?? primary, acknowledged);
    if (run.kills > 0 || standby !== null) return;
    await measureSize(primary, acknowledged.size);
    machines.push(await newCopy(url, acknowledged.size));
    await compareWithSingles(primary, proxy, acknowledged.size / seconds);
  } finally {
    for (const machine of machines) await machine.close();
    proxy?.close();
  }
}

function urlOf(primary: PostgresServer, standby: PostgresServer | null, proxy: SlowProxy | null): string {
  const url = withPort(primary.url({ database: DATABASE, params: PLAIN }), primary, proxy);
  return standby === null ? url : url.replace(`:${primary.port}/`, `:${primary.port},127.0.0.1:${standby.port}/`);
}

function withPort(url: string, server: PostgresServer, proxy: SlowProxy | null): string {
  return proxy === null ? url : url.replace(`:${server.port}/`, `:${proxy.port}/`);
}

async function addAll(machine: Machine, at: number, run: Run, acknowledged: Map<string, number>): Promise<void> {
  const share = Math.ceil(run.adds / MACHINES);
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < share) {
      const content = `decision ${next++} of machine ${at}: the queue keeps what it has acknowledged`;
      const index = await machine.add(content);
      acknowledged.set(content, index);
    }
  };
  await Promise.all(Array.from({ length: run.callers }, caller));
}

/** Each ends by kill -9 and begins anew at once; writing goes on meanwhile. */
async function killAtRandom(
  run: Run,
  machines: readonly Machine[],
  server: PostgresServer,
  adding: Promise<unknown>,
): Promise<void> {
  const chance = seededRandom(run.seed);
  let isAdding = true;
  const ended = adding.finally(() => (isAdding = false));
  const kills = { worker: 0, server: 0 };
  while (isAdding && kills.worker + kills.server < run.kills) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50 + chance.next() * 700))]);
    const machine = machines[Math.floor(chance.next() * (machines.length + 1))];
    if (machine === undefined) {
      await server.kill();
      await server.restart();
      kills.server += 1;
    } else {
      await machine.kill();
      await machine.start();
      kills.worker += 1;
    }
  }
  console.log(`killed: workers ${kills.worker} times, the server ${kills.server} times`);
}

async function failOver(
  primary: PostgresServer,
  standby: PostgresServer,
  acknowledged: ReadonlyMap<string, number>,
  after: number,
): Promise<void> {
  while (acknowledged.size < after) await new Promise((resolve) => setTimeout(resolve, 10));
  await primary.kill();
  const startMs = performance.now();
  const before = acknowledged.size;
  await standby.promote();
  await standby.sql(`ALTER SYSTEM RESET synchronous_standby_names`);
  await standby.sql('SELECT pg_reload_conf()');
  while (acknowledged.size === before) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(
    `primary killed after ${before} adds; first answer from the promoted standby ${(performance.now() - startMs).toFixed(0)} ms later`,
  );
}

async function assertAllThere(
  machines: readonly Machine[],
  server: PostgresServer,
  acknowledged: ReadonlyMap<string, number>,
): Promise<void> {
  for (const machine of machines) await machine.has(acknowledged.size);
  for (const machine of machines) {
    const { stdout } = await machine.cli('verify');
    console.log(stdout.trim());
    assert.match(stdout, /^All good/);
    await machine.stop();
  }
  const inDatabase = await rowsOf(server, DATABASE);
  assertOneChain(inDatabase[0] ?? '', [...acknowledged.keys()]);
  const indexes = new Map(
    (inDatabase[0] ?? '').split('\n').map((line) => [line.split('|').at(-1), Number(line.split('|')[0])]),
  );
  for (const [content, index] of acknowledged) assert.equal(indexes.get(content), index, content);
  for (const machine of machines) assertSameRows(machine.rows(), inDatabase);
  console.log(
    `all ${acknowledged.size} once, under the number that was told, in one chain; the same on ${machines.length} machines and in the database`,
  );
}

async function measureSize(server: PostgresServer, adds: number): Promise<void> {
  const bytes = (tables: string): Promise<string> =>
    server.sql(
      `SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'greeum' AND c.relkind = 'r' AND c.relname ${tables}`,
      DATABASE,
    );
  const perAdd = async (tables: string): Promise<string> => (Number(await bytes(tables)) / adds / 1000).toFixed(1);
  console.log(
    `in the database ${await perAdd("= 'greeum_log'")} kB a memory in the log, ${await perAdd("<> 'greeum_log'")} kB in the tables, indexes with them`,
  );
}

/** How long an empty directory takes to become a copy. */
async function newCopy(url: string, blocks: number): Promise<Machine> {
  const startMs = performance.now();
  const machine = await new Machine(url).start();
  await machine.has(blocks);
  const seconds = (performance.now() - startMs) / 1000;
  console.log(`a new copy of ${blocks} memories in ${seconds.toFixed(1)} s`);
  return machine;
}

/** What a program without a queue would do: one transaction for each add, the same rows, the same driver. */
async function compareWithSingles(server: PostgresServer, proxy: SlowProxy | null, rate: number): Promise<void> {
  await server.createDatabase('singles');
  const read = new PostgresLog({ url: server.url({ database: DATABASE, params: PLAIN }) });
  const write = new PostgresLog({ url: withPort(server.url({ database: 'singles', params: PLAIN }), server, proxy) });
  try {
    const changes = (await read.after(0, SINGLES)).map(({ rows }) => ({ rows }));
    await write.connect();
    const startMs = performance.now();
    for (const [at, change] of changes.entries()) {
      await write.append(
        () => at,
        () => [change],
      );
    }
    const single = changes.length / ((performance.now() - startMs) / 1000);
    console.log(
      `one transaction an add: ${single.toFixed(0)} a second; ours ${(rate / single).toFixed(1)} times as many (at least 5 wanted)`,
    );
    if (rate < 5 * single) process.exitCode = 1;
  } finally {
    await read.close();
    await write.close();
  }
}

void main();
