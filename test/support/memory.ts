/** A memory on a simulated disk, written through the real queue, rules and store, with a clock and ids of its own. */

import { randomUUID } from 'node:crypto';

import { rebase } from '../../src/memory/rebase.js';
import type { ResolvePorts } from '../../src/memory/randomIds.js';
import { resolveCommand } from '../../src/memory/resolveCommand.js';
import type { Command, StoredSlot } from '../../src/protocol/commands.js';
import { GreeumError } from '../../src/protocol/errors.js';
import type { JsonValue } from '../../src/protocol/json.js';
import type { AddMemoryInput, InputOf, WriteOperation } from '../../src/protocol/operations.js';
import type { TeamLog, WhenUnreachable } from '../../src/protocol/teamLog.js';
import { buildCheckpoint, type BuiltCheckpoint } from '../../src/storage/checkpoint.js';
import { loadEngine, Sql } from '../../src/storage/engine.js';
import type { Files } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { Store } from '../../src/storage/store.js';
import { embeddedCommit } from '../../src/worker/commit.js';
import { Replica, type ReplicaEvents, type ReplicaPorts } from '../../src/worker/replica.js';
import { WriteQueue } from '../../src/worker/writeQueue.js';
import { DiskModel } from './diskModel.js';
import { dumpOf, type Dump } from './dump.js';
import { SimulatedDisk } from './simulatedDisk.js';
import { teamLogs, type TeamLogs, type WayToLog } from './teamLogs.js';

export const DATA_DIR = '/memory';
/** A new installation: everything is in `data/`. */
export const LAYOUT = layoutOf(DATA_DIR, () => false);
export const START_MS = 1_795_460_084_015;
/** The rules draw the digits of several ids at once. */
const ID_DIGITS = 12;

/** Nothing but the folders. */
export function emptyDisk(): SimulatedDisk {
  return new SimulatedDisk(DiskModel.holding(new Map(), [LAYOUT.folder]));
}

/** Each call gives what no call before gave; two of these give the same. */
export function countingPorts(): ResolvePorts {
  let count = 0;
  const next = (): number => {
    count += 1;
    return count;
  };
  return {
    nowMs: () => START_MS + 1000 * next(),
    randomUuid: () => `00000000-0000-4000-8000-${String(next()).padStart(12, '0')}`,
    randomHex: (digits) =>
      Array.from({ length: Math.ceil(digits / ID_DIGITS) }, () => String(next()).padStart(ID_DIGITS, '0'))
        .join('')
        .slice(0, digits),
  };
}

export interface Answered {
  readonly answer?: JsonValue;
  readonly error?: GreeumError;
}

/** Whether every memory here is a copy of a team's memory: the same tests, and another way to the store. */
export const IS_TEAM = teamLogs() !== null;

/** For tests of a memory of one's own: what they demand is no promise of a copy, for the reason given with each. */
export const itEmbedded = IS_TEAM ? it.skip : it;

/** For a memory that is a copy of a team's. What is not given does nothing, and takes no time. */
export interface TestCopy {
  readonly log: TeamLog;
  readonly ports?: Partial<ReplicaPorts>;
  readonly events?: Partial<ReplicaEvents>;
  readonly whenUnreachable?: WhenUnreachable | undefined;
}

/** By the memory's id: a directory that is opened again finds the log it was a copy of. */
const WAYS = new Map<string, WayToLog>();

/** An owner's store with its queue; a batch is written when the test says so. */
export class TestMemory {
  readonly store: Store;
  readonly ports: ResolvePorts;
  /** Null: a memory of one's own. */
  readonly replica: Replica | null;
  readonly #queue: WriteQueue;
  readonly #work: (() => void)[] = [];

  private constructor(store: Store, ports: ResolvePorts, replica: Replica | null) {
    this.store = store;
    this.ports = ports;
    this.replica = replica;
    this.#queue = new WriteQueue(
      replica?.commit ?? embeddedCommit(store, () => START_MS),
      // The next batch of a copy has its turn when the one before has ended, and not only when the test asks for it.
      { monotonicMs: () => 0, schedule: replica === null ? (work) => this.#work.push(work) : queueMicrotask },
      { onBatch: () => undefined, onFatal: () => undefined },
    );
  }

  /** @param copy of which log; default: that of a memory of its own where all are copies */
  static async open(files: Files, ports: ResolvePorts = countingPorts(), copy?: TestCopy): Promise<TestMemory> {
    const store = await Store.open(files, LAYOUT, { nowMs: START_MS, rebase });
    const logs = teamLogs();
    const known = copy ?? (logs === null ? null : { log: await logOf(store, logs) });
    const replica = known === null ? null : replicaOf(store, known);
    await replica?.start();
    return new TestMemory(store, ports, replica);
  }

  /** Writes the commands as one batch. Each gets its own answer or error, in order. */
  async write(...commands: readonly Command[]): Promise<Answered[]> {
    const waiting = commands.map((command) =>
      this.#queue.submit(command, 'test').then(
        (answer): Answered => ({ answer }),
        (error: unknown): Answered => ({ error: GreeumError.from(error) }),
      ),
    );
    for (const work of this.#work.splice(0)) work();
    return Promise.all(waiting);
  }

  command<K extends WriteOperation>(operation: K, input: InputOf<K>): Command {
    return resolveCommand(operation, input, this.ports, { source: 'api' });
  }

  /** One batch of adds; the content is also the key. @throws GreeumError of the first that fails */
  async add(...contents: readonly (string | AddMemoryInput)[]): Promise<JsonValue[]> {
    const inputs = contents.map((content) =>
      typeof content === 'string' ? { content, idempotency_key: content } : content,
    );
    const answered = await this.write(...inputs.map((input) => this.command('add_memory', input)));
    return answered.map(({ answer, error }) => {
      if (error !== undefined) throw error;
      return answer ?? null;
    });
  }

  importSlots(slots: readonly StoredSlot[]): Command {
    return { kind: 'import_slots', atMs: this.ports.nowMs(), idempotencyKey: null, payloadHash: '', slots };
  }

  /** As its process ends: also its way to the log, of which there are only so many at a time. */
  async close(): Promise<void> {
    this.store.close();
    await this.replica?.close();
  }

  /** The whole of a checkpoint, as the worker makes it. */
  async checkpoint(files: Files): Promise<BuiltCheckpoint> {
    const built = await buildCheckpoint(files, LAYOUT, this.store.beginCheckpoint());
    this.store.finishCheckpoint(built);
    return built;
  }

  /** What the image in memory holds, told by the file it would become. The disk gets a `memory.db.new` by it. */
  async liveDump(disk: SimulatedDisk): Promise<Dump> {
    await this.store.buildCheckpointHere(this.store.appliedSequence);
    return dumpOfFile(disk.bytesOf(LAYOUT.databaseTemp));
  }
}

async function logOf({ teamState }: Store, logs: TeamLogs): Promise<TeamLog> {
  const { memory } = JSON.parse(teamState ?? '{}') as { memory?: string };
  const way = WAYS.get(memory ?? '') ?? logs.newMemory();
  const log = way();
  WAYS.set((await log.connect()).memoryId, way);
  return log;
}

function replicaOf(store: Store, { log, ports, events, whenUnreachable }: TestCopy): Replica {
  return new Replica(
    store,
    log,
    {
      nowMs: () => START_MS,
      monotonicMs: () => 0,
      randomUuid: randomUUID,
      random: () => 0,
      sleep: () => Promise.resolve(),
      every: () => ({ close: () => undefined }),
      ...ports,
    },
    { onEntries: () => undefined, onChange: () => undefined, onFatal: () => undefined, ...events },
    whenUnreachable,
  );
}

/** What an SQLite file holds. */
export async function dumpOfFile(bytes: Uint8Array): Promise<Dump> {
  const sql = new Sql(await loadEngine(), bytes);
  try {
    return dumpOf(sql);
  } finally {
    sql.close();
  }
}

/** `stm_anchors.db` as Python leaves it. @param more SQL for what else is in it */
export async function slotsFile(slots: readonly Partial<StoredSlot>[], more = ''): Promise<Uint8Array> {
  const sql = new Sql(await loadEngine(), null);
  sql.script(
    `CREATE TABLE slots (slot_name TEXT PRIMARY KEY, anchor_block TEXT, topic_vec TEXT, summary TEXT, last_seen REAL,
       hysteresis REAL);
     INSERT INTO slots VALUES ('A', NULL, NULL, '', 0, 0), ('B', NULL, NULL, '', 0, 0), ('C', NULL, NULL, '', 0, 0);
     ${more}`,
  );
  for (const { slot, anchorHash, topicVector, summary, lastSeen, hysteresis } of slots) {
    sql.run('INSERT OR REPLACE INTO slots VALUES (?, ?, ?, ?, ?, ?)', [
      slot ?? 'A',
      anchorHash ?? null,
      topicVector ?? null,
      summary ?? '',
      lastSeen ?? 0,
      hysteresis ?? 0,
    ]);
  }
  const bytes = sql.export();
  sql.close();
  return bytes;
}
