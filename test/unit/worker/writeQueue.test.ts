import assert from 'node:assert/strict';

import type { Change } from '../../../src/protocol/change.js';
import type { AnchorUpdateCommand, Command } from '../../../src/protocol/commands.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import type { Facts, SlotFacts } from '../../../src/protocol/facts.js';
import type { JsonValue } from '../../../src/protocol/json.js';
import { SLOT_NAMES } from '../../../src/protocol/operations.js';
import { embeddedCommit, type Commit, type Committed, type CommitStore } from '../../../src/worker/commit.js';
import { WriteQueue } from '../../../src/worker/writeQueue.js';

/** Moves slot A to this block; the queue's own rules need no other kind. */
function command(blockIndex: number, idempotencyKey: string | null = null): AnchorUpdateCommand {
  return { kind: 'anchor_update', atMs: 0, idempotencyKey, payloadHash: '', slot: 'A', blockIndex, pinned: false };
}

function blockOf(command: Command): number {
  return command.kind === 'anchor_update' ? (command.blockIndex ?? -1) : -1;
}

const UNKNOWN_BLOCK = 404;

/** Notes what it is asked for. Which commands are known by key it remembers only when their batch was journalled. */
class FakeStore implements CommitStore {
  readonly log: string[] = [];
  /** Thrown at the next call of the journal. */
  journalError: Error | null = null;
  /** Thrown behind the journal. */
  commitError: Error | null = null;
  readonly #keys = new Map<string, string>();
  #uncommitted = new Map<string, string>();

  gather(command: Command): Facts {
    const blockIndex = command.kind === 'anchor_update' ? (command.blockIndex ?? 0) : 0;
    const key = command.idempotencyKey ?? '';
    const answer = this.#uncommitted.get(key) ?? this.#keys.get(key);
    const slots = SLOT_NAMES.map((slot): SlotFacts => ({ ...EMPTY_SLOT, slot }));
    return {
      kind: 'anchor_update',
      request: answer === undefined ? null : { payloadHash: command.payloadHash, answer },
      expiredKeys: [],
      slots,
      target: blockIndex === UNKNOWN_BLOCK ? null : { blockIndex, hash: `hash ${blockIndex}`, content: 'text' },
    };
  }

  write(change: Change): void {
    this.log.push(`write ${change.rows.map(([, table]) => table).join(' ')}`);
    for (const [kind, table, row] of change.rows) {
      if (kind !== 'insert' || table !== 'greeum_requests') continue;
      const [key, , answer] = row as readonly string[];
      this.#uncommitted.set(key ?? '', answer ?? '');
    }
  }

  savepoint<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.log.push('undo one');
      throw error;
    }
  }

  transaction<T>(work: () => T, journalled: (result: T) => void): T {
    this.log.push('begin');
    this.#uncommitted = new Map();
    try {
      const result = work();
      journalled(result);
      if (this.commitError !== null) throw this.commitError;
      this.log.push('commit');
      for (const [key, answer] of this.#uncommitted) this.#keys.set(key, answer);
      return result;
    } catch (error) {
      this.log.push('undo all');
      throw error;
    } finally {
      this.#uncommitted = new Map();
    }
  }

  appendToJournal(changes: readonly Change[]): void {
    this.log.push(`journal ${changes.length}`);
    if (this.journalError !== null) throw this.journalError;
  }
}

const EMPTY_SLOT = {
  anchorHash: null,
  head: null,
  summary: '',
  topicVector: null,
  lastSeen: 0,
  hysteresis: 0,
  pinned: false,
};

describe('the write queue', () => {
  let store: FakeStore;
  let queue: WriteQueue;
  let scheduled: (() => void)[];
  let clockMs: number;
  let batches: (GreeumError | undefined)[];
  let fatal: GreeumError[];
  let settled: string[];
  let answers: JsonValue[];

  beforeEach(() => {
    store = new FakeStore();
    scheduled = [];
    clockMs = 0;
    batches = [];
    fatal = [];
    settled = [];
    answers = [];
    queue = new WriteQueue(
      embeddedCommit(store, () => 5),
      { monotonicMs: () => clockMs, schedule: (work) => scheduled.push(work) },
      { onBatch: (error) => batches.push(error), onFatal: (error) => fatal.push(error) },
    );
  });

  /** What becomes of each is noted in the order in which it becomes known. */
  function submit(...commands: readonly AnchorUpdateCommand[]): void {
    for (const each of commands) {
      queue.submit(each, 'test').then(
        (answer) => {
          answers.push(answer);
          settled.push(`${each.blockIndex} done`);
        },
        (error: unknown) => {
          settled.push(`${each.blockIndex} ${error instanceof GreeumError ? `${error.code} ${error.outcome}` : '?'}`);
        },
      );
    }
  }

  /** The scheduled work, as far as it is known now. */
  async function turn(): Promise<void> {
    for (const work of scheduled.splice(0)) work();
    await Promise.resolve();
    await Promise.resolve();
  }

  it('writes nothing before its turn, so that what arrives together is one batch', async () => {
    submit(command(1), command(2), command(3));
    assert.deepEqual([store.log, scheduled.length], [[], 1]);
    await turn();
    assert.deepEqual(store.log, [
      'begin',
      'write greeum_slots',
      'write greeum_slots',
      'write greeum_slots',
      'journal 3',
      'commit',
    ]);
  });

  it('answers in the order of submission, and only behind the journal', async () => {
    submit(command(1), command(2));
    store.appendToJournal = () => assert.deepEqual(settled, []);
    await turn();
    assert.deepEqual(settled, ['1 done', '2 done']);
  });

  it('gives each caller its own answer', async () => {
    submit(command(1), command(2));
    await turn();
    assert.deepEqual(
      answers.map((answer) => (answer as { anchor: { block_index: number } }).anchor.block_index),
      [1, 2],
    );
  });

  it('fails a command that cannot be done alone, and writes the others', async () => {
    submit(command(1), command(UNKNOWN_BLOCK), command(3));
    await turn();
    assert.deepEqual(settled, ['1 done', '404 unknown_block not_written', '3 done']);
    assert.ok(store.log.includes('undo one') && store.log.includes('journal 2'));
    assert.deepEqual(batches, [undefined]);
  });

  it('answers a key that comes twice in one batch with the one result, written once', async () => {
    submit(command(1, 'k'), command(1, 'k'));
    await turn();
    assert.equal(answers.length, 2);
    assert.deepEqual(answers[0], answers[1]);
    assert.ok(store.log.includes('journal 1'));
  });

  it('fails every command of a batch that the journal refuses, with what became of it, and undoes all', async () => {
    for (const outcome of ['not_written', 'unknown'] as const) {
      settled = [];
      store.journalError = new GreeumError('journal_write_failed', 'no', { outcome, retry: 'same-key' });
      submit(command(1), command(2));
      await turn();
      assert.deepEqual(settled, [`1 journal_write_failed ${outcome}`, `2 journal_write_failed ${outcome}`]);
      assert.equal(store.log.at(-1), 'undo all');
      assert.equal(batches.at(-1), store.journalError);
    }
    assert.deepEqual(fatal, []);
  });

  it('keeps a command’s own error when the journal refuses the rest of its batch', async () => {
    store.journalError = new GreeumError('journal_write_failed', 'no', { outcome: 'unknown' });
    submit(command(1), command(UNKNOWN_BLOCK));
    await turn();
    assert.deepEqual(settled, ['1 journal_write_failed unknown', '404 unknown_block not_written']);
  });

  it('forgets the key of a command that the journal refused', async () => {
    store.journalError = new GreeumError('journal_write_failed', 'no');
    submit(command(1, 'k'));
    await turn();
    store.journalError = null;
    submit(command(1, 'k'));
    await turn();
    assert.equal(store.log.filter((entry) => entry === 'journal 1').length, 2);
  });

  it('goes on with the next batch when the journal recovers', async () => {
    store.journalError = new GreeumError('journal_write_failed', 'no');
    submit(command(1));
    await turn();
    store.journalError = null;
    submit(command(2));
    await turn();
    assert.deepEqual(settled, ['1 journal_write_failed not_written', '2 done']);
    assert.equal(batches.at(-1), undefined);
  });

  it('takes what waits in batches of at most 256, the first one first', async () => {
    submit(...Array.from({ length: 600 }, (_, index) => command(index)));
    await turn();
    assert.deepEqual([settled.length, queue.counters.depth], [256, 344]);
    await turn();
    await turn();
    assert.deepEqual([settled[599], queue.counters.depth, scheduled.length], ['599 done', 0, 0]);
  });

  it('submits into the next batch what arrives while one is written', async () => {
    store.appendToJournal = () => {
      store.log.push('journal');
      if (queue.counters.accepted < 2) submit(command(2));
    };
    submit(command(1));
    await turn();
    assert.deepEqual([settled, queue.counters.depth], [['1 done'], 1]);
    await turn();
    assert.deepEqual(settled, ['1 done', '2 done']);
  });

  describe('behind whose journal something fails', () => {
    beforeEach(async () => {
      store.commitError = new Error('out of memory');
      submit(...Array.from({ length: 300 }, (_, index) => command(index)));
      await turn();
    });

    it('says that the batch is on disk, and is lost', () => {
      assert.equal(settled.filter((each) => each.endsWith('internal written')).length, 256);
      assert.deepEqual([fatal.length, fatal[0]?.outcome, fatal[0]?.retry], [1, 'written', 'same-key']);
    });

    it('writes no further batch, which would contradict the journal', async () => {
      assert.equal(settled.filter((each) => each.endsWith('worker_stopping not_written')).length, 44);
      const before = store.log.length;
      store.commitError = null;
      submit(command(9));
      queue.refuse(null);
      submit(command(10));
      await turn();
      assert.deepEqual(settled.slice(-2), ['9 worker_stopping not_written', '10 worker_stopping not_written']);
      assert.equal(store.log.length, before);
    });
  });

  describe('that refuses', () => {
    it('fails what comes, and still writes what waits', async () => {
      submit(command(1));
      queue.refuse(new GreeumError('worker_stopping', 'later'));
      submit(command(2));
      await turn();
      await turn();
      assert.deepEqual(settled.sort(), ['1 done', '2 worker_stopping not_written']);
    });

    it('takes commands again once the refusal is lifted', async () => {
      queue.refuse(new GreeumError('degraded', 'no'));
      submit(command(1));
      queue.refuse(null);
      submit(command(2));
      await turn();
      await turn();
      assert.deepEqual(settled, ['1 degraded not_written', '2 done']);
    });
  });

  describe('when drained', () => {
    it('is so at once when nothing waits', async () => {
      await queue.drained();
      assert.deepEqual(scheduled, []);
    });

    it('has answered everything', async () => {
      submit(...Array.from({ length: 300 }, (_, index) => command(index)));
      const drained = queue.drained().then(() => settled.push('drained'));
      await turn();
      assert.ok(!settled.includes('drained'));
      await turn();
      await drained;
      assert.deepEqual([settled.length, settled.at(-1)], [301, 'drained']);
    });

    it('is so too when the last batch failed', async () => {
      store.journalError = new GreeumError('journal_write_failed', 'no');
      submit(command(1));
      const drained = queue.drained();
      await turn();
      await drained;
    });
  });

  describe('whose commit takes a while', () => {
    /** What was given to the commit, and how it ends; one at a time. */
    let underWay: { readonly blocks: readonly number[]; end(committed: Committed): void }[];

    beforeEach(() => {
      underWay = [];
      const commit: Commit = (commands) =>
        new Promise((resolve) => {
          underWay.push({ blocks: commands.map(blockOf), end: resolve });
        });
      queue = new WriteQueue(
        commit,
        { monotonicMs: () => clockMs, schedule: (work) => scheduled.push(work) },
        { onBatch: (error) => batches.push(error), onFatal: (error) => fatal.push(error) },
      );
    });

    /** The batch under way gets an answer for each of its commands, or what is given. */
    async function end(committed?: Committed): Promise<void> {
      const batch = underWay.shift();
      assert.ok(batch, 'a batch is under way');
      batch.end(committed ?? { outcomes: batch.blocks.map((block) => ({ answer: block, change: null })) });
      // The queue hears of it, and then the next batch has its turn.
      await turn();
      await turn();
    }

    it('answers nobody before it has ended, and then in the order of submission', async () => {
      submit(command(1), command(2));
      await turn();
      assert.deepEqual([settled, queue.counters.in_flight], [[], 2]);
      await end();
      assert.deepEqual([settled, answers, queue.counters.in_flight], [['1 done', '2 done'], [1, 2], 0]);
    });

    it('gathers meanwhile what comes, and begins with it only then', async () => {
      submit(command(1));
      await turn();
      submit(command(2));
      submit(command(3));
      await turn();
      assert.deepEqual([underWay.map(({ blocks }) => blocks), queue.counters.depth], [[[1]], 2]);
      await end();
      assert.deepEqual([settled, underWay.map(({ blocks }) => blocks)], [['1 done'], [[2, 3]]]);
      await end();
      assert.deepEqual(settled, ['1 done', '2 done', '3 done']);
    });

    it('keeps the order over many batches, whenever they end', async () => {
      const all = Array.from({ length: 700 }, (_, index) => index);
      submit(...all.map((index) => command(index)));
      await turn();
      while (underWay.length > 0) {
        assert.equal(underWay.length, 1);
        await end();
      }
      assert.deepEqual(answers, all);
    });

    it('fails each command with its own error, or with that of the batch, and goes on', async () => {
      submit(command(1), command(2));
      await turn();
      const own = new GreeumError('unknown_block', 'no');
      const whole = new GreeumError('storage_unreachable', 'no', { outcome: 'unknown', retry: 'same-key' });
      await end({ outcomes: [{ error: own }], error: whole });
      assert.deepEqual(settled, ['1 unknown_block not_written', '2 storage_unreachable unknown']);
      assert.deepEqual([batches, fatal], [[whole], []]);
      submit(command(3));
      await turn();
      await end();
      assert.equal(settled.at(-1), '3 done');
    });

    it('is drained only when what is under way has ended too', async () => {
      submit(command(1));
      await turn();
      const drained = queue.drained().then(() => settled.push('drained'));
      await turn();
      assert.deepEqual([settled, queue.counters.depth], [[], 0]);
      submit(command(2));
      await end();
      assert.deepEqual(settled, ['1 done']);
      await end();
      await drained;
      assert.deepEqual(settled, ['1 done', '2 done', 'drained']);
    });

    it('measures how long it took', async () => {
      submit(command(1));
      await turn();
      clockMs = 40;
      await end();
      assert.equal(queue.commitMs.percentiles().max, 40);
    });

    it('writes no further batch when the image is lost, and is drained', async () => {
      submit(command(1));
      await turn();
      submit(command(2));
      const drained = queue.drained();
      const lost = new GreeumError('internal', 'lost', { outcome: 'written', retry: 'same-key' });
      await end({ outcomes: [{ answer: 1, change: null }], error: lost, isLost: true });
      await drained;
      assert.deepEqual(settled, ['2 worker_stopping not_written', '1 internal written']);
      assert.deepEqual([fatal, underWay], [[lost], []]);
      submit(command(3));
      await turn();
      assert.deepEqual([settled.at(-1), underWay], ['3 worker_stopping not_written', []]);
    });
  });

  it('counts what it accepts, applies and fails, and how long it took', async () => {
    submit(command(1), command(UNKNOWN_BLOCK), command(3));
    clockMs = 7;
    store.appendToJournal = () => {
      assert.equal(queue.counters.in_flight, 3);
      clockMs = 9;
    };
    await turn();
    assert.deepEqual(queue.counters, { depth: 0, in_flight: 0, accepted: 3, applied: 2, failed: 1 });
    assert.deepEqual(
      [queue.waitMs, queue.commitMs, queue.batchSize].map((samples) => samples.percentiles().max),
      [7, 2, 3],
    );
  });
});
