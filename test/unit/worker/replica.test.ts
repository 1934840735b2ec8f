import assert from 'node:assert/strict';

import { verifyRows } from '../../../src/memory/verify.js';
import type { ResolvePorts } from '../../../src/memory/randomIds.js';
import type { GreeumError } from '../../../src/protocol/errors.js';
import type { AddMemoryResult, QueuedMemory, StorageStatus } from '../../../src/protocol/operations.js';
import type { WhenUnreachable } from '../../../src/protocol/teamLog.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import type { Replica } from '../../../src/worker/replica.js';
import type { Dump } from '../../support/dump.js';
import { FakeTeamDatabase, FakeTeamLog, type CommitFault } from '../../support/fakeTeamLog.js';
import { withForeignBlocks } from '../../support/foreignWrites.js';
import { countingPorts, emptyDisk, LAYOUT, TestMemory, type Answered } from '../../support/memory.js';
import { chooseSeed, seededRandom, type Random } from '../../support/random.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

const NOT_WRITTEN = { code: 'storage_unreachable', outcome: 'not_written', retry: 'same-key' };
const IN_DOUBT = { code: 'storage_unreachable', outcome: 'unknown', retry: 'same-key' };

/** One machine of a team: its disk, its way to the database, and its memory while it is open. */
class Machine {
  readonly disk: SimulatedDisk;
  log: FakeTeamLog;
  memory!: TestMemory;
  readonly pauses: number[] = [];
  readonly fatal: GreeumError[] = [];
  /** Called at each pause between two tries. */
  onPause: () => void = () => undefined;
  /** From the next opening on. */
  whenUnreachable: WhenUnreachable | undefined;
  /** As the timer would. */
  poll: () => void = () => undefined;
  #database: FakeTeamDatabase;
  readonly #ids: ResolvePorts;
  #onEntries: () => void = () => undefined;

  constructor(database: FakeTeamDatabase, ids: ResolvePorts, disk = emptyDisk()) {
    this.#database = database;
    this.#ids = ids;
    this.disk = disk;
    this.log = new FakeTeamLog(database);
  }

  async open(): Promise<this> {
    this.memory = await TestMemory.open(this.disk, this.#ids, {
      log: this.log,
      ports: {
        sleep: (ms) => {
          this.pauses.push(ms);
          this.onPause();
          return Promise.resolve();
        },
        every: (_, work) => {
          this.poll = work;
          return { close: () => undefined };
        },
      },
      events: { onEntries: () => this.#onEntries(), onFatal: (error) => this.fatal.push(error) },
      whenUnreachable: this.whenUnreachable,
    });
    return this;
  }

  get replica(): Replica {
    assert.ok(this.memory.replica !== null);
    return this.memory.replica;
  }

  get status(): StorageStatus {
    return this.replica.status;
  }

  get blocks(): number {
    return this.memory.store.blockCount;
  }

  /** Resolves when entries of others came. */
  news(): Promise<void> {
    return new Promise((resolve) => (this.#onEntries = resolve));
  }

  async add(content: string, key = content): Promise<AddMemoryResult> {
    const [added] = await this.memory.add({ content, idempotency_key: key, allow_duplicate: true });
    return added as unknown as AddMemoryResult;
  }

  /** An add that finds no database. */
  async queue(content: string, key = content): Promise<QueuedMemory> {
    const queued = (await this.add(content, key)) as unknown as QueuedMemory;
    assert.equal(queued.status, 'queued', content);
    return queued;
  }

  close(): void {
    this.memory.store.close();
  }

  /** A restart, in order or after a kill: on the same disk, over a way of its own. @param database another one */
  async reopen(database = this.#database): Promise<this> {
    this.#database = database;
    this.log = new FakeTeamLog(database);
    return this.open();
  }

  /** What the team shares; not where each machine stands. */
  async rows(): Promise<Dump> {
    return Object.fromEntries(
      Object.entries(await this.memory.liveDump(this.disk)).filter(([table]) => table !== 'greeum_state'),
    );
  }
}

function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Everything that was begun has ended: nothing here waits for time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await turns();
}

async function assertOneChain({ disk }: Machine, contents: readonly string[]): Promise<void> {
  const { image } = await openMemory(disk, LAYOUT);
  try {
    assert.deepEqual(verifyRows(verifyInput(image.sql)).problems, []);
    const rows = image.sql.all('SELECT block_index, hash, prev_hash, context FROM blocks ORDER BY block_index');
    assert.deepEqual(
      rows.map(([index]) => index),
      rows.map((_, index) => index),
    );
    for (const [at, [, , previous]] of rows.entries()) assert.equal(previous, rows[at - 1]?.[1] ?? '', `block ${at}`);
    assert.deepEqual(rows.map(([, , , context]) => context).sort(), [...contents].sort());
  } finally {
    image.close();
  }
}

/** In the order of the chain. */
async function contentsOf({ disk }: Machine): Promise<unknown[]> {
  const { image } = await openMemory(disk, LAYOUT);
  try {
    return image.sql.all('SELECT context FROM blocks ORDER BY block_index').map(([content]) => content);
  } finally {
    image.close();
  }
}

async function errorOf(answers: Promise<Answered[]>): Promise<GreeumError | undefined> {
  const [answered] = await answers;
  return answered?.error;
}

describe('a copy of a team’s memory', () => {
  let database: FakeTeamDatabase;
  let ids: ResolvePorts;
  let lisbon: Machine;
  let seoul: Machine;

  beforeEach(async () => {
    database = new FakeTeamDatabase('the memory of this team');
    ids = countingPorts();
    lisbon = await new Machine(database, ids).open();
    seoul = await new Machine(database, ids).open();
  });

  afterEach(() => {
    for (const machine of [lisbon, seoul]) machine.close();
  });

  /** Both have everything. */
  async function level(): Promise<void> {
    for (const machine of [lisbon, seoul]) {
      machine.poll();
      await settled();
      assert.equal(machine.status.seq, database.head.seq);
    }
  }

  async function assertAlike(contents: readonly string[]): Promise<void> {
    await level();
    const [first, second] = [await lisbon.rows(), await seoul.rows()];
    assert.deepEqual(first, second);
    await assertOneChain(lisbon, contents);
    await assertOneChain(seoul, contents);
  }

  it('has the same rows as every other, in one chain, whoever wrote them', async () => {
    const contents: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [here, there, too] = [`here ${round}`, `there ${round}`, `there too ${round}`];
      contents.push(here, there, too);
      await Promise.all([lisbon.add(here), seoul.memory.add(there, too)]);
    }
    await lisbon.memory.write(lisbon.memory.command('anchor_update', { slot: 'B', block_index: 3, pinned: true }));
    await seoul.memory.write(seoul.memory.command('update_associations', { add: [{ source: 0, target: 9 }] }));
    await assertAlike(contents);
  });

  it('gives no index twice to those who write at the same time', async () => {
    const adds = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? lisbon : seoul).add(`memory ${index}`));
    const indexes = (await Promise.all(adds)).map((added) => added.block_index);
    assert.deepEqual(
      indexes.sort((a, b) => a - b),
      indexes.map((_, index) => index),
    );
    await assertAlike(indexes.map((index) => `memory ${index}`));
  });

  it('is made of the whole log by a machine that comes late, and by one that comes back', async () => {
    await lisbon.memory.add(...Array.from({ length: 30 }, (_, index) => `early ${index}`));
    seoul.close();
    await lisbon.add('while Seoul was away');
    seoul = await seoul.reopen();
    assert.equal(seoul.blocks, 31);
    const late = await new Machine(database, ids).open();
    assert.deepEqual(await late.rows(), await lisbon.rows());
    late.close();
  });

  it('survives its checkpoint, and goes on where it stood', async () => {
    await lisbon.memory.add('one', 'two');
    await lisbon.memory.checkpoint(lisbon.disk);
    lisbon.close();
    lisbon = await lisbon.reopen();
    assert.equal(lisbon.status.seq, 2);
    await lisbon.add('three');
    await assertAlike(['one', 'two', 'three']);
  });

  it('answers one key on two machines with one memory', async () => {
    const input = { content: 'the cache is cold after a deploy', idempotency_key: 'once' };
    const [[first], [second]] = await Promise.all([lisbon.memory.add(input), seoul.memory.add(input)]);
    assert.deepEqual(first, second);
    assert.deepEqual(await lisbon.memory.add(input), [first]);
    await assertAlike([input.content]);
  });

  it('refuses a key that another machine took for something else', async () => {
    await lisbon.add('one', 'key');
    await assert.rejects(seoul.add('another', 'key'), { code: 'idempotency_conflict' });
    await assertAlike(['one']);
  });

  it('leaves the others of a batch as they are when one of them is refused', async () => {
    const { memory } = lisbon;
    const answers = await memory.write(
      memory.command('add_memory', { content: 'before' }),
      memory.command('anchor_update', { slot: 'A', block_index: 404 }),
      memory.command('add_memory', { content: 'after' }),
    );
    assert.deepEqual(
      answers.map(({ error }) => error?.code),
      [undefined, 'unknown_block', undefined],
    );
    assert.equal(database.head.seq, 2);
    await assertAlike(['before', 'after']);
  });

  it('decides a batch on what it lacks and on each other, and forgets what was taken back', async () => {
    const { memory } = lisbon;
    for (const round of ['first', 'second']) {
      const adds = ['a', 'b', 'c'].map((which) => ({ content: `${round} batch, ${which}`, allow_duplicate: true }));
      lisbon.log.commitFaults = ['not committed'];
      await memory.add(...adds);
      await lisbon.add(`${round} alone`);
    }
    await assertAlike(
      ['first', 'second'].flatMap((round) =>
        [...'abc'].map((which) => `${round} batch, ${which}`).concat(`${round} alone`),
      ),
    );
  });

  it('appends nothing for a batch of which nothing is left', async () => {
    const { memory } = lisbon;
    await errorOf(memory.write(memory.command('anchor_update', { slot: 'A', block_index: 404 })));
    assert.equal(database.head.seq, 0);
  });

  it('sends no row that each machine keeps for itself', async () => {
    await lisbon.add('one');
    await seoul.add('two');
    const tables = new Set(database.after(0, 10).flatMap(({ rows }) => rows.map(([, table]) => table)));
    assert.ok(tables.has('blocks') && tables.has('greeum_requests'));
    assert.deepEqual([tables.has('consolidation_queue'), tables.has('greeum_state')], [false, false]);
  });

  it('hears of what others wrote, without writing itself', async () => {
    const news = seoul.news();
    await lisbon.add('news');
    await news;
    assert.deepEqual([seoul.blocks, seoul.status.seq], [1, 1]);
  });

  it('fetches nothing of what it wrote itself, though it is told of that before it has the answer', async () => {
    lisbon.log.calls.length = 0;
    await lisbon.add('one');
    await settled();
    assert.deepEqual(lisbon.log.calls, ['append']);
    await seoul.add('two');
    await settled();
    assert.deepEqual([lisbon.blocks, lisbon.log.calls], [2, ['append', 'after']]);
  });

  it('hears of what others wrote in the place of what it could not commit', async () => {
    lisbon.log.commitFaults = new Array<CommitFault>(7).fill('not committed');
    await assert.rejects(lisbon.add('never there'), NOT_WRITTEN);
    await seoul.add('theirs');
    await settled();
    assert.equal(lisbon.blocks, 1);
  });

  it('hears of what came while it was fetching', async () => {
    let isFirst = true;
    seoul.log.onAnswer = async (call) => {
      if (call !== 'after' || !isFirst) return;
      isFirst = false;
      // The page was read without it, and the news come before the page.
      await lisbon.add('second');
    };
    await lisbon.add('first');
    await settled();
    assert.equal(seoul.blocks, 2);
  });

  it('asks from time to time, where the engine tells no news', async () => {
    database.tellsNews = false;
    await lisbon.add('untold');
    assert.equal(seoul.blocks, 0);
    const news = seoul.news();
    seoul.poll();
    await news;
    assert.equal(seoul.blocks, 1);
  });

  describe('whose database cannot be reached', () => {
    it('opens, reads what it has, and fails a write at once', async () => {
      await lisbon.add('known');
      lisbon.close();
      lisbon.log = new FakeTeamLog(database);
      lisbon.log.isCut = true;
      await lisbon.open();
      assert.deepEqual([lisbon.blocks, lisbon.status.state], [1, 'unavailable']);
      await assert.rejects(lisbon.add('lost'), NOT_WRITTEN);
      assert.deepEqual(lisbon.pauses, []);
      lisbon.log.isCut = false;
      await lisbon.add('written');
      assert.deepEqual([lisbon.status.state, lisbon.status.reason], ['connected', null]);
      await assertAlike(['known', 'written']);
    });

    it('tries for a while when it was there a moment ago, and then says so', async () => {
      lisbon.log.isCut = true;
      await assert.rejects(lisbon.add('lost'), NOT_WRITTEN);
      assert.equal(lisbon.pauses.length, 6);
      assert.deepEqual(
        lisbon.pauses,
        [...lisbon.pauses].sort((a, b) => a - b),
      );
      assert.equal(lisbon.status.state, 'unavailable');
      await assert.rejects(lisbon.add('lost'), NOT_WRITTEN);
      assert.equal(lisbon.pauses.length, 6, 'the next one fails at once');
    });

    it('goes through when the way is back in between, and says that all is well', async () => {
      database.tellsNews = false;
      lisbon.log.isCut = true;
      lisbon.onPause = () => (lisbon.log.isCut = lisbon.pauses.length < 3);
      await lisbon.add('late');
      assert.deepEqual([lisbon.pauses.length, lisbon.status.state, lisbon.status.reason], [3, 'connected', null]);
      await assertAlike(['late']);
    });

    it('tries no more once it is told to end', async () => {
      lisbon.log.isCut = true;
      lisbon.onPause = () => lisbon.replica.endTries();
      await assert.rejects(lisbon.add('lost'), NOT_WRITTEN);
      assert.equal(lisbon.pauses.length, 1);
    });
  });

  describe('of whose commit', () => {
    it('nothing came to pass is tried again, and is there once', async () => {
      lisbon.log.commitFaults = ['not committed', 'not committed'];
      await lisbon.add('in the end');
      assert.equal(lisbon.pauses.length, 2);
      await assertAlike(['in the end']);
    });

    it('the answer is lost gets the first answer by trying again, and nothing is there twice', async () => {
      for (const key of ['named', undefined]) {
        lisbon.log.commitFaults = ['answer lost'];
        const input = { content: `memory ${key}`, ...(key === undefined ? {} : { idempotency_key: key }) };
        const [answer] = await lisbon.memory.add(input);
        assert.equal((answer as unknown as AddMemoryResult).block_index, key === undefined ? 1 : 0);
      }
      assert.equal(database.head.seq, 2);
      await assertAlike(['memory named', 'memory undefined']);
    });

    it('the answer and then the way are lost is in doubt, and the retry finds it', async () => {
      lisbon.log.commitFaults = ['answer lost'];
      lisbon.onPause = () => (lisbon.log.isCut = true);
      await assert.rejects(lisbon.add('in doubt'), IN_DOUBT);
      lisbon.log.isCut = false;
      const { block_index: index } = await lisbon.add('in doubt');
      assert.deepEqual([index, database.head.seq], [0, 1]);
      await assertAlike(['in doubt']);
    });

    it('the answer is lost without it having come to pass is in doubt too, and the retry writes it', async () => {
      database.tellsNews = false;
      lisbon.log.commitFaults = ['answer lost'];
      lisbon.onPause = () => {
        // A standby took over that had not heard of it.
        lisbon.log.isCut = true;
        database.restore(0);
      };
      await assert.rejects(lisbon.add('rolled back'), IN_DOUBT);
      lisbon.log.isCut = false;
      await lisbon.add('rolled back');
      await assertAlike(['rolled back']);
    });
  });

  describe('writes nothing to', () => {
    async function assertRefused(machine: Machine, sentence: RegExp): Promise<void> {
      const before = database.after(0, 1_000);
      const { memory } = machine;
      const error = await errorOf(memory.write(memory.command('add_memory', { content: 'refused' })));
      assert.deepEqual([error?.code, error?.outcome, error?.retry], ['storage_mismatch', 'not_written', 'never']);
      assert.match(error?.message ?? '', sentence);
      assert.ok((error?.hint ?? '') !== '');
      assert.deepEqual(database.after(0, 1_000), before);
      assert.equal(machine.status.state, 'unavailable');
      assert.match(machine.status.reason ?? '', sentence);
      assert.deepEqual(machine.pauses, []);
    }

    it('a database while the directory has memories of its own', async () => {
      const disk = emptyDisk();
      disk.put(LAYOUT.database, await withForeignBlocks(new Uint8Array(await emptyDatabase()), ['of its own']));
      const own = await new Machine(database, ids, disk).open();
      await assertRefused(own, /memories of its own/);
      assert.equal(own.blocks, 1);
      own.close();
    });

    it('the database of another memory', async () => {
      await lisbon.add('ours');
      lisbon.close();
      lisbon = await lisbon.reopen(new FakeTeamDatabase('the memory of another team'));
      await assertRefused(lisbon, /another memory/);
    });

    it('one that became another memory while it was connected', async () => {
      await lisbon.add('ours');
      database.memoryId = 'the memory of another team';
      await assertRefused(lisbon, /another memory/);
    });

    it('one that is older than the copy, and goes on when the newer one is back', async () => {
      await lisbon.memory.add('first', 'second');
      const restored = new FakeTeamDatabase(database.memoryId);
      restored.commit(database.after(0, 1));
      lisbon.close();
      lisbon = await lisbon.reopen(restored);
      await assertRefused(lisbon, /ends at entry 1, and the copy at 2/);
      assert.equal(lisbon.blocks, 2);
      lisbon.close();
      lisbon = await lisbon.reopen(database);
      await lisbon.add('third');
      await assertAlike(['first', 'second', 'third']);
    });

    it('one that became older while it was connected', async () => {
      await lisbon.memory.add('first', 'second');
      database.restore(1);
      await assertRefused(lisbon, /ends at entry 1, and the copy at 2/);
    });

    it('one whose copy another program wrote to', async () => {
      await lisbon.add('ours');
      await lisbon.memory.checkpoint(lisbon.disk);
      lisbon.close();
      const bytes = lisbon.disk.bytesOf(LAYOUT.database);
      lisbon.disk.put(LAYOUT.database, await withForeignBlocks(bytes, ['of another program']));
      lisbon = await lisbon.reopen();
      await assertRefused(lisbon, /Another program wrote/);
    });

    it('a log that lacks an entry', async () => {
      database.tellsNews = false;
      await lisbon.memory.add('first', 'second', 'third');
      database.loseEntry(2);
      seoul.poll();
      await settled();
      await assertRefused(seoul, /lacks an entry/);
      assert.equal(seoul.blocks, 0);
    });

    it('a log whose entries do not fit what it has', async () => {
      database.tellsNews = false;
      await lisbon.add('first');
      const [entry] = database.after(0, 1);
      assert.ok(entry !== undefined);
      database.commit([entry]);
      await assertRefused(seoul, /does not fit/);
      assert.deepEqual([seoul.blocks, seoul.fatal], [0, []]);
    });
  });

  it('does not take a head for older that was read before it caught up', async () => {
    database.tellsNews = false;
    await lisbon.add('first');
    lisbon.log.isCut = true;
    lisbon.poll();
    await settled();
    assert.equal(lisbon.status.state, 'unavailable');
    lisbon.log.isCut = false;
    await seoul.add('second');
    // The write connects; the timer does too, and its answer comes when the write is long done.
    let answer: () => void = () => undefined;
    lisbon.log.onAnswer = (call) => {
      if (call !== 'connect') return Promise.resolve();
      lisbon.log.onAnswer = () => Promise.resolve();
      return new Promise((resolve) => (answer = resolve));
    };
    lisbon.poll();
    await lisbon.add('third');
    answer();
    await settled();
    assert.deepEqual([lisbon.status.state, lisbon.status.reason], ['connected', null]);
    await assertAlike(['first', 'second', 'third']);
  });

  describe('whose own disk', () => {
    beforeEach(() => {
      // Or it would fetch its own entry before it has its answer.
      database.tellsNews = false;
    });

    it('is full gives its answer all the same, and catches up when there is room', async () => {
      await lisbon.add('before');
      lisbon.disk.fail({ call: 'fdatasync', errno: 'ENOSPC', times: Infinity });
      const { block_index: index } = await lisbon.add('acknowledged');
      assert.deepEqual([index, database.head.seq], [1, 2]);
      assert.deepEqual([lisbon.blocks, lisbon.status.state], [1, 'unavailable']);
      assert.match(lisbon.status.reason ?? '', /disk is full/);
      await assert.rejects(lisbon.add('refused'), { code: 'journal_write_failed', outcome: 'not_written' });
      assert.equal(database.head.seq, 2);
      lisbon.disk.clearFaults();
      lisbon.poll();
      await settled();
      assert.deepEqual([lisbon.blocks, lisbon.status.state, lisbon.status.reason], [2, 'connected', null]);
      await lisbon.add('after');
      await assertAlike(['before', 'acknowledged', 'after']);
    });

    it('refuses even to take back what it began catches up too, and nobody is in doubt of what was not sent', async () => {
      await lisbon.add('before');
      for (const call of ['fdatasync', 'fsync'] as const) lisbon.disk.fail({ call, errno: 'EIO', times: Infinity });
      await lisbon.add('acknowledged');
      // What it lacks cannot be written, so nothing of this was sent.
      await assert.rejects(lisbon.add('refused'), { code: 'journal_write_failed', outcome: 'not_written' });
      assert.equal(database.head.seq, 2);
      lisbon.disk.clearFaults();
      await lisbon.add('after');
      await assertAlike(['before', 'acknowledged', 'after']);
    });

    it('fails while entries of others are written keeps what was sent out of doubt', async () => {
      await seoul.add('of others');
      for (const call of ['fdatasync', 'fsync'] as const) lisbon.disk.fail({ call, errno: 'EIO', times: Infinity });
      await assert.rejects(lisbon.add('refused'), { code: 'journal_write_failed', outcome: 'not_written' });
      assert.equal(database.head.seq, 1);
      lisbon.disk.clearFaults();
      await assertAlike(['of others']);
    });

    it('is without what was committed after a crash has it when it is opened again', async () => {
      await lisbon.add('before');
      lisbon.log.onAnswer = (call) => {
        if (call === 'append') lisbon.disk.stopAfter(0);
        return Promise.resolve();
      };
      await lisbon.add('committed');
      assert.equal(lisbon.blocks, 1);
      lisbon.disk.killProcesses();
      lisbon = await lisbon.reopen();
      assert.deepEqual([lisbon.blocks, lisbon.status.seq], [2, 2]);
      assert.equal((await lisbon.add('committed')).block_index, 1);
      await assertAlike(['before', 'committed']);
    });

    it('has what its image lacks writes nothing more, and must be opened anew', async () => {
      await lisbon.add('before');
      const { store } = lisbon.memory;
      const transaction = store.transaction.bind(store);
      store.transaction = (work, journalled) =>
        transaction(work, (result) => {
          journalled(result);
          throw new Error('out of memory');
        });
      await lisbon.add('acknowledged');
      assert.equal(lisbon.fatal.length, 1);
      store.transaction = transaction;
      const frames = store.lastSequence;
      await assert.rejects(lisbon.add('refused'));
      lisbon.poll();
      await settled();
      assert.deepEqual([store.lastSequence, database.head.seq], [frames, 2]);
      lisbon.close();
      lisbon = await lisbon.reopen();
      await assertAlike(['before', 'acknowledged']);
    });
  });

  describe('that queues while its database is away', () => {
    beforeEach(async () => {
      for (const machine of [lisbon, seoul]) {
        machine.log.isCut = true;
        machine.close();
        machine.whenUnreachable = 'queue';
        await machine.reopen();
      }
    });

    /** The way is there again, and the timer sees it. */
    async function back(machine: Machine): Promise<void> {
      machine.log.isCut = false;
      machine.poll();
      await settled();
      assert.deepEqual([machine.status.state, machine.status.waiting], ['connected', 0]);
    }

    /** A kill: what the dead one still does reaches nothing. */
    async function killed(machine: Machine): Promise<void> {
      machine.log.isCut = true;
      machine.disk.killProcesses();
      await machine.reopen();
    }

    it('answers that a memory waits, and counts those that do', async () => {
      lisbon.log.isCut = true;
      assert.deepEqual(await lisbon.queue('first'), { status: 'queued', waiting: 1 });
      assert.deepEqual(await lisbon.queue('second'), { status: 'queued', waiting: 2 });
      const { state, waiting, refused } = lisbon.status;
      assert.deepEqual([state, waiting, refused], ['unavailable', 2, 0]);
      assert.deepEqual([lisbon.blocks, database.head.seq], [0, 0]);
      await back(lisbon);
      await assertAlike(['first', 'second']);
    });

    it('refuses by default, and keeps nothing then', async () => {
      lisbon.close();
      lisbon.whenUnreachable = undefined;
      await lisbon.reopen();
      lisbon.log.isCut = true;
      await assert.rejects(lisbon.add('lost'), NOT_WRITTEN);
      assert.deepEqual([lisbon.status.waiting, lisbon.memory.store.stateRows('outbox')], [0, []]);
      await back(lisbon);
      assert.equal(database.head.seq, 0);
    });

    it('delivers what waits from before it was set to refuse', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('kept');
      lisbon.close();
      lisbon.whenUnreachable = 'refuse';
      await lisbon.reopen();
      assert.equal(lisbon.status.waiting, 0);
      await assertAlike(['kept']);
    });

    it('does not queue what the database refuses for another reason', async () => {
      await lisbon.add('ours');
      database.memoryId = 'the memory of another team';
      await assert.rejects(lisbon.add('not theirs'), { code: 'storage_mismatch', outcome: 'not_written' });
      assert.equal(lisbon.status.waiting, 0);
    });

    it('queues a key once', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('once', 'key');
      assert.deepEqual(await lisbon.queue('once', 'key'), { status: 'queued', waiting: 1 });
      const command = lisbon.memory.command('add_memory', { content: 'in one batch', idempotency_key: 'batch' });
      await lisbon.memory.write(command, command);
      assert.equal(lisbon.status.waiting, 2);
      await back(lisbon);
      await assertAlike(['once', 'in one batch']);
    });

    it('keeps the order of a batch in which a key comes again', async () => {
      lisbon.log.isCut = true;
      await lisbon.memory.add('first', 'second', 'first');
      await back(lisbon);
      assert.deepEqual(await contentsOf(lisbon), ['first', 'second']);
      await assertAlike(['first', 'second']);
    });

    it('refuses a key that came with something else, whether that waits or is in the copy', async () => {
      await lisbon.add('known', 'of what is known');
      lisbon.log.isCut = true;
      await lisbon.queue('one', 'of what waits');
      for (const key of ['of what waits', 'of what is known']) {
        await assert.rejects(lisbon.add('another', key), { code: 'idempotency_conflict', outcome: 'not_written' });
      }
      assert.equal(lisbon.status.waiting, 1);
      await back(lisbon);
      await assertAlike(['known', 'one']);
    });

    it('answers a key of which the copy knows the answer with that, and queues nothing', async () => {
      const first = await lisbon.add('known');
      lisbon.log.isCut = true;
      assert.deepEqual(await lisbon.add('known'), first);
      assert.equal(lisbon.status.waiting, 0);
    });

    it('refuses everything that is not a new memory, also in one batch with some', async () => {
      lisbon.log.isCut = true;
      const { memory } = lisbon;
      const answers = await memory.write(
        memory.command('add_memory', { content: 'before' }),
        memory.command('anchor_update', { slot: 'A', block_index: 0 }),
        memory.command('update_associations', { add: [{ source: 0, target: 1 }] }),
        memory.command('add_memory', { content: 'after' }),
      );
      const [, { error } = {}, { error: second } = {}] = answers;
      assert.deepEqual(
        answers.map(({ error: each }) => each?.code),
        [undefined, 'storage_unreachable', 'storage_unreachable', undefined],
      );
      assert.deepEqual([error?.outcome, second?.outcome], ['not_written', 'not_written']);
      assert.equal(lisbon.status.waiting, 2);
      await back(lisbon);
      await assertAlike(['before', 'after']);
    });

    it('delivers in order and before a later write, and repeated keys give the numbers they got', async () => {
      lisbon.log.isCut = true;
      // More than are delivered together.
      const contents = Array.from({ length: 70 }, (_, index) => `waiting ${index}`);
      for (const content of contents) await lisbon.queue(content);
      lisbon.log.isCut = false;
      assert.equal((await lisbon.add('later')).block_index, contents.length);
      assert.equal(lisbon.status.waiting, 0);
      for (const [index, content] of contents.entries()) assert.equal((await lisbon.add(content)).block_index, index);
      await assertAlike([...contents, 'later']);
    });

    it('has what waits after a kill', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('first');
      await lisbon.queue('second');
      await killed(lisbon);
      assert.equal(lisbon.status.waiting, 0);
      await assertAlike(['first', 'second']);
      assert.equal((await lisbon.add('second')).block_index, 1);
    });

    it('has what waits after a checkpoint', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('kept');
      await lisbon.memory.checkpoint(lisbon.disk);
      lisbon.close();
      await lisbon.reopen();
      await assertAlike(['kept']);
    });

    it('doubles nothing after a crash anywhere between the delivery and its end', async () => {
      const contents: string[] = [];
      for (let operations = 0; operations < 6; operations += 1) {
        const pair = [`first ${operations}`, `second ${operations}`];
        contents.push(...pair);
        lisbon.log.isCut = true;
        for (const content of pair) await lisbon.queue(content);
        lisbon.log.isCut = false;
        lisbon.log.onAnswer = (call) => {
          if (call === 'append') lisbon.disk.stopAfter(operations);
          return Promise.resolve();
        };
        lisbon.poll();
        await settled();
        assert.equal(database.head.seq, contents.length);
        await killed(lisbon);
        assert.deepEqual([lisbon.status.state, lisbon.status.waiting], ['connected', 0]);
        await assertAlike(contents);
      }
    });

    it('counts what the rules refuse at its delivery, and delivers the others', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('before');
      await lisbon.memory.add({ content: 'instead of nothing', idempotency_key: 'refused', supersedes: 404 });
      await lisbon.queue('after');
      await back(lisbon);
      assert.equal(lisbon.status.refused, 1);
      await assertAlike(['before', 'after']);
      await killed(lisbon);
      assert.deepEqual([lisbon.status.waiting, lisbon.status.refused], [0, 1]);
      const [kept] = lisbon.memory.store.stateRows('outbox-refused:');
      assert.match(kept?.value ?? '', /"unknown_block".*instead of nothing/);
    });

    it('delivers what was in doubt once, whether it came to pass or not', async () => {
      database.tellsNews = false;
      for (const isRolledBack of [false, true]) {
        lisbon.log.commitFaults = ['answer lost'];
        lisbon.onPause = () => {
          if (!lisbon.log.isCut && isRolledBack) database.restore(1);
          lisbon.log.isCut = true;
        };
        await lisbon.queue(`rolled back: ${isRolledBack}`);
        assert.equal(database.head.seq, 1);
        await back(lisbon);
      }
      await assertAlike(['rolled back: false', 'rolled back: true']);
    });

    it('leaves in doubt what may be in the log and could not be queued', async () => {
      database.tellsNews = false;
      lisbon.log.commitFaults = ['answer lost'];
      lisbon.onPause = () => {
        lisbon.log.isCut = true;
        lisbon.disk.fail({ call: 'fdatasync', errno: 'ENOSPC', times: Infinity });
      };
      await assert.rejects(lisbon.add('in doubt'), IN_DOUBT);
      assert.equal(lisbon.status.waiting, 0);
      lisbon.disk.clearFaults();
      await back(lisbon);
      await lisbon.add('in doubt');
      await assertAlike(['in doubt']);
    });

    it('puts in doubt only what was sent: not what came while the delivery before it lost its answer', async () => {
      database.tellsNews = false;
      lisbon.log.isCut = true;
      await lisbon.queue('delivered');
      lisbon.log.isCut = false;
      lisbon.log.commitFaults = ['answer lost'];
      lisbon.onPause = () => (lisbon.log.isCut = true);
      const { memory } = lisbon;
      const error = await errorOf(memory.write(memory.command('anchor_update', { slot: 'A', block_index: 0 })));
      assert.deepEqual([error?.code, error?.outcome], ['storage_unreachable', 'not_written']);
      await back(lisbon);
      await assertAlike(['delivered']);
    });

    it('puts in doubt only what was sent: not what comes while the database is asked again', async () => {
      database.tellsNews = false;
      lisbon.log.commitFaults = Array.from({ length: 7 }, () => 'answer lost');
      lisbon.onPause = () => database.restore(0);
      await lisbon.queue('in doubt');
      let answer: () => void = () => undefined;
      lisbon.log.onAnswer = (call) => {
        if (call !== 'connect') return Promise.resolve();
        return new Promise((resolve) => (answer = resolve));
      };
      lisbon.poll();
      const { memory } = lisbon;
      const error = await errorOf(memory.write(memory.command('anchor_update', { slot: 'A', block_index: 0 })));
      assert.deepEqual([error?.code, error?.outcome], ['storage_unreachable', 'not_written']);
      answer();
      await settled();
      await assertAlike(['in doubt']);
    });

    it('fails what its own disk does not take either', async () => {
      lisbon.log.isCut = true;
      lisbon.disk.fail({ call: 'fdatasync', errno: 'ENOSPC', times: Infinity });
      await assert.rejects(lisbon.add('nowhere'), { code: 'journal_write_failed', outcome: 'not_written' });
      assert.equal(lisbon.status.waiting, 0);
      lisbon.disk.clearFaults();
      await back(lisbon);
      assert.equal(database.head.seq, 0);
    });

    it('does not wait for a database that was away and is being asked again', async () => {
      lisbon.log.isCut = true;
      await lisbon.queue('first');
      lisbon.log.isCut = false;
      let answer: () => void = () => undefined;
      lisbon.log.onAnswer = (call) => {
        if (call !== 'connect') return Promise.resolve();
        return new Promise((resolve) => (answer = resolve));
      };
      lisbon.poll();
      assert.deepEqual(await lisbon.queue('second'), { status: 'queued', waiting: 2 });
      answer();
      await settled();
      await assertAlike(['first', 'second']);
      assert.equal(lisbon.status.waiting, 0);
    });

    it('is in one chain with another that queued too, whatever both had', async () => {
      for (const machine of [lisbon, seoul]) machine.log.isCut = true;
      const contents: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        contents.push(`here ${index}`, `there ${index}`);
        await lisbon.queue(`here ${index}`);
        await seoul.queue(`there ${index}`);
      }
      await lisbon.queue('of both');
      await seoul.queue('of both');
      await lisbon.queue('of this one', 'taken');
      await seoul.queue('of that one', 'taken');
      for (const machine of [lisbon, seoul]) {
        machine.log.isCut = false;
        machine.poll();
      }
      await settled();
      await level();
      assert.deepEqual([lisbon.status.waiting, seoul.status.waiting], [0, 0]);
      assert.equal(lisbon.status.refused + seoul.status.refused, 1, 'the later one with the key that was taken');
      const taken = lisbon.status.refused === 0 ? 'of this one' : 'of that one';
      await assertAlike([...contents, 'of both', taken]);
    });

    it('has everything once and in order after any faults and kills', async function () {
      this.timeout(60_000);
      for (let run = 0; run < 6; run += 1) {
        const random = seededRandom(chooseSeed());
        await anyAbsences(random).catch((cause: unknown) => {
          throw new Error(`seed ${random.seed}: ${String(cause)}`, { cause });
        });
      }
    });
  });

  async function anyAbsences(random: Random): Promise<void> {
    const team = new FakeTeamDatabase(`of seed ${random.seed}`);
    const machines = [new Machine(team, ids), new Machine(team, ids)];
    const accepted: string[][] = [[], []];
    for (const machine of machines) {
      machine.whenUnreachable = 'queue';
      await machine.open();
    }
    const kill = async (machine: Machine): Promise<void> => {
      machine.log.isCut = true;
      machine.disk.killProcesses();
      machine.disk.clearFaults();
      await machine.reopen();
    };
    const round = async (machine: Machine, at: number, count: number): Promise<void> => {
      const faults: (CommitFault | null)[] = [null, 'not committed', 'answer lost'];
      machine.log.commitFaults = Array.from({ length: random.below(5) }, () => faults[random.below(3)] ?? null);
      machine.log.isCut = random.below(2) === 0;
      machine.onPause = () => (machine.log.isCut = random.below(3) === 0);
      if (random.below(4) === 0) machine.disk.fail({ call: 'fdatasync', errno: 'ENOSPC', times: random.below(3) });
      for (let index = 0; index < 3; index += 1) {
        const content = `machine ${at}, ${count}.${index}`;
        for (let tries = 0; ; tries += 1) {
          try {
            await machine.add(content);
            break;
          } catch (error) {
            assert.equal((error as GreeumError).retry, 'same-key', String(error));
            assert.ok(tries < 20, `${content} is never answered`);
            if (tries > 3) machine.disk.clearFaults();
          }
        }
        accepted[at]?.push(content);
        if (random.below(4) === 0) machine.poll();
      }
      if (random.below(3) === 0) await kill(machine);
    };
    for (let count = 0; count < 8; count += 1) {
      team.tellsNews = random.below(2) === 0;
      await Promise.all(machines.map((machine, at) => round(machine, at, count)));
    }
    for (let times = 0; times < 2; times += 1) {
      for (const machine of machines) {
        machine.log.isCut = false;
        machine.log.commitFaults = [];
        machine.disk.clearFaults();
        machine.poll();
        await settled();
      }
    }
    for (const machine of machines) {
      const { seq, waiting, refused, reason } = machine.status;
      assert.deepEqual([seq, waiting, refused], [team.head.seq, 0, 0], reason ?? '');
      await assertOneChain(machine, accepted.flat());
      const chain = (await contentsOf(machine)).map(String);
      for (const [at, contents] of accepted.entries()) {
        const own = chain.filter((content) => content.startsWith(`machine ${at}`));
        assert.deepEqual(own, contents, `the order of machine ${at}`);
      }
    }
    for (const machine of machines) machine.close();
  }

  it('is like the others after any faults, when every write was repeated until it was answered', async function () {
    this.timeout(60_000);
    for (let run = 0; run < 12; run += 1) await anyFaults(seededRandom(chooseSeed()));
  });

  async function anyFaults(random: Random): Promise<void> {
    const team = new FakeTeamDatabase(`of seed ${random.seed}`);
    const machines = [await new Machine(team, ids).open(), await new Machine(team, ids).open()];
    const contents: string[] = [];
    const write = async (machine: Machine, content: string): Promise<void> => {
      for (let tries = 0; tries < 100; tries += 1) {
        try {
          await machine.add(content);
          return;
        } catch (error) {
          assert.equal((error as GreeumError).retry, 'same-key', `seed ${random.seed}: ${String(error)}`);
          machine.log.isCut = false;
          machine.disk.clearFaults();
        }
      }
      assert.fail(`seed ${random.seed}: ${content} is never answered`);
    };
    for (let round = 0; round < 15; round += 1) {
      const [machine = machines[0]] = [machines[random.below(2)]];
      assert.ok(machine !== undefined);
      const faults: (CommitFault | null)[] = [null, 'not committed', 'answer lost'];
      machine.log.commitFaults = Array.from({ length: random.below(9) }, () => faults[random.below(3)] ?? null);
      machine.onPause = () => (machine.log.isCut = random.below(4) === 0);
      team.tellsNews = random.below(2) === 0;
      if (random.below(4) === 0) machine.disk.fail({ call: 'fdatasync', errno: 'ENOSPC', times: random.below(3) });
      const batch = machines.flatMap((each, at) =>
        Array.from({ length: random.below(3) }, (_, index) => [each, `round ${round} of ${at}, ${index}`] as const),
      );
      contents.push(...batch.map(([, content]) => content));
      await Promise.all(batch.map(([each, content]) => write(each, content)));
    }
    for (const machine of machines) {
      machine.log.isCut = false;
      machine.disk.clearFaults();
      machine.poll();
      await settled();
      machine.poll();
      await settled();
      assert.equal(machine.status.seq, team.head.seq, `seed ${random.seed}: ${machine.status.reason}`);
      await assertOneChain(machine, contents);
    }
    const [here, there] = await Promise.all(machines.map((machine) => machine.rows()));
    assert.deepEqual(here, there, `seed ${random.seed}`);
    for (const machine of machines) machine.close();
  }
});

/** A `memory.db` without a memory in it. */
async function emptyDatabase(): Promise<Uint8Array> {
  const disk = emptyDisk();
  const memory = await TestMemory.open(disk);
  await memory.store.buildCheckpointHere(0);
  memory.store.close();
  return disk.bytesOf(LAYOUT.databaseTemp);
}
