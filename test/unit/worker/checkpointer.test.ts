import assert from 'node:assert/strict';

import { GreeumError } from '../../../src/protocol/errors.js';
import type { BuiltCheckpoint } from '../../../src/storage/checkpoint.js';
import { Checkpointer, type CheckpointStore } from '../../../src/worker/checkpointer.js';
import { IDLE_MS, MANY_REPLAYED_FRAMES } from '../../../src/worker/checkpointPolicy.js';

const MIB = 1024 * 1024;

class FakeStore implements CheckpointStore {
  lastSequence = 0;
  journalBytes = 0;
  databaseBytes = MIB;
  readonly log: string[] = [];
  error: Error | null = null;

  beginCheckpoint(): number {
    this.log.push(`begin ${this.lastSequence}`);
    if (this.error !== null) throw this.error;
    return this.lastSequence;
  }

  finishCheckpoint({ sequence }: BuiltCheckpoint): void {
    this.log.push(`finish ${sequence}`);
    this.journalBytes = 0;
  }
}

/** A checkpoint being built, which the test ends as it likes. */
interface Build {
  readonly sequence: number;
  succeed(): void;
  fail(error: Error): void;
}

describe('the checkpointer', () => {
  let store: FakeStore;
  let checkpointer: Checkpointer;
  let nowMs: number;
  let builds: Build[];
  let timer: { work: () => void; delayMs: number; isClosed: boolean } | null;
  let done: number[];
  let failed: GreeumError[];

  beforeEach(() => {
    store = new FakeStore();
    nowMs = 1_000;
    builds = [];
    timer = null;
    done = [];
    failed = [];
    checkpointer = new Checkpointer(
      store,
      {
        monotonicMs: () => nowMs,
        startTimer: (work, delayMs) => {
          const started = { work, delayMs, isClosed: false };
          timer = started;
          return { close: () => (started.isClosed = true) };
        },
        build: (sequence) =>
          new Promise((resolve, reject) => {
            const built = { sequence, databaseBytes: MIB, hasIndex: false, slots: null, problems: [] };
            builds.push({ sequence, succeed: () => resolve(built), fail: reject });
          }),
        onDone: ({ sequence }) => done.push(sequence),
        onFailed: (error) => failed.push(error),
      },
      0,
    );
  });

  /** Lets everything happen that can happen now. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  function write(frames: number, bytes = 0): void {
    store.lastSequence += frames;
    store.journalBytes += bytes;
    checkpointer.afterBatch();
  }

  function idle(): void {
    assert.ok(timer !== null && !timer.isClosed);
    timer.work();
  }

  it('makes one soon when much was replayed, those who waited first, and none when little was', () => {
    store.lastSequence = MANY_REPLAYED_FRAMES - 1;
    checkpointer.afterOpen();
    assert.equal(timer, null);
    store.lastSequence = MANY_REPLAYED_FRAMES;
    checkpointer.afterOpen();
    assert.deepEqual(store.log, []);
    idle();
    assert.deepEqual(store.log, [`begin ${MANY_REPLAYED_FRAMES}`]);
  });

  it('begins by itself when one is due, from the frames there are, while writing goes on', async () => {
    write(3, 5 * MIB);
    assert.deepEqual(store.log, ['begin 3']);
    write(1);
    builds[0]?.succeed();
    await settle();
    assert.deepEqual([store.log, done, checkpointer.count], [['begin 3', 'finish 3'], [3], 1]);
  });

  it('does not begin when none is due', () => {
    write(3);
    assert.deepEqual([store.log, checkpointer.count, checkpointer.msSinceLast], [[], 0, null]);
  });

  it('runs one at a time', async () => {
    write(1, 5 * MIB);
    write(1, 5 * MIB);
    assert.equal(builds.length, 1);
    builds[0]?.succeed();
    await settle();
    write(1, 5 * MIB);
    assert.deepEqual([builds.length, builds[1]?.sequence], [2, 3]);
  });

  describe('when writing pauses', () => {
    it('begins, and waits anew after each batch', () => {
      write(1);
      const first = timer;
      assert.equal(first?.delayMs, IDLE_MS);
      write(1);
      assert.deepEqual([first.isClosed, timer === first], [true, false]);
      idle();
      assert.deepEqual(store.log, ['begin 2']);
    });

    it('waits longer of a large image that was written just now', async () => {
      store.databaseBytes = 100 * MIB;
      write(1, 100 * MIB);
      builds[0]?.succeed();
      await settle();
      nowMs += 1_000;
      write(1);
      assert.equal(timer?.delayMs, MIB - 1_000);
    });

    it('tries again after a failure, even if nothing more is written', async () => {
      write(1);
      const first = timer;
      idle();
      builds[0]?.fail(new Error('no room'));
      await settle();
      assert.notEqual(timer, first);
      idle();
      assert.equal(builds.length, 2);
    });

    it('does not begin when everything is written out', async () => {
      write(1, 5 * MIB);
      builds[0]?.succeed();
      await settle();
      idle();
      assert.equal(builds.length, 1);
    });
  });

  describe('asked to flush', () => {
    it('tells how far the file goes', async () => {
      store.lastSequence = 7;
      const flushed = checkpointer.flush();
      builds[0]?.succeed();
      assert.deepEqual(await flushed, { status: 'flushed', applied_sequence: 7, database_bytes: MIB });
      nowMs += 5;
      assert.equal(checkpointer.msSinceLast, 5);
    });

    it('has nothing to do when everything is written out, and counts no checkpoint', async () => {
      const { applied_sequence } = await checkpointer.flush();
      assert.deepEqual(
        [applied_sequence, builds.length, checkpointer.count, checkpointer.msSinceLast],
        [0, 0, 0, null],
      );
    });

    it('makes another one when the one under way began before the latest writes', async () => {
      write(1, 5 * MIB);
      store.lastSequence = 2;
      const flushed = checkpointer.flush();
      builds[0]?.succeed();
      await settle();
      builds[1]?.succeed();
      assert.equal((await flushed).applied_sequence, 2);
    });

    it('goes on after one under way that fails', async () => {
      write(1, 5 * MIB);
      const flushed = checkpointer.flush();
      builds[0]?.fail(new Error('no room'));
      await settle();
      builds[1]?.succeed();
      assert.equal((await flushed).applied_sequence, 1);
    });

    it('by two at once makes one', async () => {
      store.lastSequence = 2;
      const both = Promise.all([checkpointer.flush(), checkpointer.flush()]);
      builds[0]?.succeed();
      await both;
      assert.equal(builds.length, 1);
    });
  });

  describe('that fails', () => {
    it('says so once, and that what was acknowledged is safe', async () => {
      store.lastSequence = 1;
      const flushed = checkpointer.flush();
      builds[0]?.fail(new Error('no room'));
      await assert.rejects(flushed, { code: 'internal', outcome: 'written' });
      assert.deepEqual([failed.length, checkpointer.count], [1, 0]);
    });

    it('tries again by itself, but not at once', async () => {
      store.error = new GreeumError('checkpoint_failed', 'no room', { outcome: 'written' });
      write(1, 5 * MIB);
      await settle();
      store.error = null;
      nowMs += 29_999;
      write(1);
      assert.equal(builds.length, 0);
      nowMs += 1;
      write(1);
      assert.deepEqual([builds.length, failed.length], [1, 1]);
    });

    it('is forgotten after the next that succeeds', async () => {
      store.error = new Error('no');
      write(1, 5 * MIB);
      await settle();
      store.error = null;
      const flushed = checkpointer.flush();
      builds[0]?.succeed();
      await flushed;
      write(1, 5 * MIB);
      assert.equal(builds.length, 2);
    });
  });

  describe('when closed', () => {
    it('waits for the one under way, and begins no other', async () => {
      write(1, 5 * MIB);
      let isClosed = false;
      const closed = checkpointer.close().then(() => (isClosed = true));
      await settle();
      assert.equal(isClosed, false);
      builds[0]?.succeed();
      await closed;
      write(5, 50 * MIB);
      assert.deepEqual([store.log, timer?.isClosed], [['begin 1', 'finish 1'], true]);
    });

    it('is closed all the same when the one under way fails', async () => {
      write(1, 5 * MIB);
      const closed = checkpointer.close();
      builds[0]?.fail(new Error('cancelled'));
      await closed;
      assert.equal(failed.length, 1);
    });

    it('refuses a flush that waited for the one under way: the lock may be released by then', async () => {
      write(1, 5 * MIB);
      const flushed = checkpointer.flush();
      const closed = checkpointer.close();
      builds[0]?.succeed();
      await assert.rejects(flushed, { code: 'worker_stopping' });
      await closed;
      assert.deepEqual(store.log, ['begin 1', 'finish 1']);
    });
  });
});
