import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoint } from '../../../src/client/endpoint.js';
import type { OwnerThread, ThreadHandlers } from '../../../src/client/ownerThread.js';
import type { WatchHandlers } from '../../../src/client/ownerWatch.js';
import { WorkerHost, type HostPhase, type WorkerHostOptions } from '../../../src/client/workerHost.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import type { FromOwner, OwnerOptions } from '../../../src/protocol/ownerMessages.js';
import { FakeTiming, workerStatus } from './fakes.js';

const dataDir = path.join(tmpdir(), 'greeum-host-test', 'memory');
const ready: FromOwner = { type: 'ready', status: workerStatus(), endpoint: 'http://127.0.0.1:1/t/mcp', socket: '/s' };
const notOwner: FromOwner = { type: 'not-owner', ownerPid: 99 };
const failed: FromOwner = { type: 'failed', error: new GreeumError('not_a_database', 'No database.').toJSON() };
const stopped: FromOwner = { type: 'stopped' };

class FakeThread implements OwnerThread {
  readonly posted: string[] = [];
  isTerminated = false;

  constructor(
    readonly options: OwnerOptions,
    readonly handlers: ThreadHandlers,
  ) {}

  post({ type }: { type: string }): void {
    this.posted.push(type);
  }

  terminate(): Promise<void> {
    this.isTerminated = true;
    return Promise.resolve();
  }

  says(message: FromOwner): void {
    this.handlers.onMessage(message);
  }

  crashes(): void {
    this.handlers.onEnd(new Error('boom'));
  }
}

interface FakeWatch {
  readonly endpoint: Endpoint;
  readonly handlers: WatchHandlers;
  isDisposed: boolean;
}

/** A host, everything it started, and the time in the test's hand. */
function setUp(options: Partial<WorkerHostOptions> = {}) {
  const timing = new FakeTiming({ automatic: false });
  const threads: FakeThread[] = [];
  const watches: FakeWatch[] = [];
  const phases: HostPhase[] = [];
  const host = new WorkerHost({
    host: 'vscode',
    source: 'vscode',
    dataDir,
    env: {},
    timing,
    ...options,
    startThread: (options, handlers) => {
      const thread = new FakeThread(options, handlers);
      threads.push(thread);
      return thread;
    },
    watch: (endpoint, handlers) => {
      const watch = { endpoint, handlers, isDisposed: false };
      watches.push(watch);
      return { dispose: () => (watch.isDisposed = true) };
    },
  });
  host.onState(({ phase }) => phases.push(phase));
  const last = <T>(list: readonly T[]): T => {
    const item = list.at(-1);
    assert.ok(item !== undefined, 'nothing was started');
    return item;
  };
  return {
    host,
    timing,
    threads,
    watches,
    phases,
    thread: () => last(threads),
    /** Every new thread is one, and every time that a thread was told to. */
    races: () => threads.length + threads.flatMap(({ posted }) => posted).filter((type) => type === 'race').length,
    watch: () => last(watches),
    /** Where an owner listens and has said its first word. */
    joined: () => {
      last(threads).says(notOwner);
      last(watches).handlers.onConnected();
      last(watches).handlers.onStatus(workerStatus({ pid: 99 }));
    },
  };
}

describe('WorkerHost', () => {
  describe('start', () => {
    it('starts one owner thread for the data directory, by default with HTTP on loopback', async () => {
      const { host, threads, thread } = setUp();
      const states = [host.start(), host.start()];
      thread().says(ready);
      assert.deepEqual(
        (await Promise.all(states)).map(({ phase }) => phase),
        ['owner', 'owner'],
      );
      assert.equal(threads.length, 1);
      const { dataDir: owned, host: kind, http } = thread().options;
      assert.deepEqual([owned, kind, http], [host.dataDir, 'vscode', { enabled: true, port: null, bind: '127.0.0.1' }]);
      assert.equal(host.capabilityUrl(), 'http://127.0.0.1:1/t/mcp');
    });

    it('makes it a client when another process owns, and tells whose', async () => {
      const { host, joined, phases, thread } = setUp();
      const starting = host.start();
      joined();
      const { phase, role, ownerPid } = await starting;
      assert.deepEqual([phase, role, ownerPid], ['client', 'client', 99]);
      assert.deepEqual(host.state.status?.pid, 99);
      assert.deepEqual(phases, ['starting', 'client']);
      assert.ok(!thread().isTerminated, 'it stands by');
    });

    it('is settled by an owner that accepts a connection and says nothing', async () => {
      const { host, thread, watch } = setUp();
      const starting = host.start();
      thread().says(notOwner);
      watch().handlers.onConnected();
      assert.equal((await starting).phase, 'client');
    });

    it('resolves with the reason when the directory cannot be opened, and keeps trying by itself', async () => {
      const { host, thread, threads, timing } = setUp();
      const starting = host.start();
      thread().says(failed);
      const { phase, error } = await starting;
      assert.deepEqual([phase, error?.code], ['failed', 'not_a_database']);
      timing.advance(60_000);
      assert.equal(threads.length, 2);
      thread().says(ready);
      assert.deepEqual([host.state.phase, host.state.error], ['owner', null]);
    });

    it('tries again at once when it is called in the state "failed"', async () => {
      const { host, thread, threads, timing } = setUp();
      void host.start();
      thread().says(failed);
      const again = host.start();
      assert.equal(threads.length, 2);
      thread().says(ready);
      assert.equal((await again).phase, 'owner');
      timing.advance(600_000);
      assert.equal(threads.length, 2);
    });

    it('races again while somebody holds the lock and nobody listens, less and less often', () => {
      const { host, thread, races, timing, watch } = setUp();
      void host.start();
      const pauses: number[] = [];
      for (let race = 1; race < 12; race += 1) {
        thread().says({ type: 'not-owner', ownerPid: null });
        watch().handlers.onGone(false);
        const since = timing.now();
        while (races() === race) timing.advance(1);
        pauses.push(timing.now() - since);
      }
      assert.ok((pauses[0] ?? 0) <= 25 && (pauses.at(-1) ?? 0) > 1_000, pauses.join());
      assert.ok(Math.max(...pauses) <= 2_000);
      assert.equal(host.state.phase, 'starting');
    });

    it('looks a few times whether a named owner listens by now, before another race', () => {
      const { host, thread, races, timing, watches, watch } = setUp();
      void host.start();
      thread().says(notOwner);
      const looks = watches.length;
      while (races() === 1) {
        watch().handlers.onGone(false);
        const before = watches.length;
        while (races() === 1 && watches.length === before) timing.advance(1);
      }
      assert.ok(watches.length - looks >= 4, `${watches.length - looks} looks`);
      assert.equal(host.state.phase, 'starting');
    });
  });

  describe('with joinOnly', () => {
    it('becomes a client without starting a thread, and stays stopped where there is no owner', async () => {
      const { host, threads, watch } = setUp();
      const alone = host.start({ joinOnly: true });
      watch().handlers.onGone(false);
      assert.equal((await alone).phase, 'stopped');
      const joining = host.start({ joinOnly: true });
      watch().handlers.onConnected();
      assert.equal((await joining).phase, 'client');
      watch().handlers.onGone(true);
      assert.deepEqual([host.state.phase, threads.length], ['stopped', 0]);
    });
  });

  describe('with addresses that are not proved', () => {
    it('connects to none of them, and stays as it is where there is no other', async () => {
      const { host, watches } = setUp({ isOwner: () => false });
      assert.equal((await host.start({ joinOnly: true })).phase, 'stopped');
      assert.deepEqual([watches.length, host.ownerSocket(), host.capabilityUrl()], [0, null, null]);
    });

    it('waits for a proof that has to be asked for, and hears none after a stop', async () => {
      const proofs: ((isOwner: boolean) => void)[] = [];
      const { host, watches, watch } = setUp({ isOwner: () => new Promise((resolve) => proofs.push(resolve)) });
      const first = host.start({ joinOnly: true });
      await host.stop();
      proofs[0]?.(true);
      assert.equal((await first).phase, 'stopped');
      assert.equal(watches.length, 0);
      const second = host.start({ joinOnly: true });
      proofs[1]?.(true);
      await new Promise(setImmediate);
      watch().handlers.onConnected();
      assert.equal((await second).phase, 'client');
      const { endpoint } = watch();
      assert.equal(host.ownerSocket(), endpoint.kind === 'socket' ? endpoint.path : '');
    });
  });

  describe('the owner’s end', () => {
    it('makes a client race for the lock within a moment', () => {
      const { host, joined, races, timing, watch } = setUp();
      void host.start();
      joined();
      watch().handlers.onGone(true);
      assert.equal(host.state.phase, 'starting');
      timing.advance(20);
      assert.equal(races(), 2);
    });

    it('is answered by the thread that stood by, and by a new one where that has crashed', () => {
      const { host, joined, phases, thread, threads, timing, watch } = setUp();
      void host.start();
      joined();
      watch().handlers.onGone(true);
      timing.advance(20);
      assert.deepEqual([threads.length, thread().posted], [1, ['race']]);
      joined();
      thread().crashes();
      assert.deepEqual([host.state.phase, phases.at(-1)], ['client', 'client']);
      watch().handlers.onGone(true);
      timing.advance(20);
      thread().says(ready);
      assert.deepEqual([host.state.phase, threads.length], ['owner', 2]);
    });

    it('by order of somebody else leaves the host stopped', () => {
      const { host, thread, threads, timing } = setUp();
      void host.start();
      thread().says(ready);
      thread().says(stopped);
      timing.advance(600_000);
      assert.deepEqual([host.state.phase, threads.length], ['stopped', 1]);
    });

    it('by a crash starts a new thread at once, and later ones after longer and longer pauses', () => {
      const { host, thread, threads, timing } = setUp();
      const logged: string[] = [];
      host.onLog(({ text }) => logged.push(text));
      void host.start();
      thread().says(ready);
      thread().crashes();
      assert.deepEqual([host.state.phase, threads.length], ['starting', 2]);
      thread().says(ready);
      thread().crashes();
      assert.equal(host.state.phase, 'failed');
      assert.match(host.state.error?.message ?? '', /The owner thread crashed \(Error at /);
      const pauses: number[] = [];
      for (let count = 0; count < 6; count += 1) {
        const [since, started] = [timing.now(), threads.length];
        while (threads.length === started) timing.advance(10);
        pauses.push(timing.now() - since);
        thread().crashes();
      }
      assert.deepEqual(
        pauses,
        [...pauses].sort((a, b) => a - b),
      );
      assert.equal(logged.length, 8);
    });

    it('by a crash after a long life counts as the first one', () => {
      const { host, thread, threads, timing } = setUp();
      void host.start();
      for (let count = 1; count < 5; count += 1) {
        thread().says(ready);
        timing.advance(3_600_000);
        thread().crashes();
        assert.equal(threads.length, count + 1);
      }
    });

    it('by a failure in mid-life is treated as a crash', () => {
      const { host, thread, threads } = setUp();
      void host.start();
      thread().says(ready);
      thread().says(failed);
      assert.deepEqual([host.state.phase, threads.length], ['starting', 2]);
    });
  });

  describe('stop', () => {
    it('waits for the last word of the owner, then ends the thread', async () => {
      const { host, thread, timing } = setUp();
      void host.start();
      thread().says(ready);
      let isDone = false;
      const stopping = host.stop().then(() => (isDone = true));
      assert.deepEqual(thread().posted, ['stop']);
      await new Promise(setImmediate);
      assert.equal(isDone, false);
      thread().says(stopped);
      await stopping;
      assert.deepEqual([host.state.phase, thread().isTerminated, timing.pending], ['stopped', true, 0]);
    });

    it('ends the thread by force when it does not stop in time, and says so', async () => {
      const { host, thread, timing } = setUp();
      const logged: string[] = [];
      host.onLog(({ text }) => logged.push(text));
      void host.start();
      thread().says(ready);
      const stopping = host.stop();
      timing.advance(10_000);
      await stopping;
      assert.deepEqual([host.state.phase, thread().isTerminated, logged.length], ['stopped', true, 1]);
    });

    it('is the same call when it is called twice, and start waits for it', async () => {
      const { host, thread, threads } = setUp();
      void host.start();
      thread().says(ready);
      const stops = [host.stop(), host.stop()];
      const starting = host.start();
      assert.deepEqual(thread().posted, ['stop']);
      thread().says(stopped);
      await Promise.all(stops);
      await new Promise(setImmediate);
      assert.equal(threads.length, 2);
      thread().says(ready);
      assert.equal((await starting).phase, 'owner');
    });

    it('for good is not undone by a start that waited for it, or comes later', async () => {
      const { host, thread, threads } = setUp();
      void host.start();
      thread().says(ready);
      const closing = host.close();
      const starting = host.start();
      thread().says(stopped);
      await closing;
      assert.deepEqual([(await starting).phase, (await host.start()).phase, threads.length], ['stopped', 'stopped', 1]);
    });

    it('settles a start that was under way', async () => {
      const { host, thread } = setUp();
      const starting = host.start();
      const stopping = host.stop();
      thread().says(stopped);
      await stopping;
      assert.equal((await starting).phase, 'stopped');
    });
  });

  describe('from every phase', () => {
    const ways: readonly [HostPhase, (made: ReturnType<typeof setUp>) => void][] = [
      ['stopped', () => undefined],
      ['starting', ({ host }) => void host.start()],
      ['owner', ({ host, thread }) => (void host.start(), thread().says(ready))],
      ['client', ({ host, joined }) => (void host.start(), joined())],
      ['failed', ({ host, thread }) => (void host.start(), thread().says(failed))],
      [
        'degraded',
        ({ host, thread }) => {
          void host.start();
          thread().says(ready);
          const degraded = { code: 'journal_write_failed', reason: 'The disk is full.' };
          thread().says({ type: 'status', status: workerStatus({ degraded }) });
        },
      ],
    ];
    for (const [phase, reach] of ways) {
      it(`${phase}: stop leads to stopped and leaves no timer, watch or thread`, async () => {
        const made = setUp();
        reach(made);
        assert.equal(made.host.state.phase, phase);
        const stopping = made.host.stop();
        if (made.threads.length > 0) made.thread().says(stopped);
        await stopping;
        assert.equal(made.host.state.phase, 'stopped');
        assert.equal(made.timing.pending, 0);
        assert.ok(made.threads.every(({ isTerminated }) => isTerminated));
        assert.ok(made.watches.every(({ isDisposed }) => isDisposed));
      });

      it(`${phase}: what threads and watches say after the stop is not heard`, async () => {
        const made = setUp();
        reach(made);
        const stopping = made.host.stop();
        if (made.threads.length > 0) made.thread().says(stopped);
        await stopping;
        made.phases.length = 0;
        for (const { handlers } of made.threads) {
          handlers.onMessage(ready);
          handlers.onEnd(new Error('late'));
        }
        assert.deepEqual([made.host.state.phase, made.phases], ['stopped', []]);
      });
    }
  });

  it('is degraded while its owner refuses writes, and owner again afterwards', () => {
    const { host, phases, thread } = setUp();
    const counted: number[] = [];
    host.onStatus(({ blocks }) => counted.push(blocks));
    void host.start();
    thread().says(ready);
    const degraded = { code: 'journal_write_failed', reason: 'The disk is full.' };
    thread().says({ type: 'status', status: workerStatus({ blocks: 1, degraded }) });
    assert.deepEqual([host.state.phase, host.state.role], ['degraded', 'owner']);
    thread().says({ type: 'status', status: workerStatus({ blocks: 2 }) });
    thread().says({ type: 'status', status: workerStatus({ blocks: 3 }) });
    assert.deepEqual(phases, ['starting', 'owner', 'degraded', 'owner']);
    assert.deepEqual(counted, [0, 1, 2, 3]);
  });

  it('answers for a memory that nobody serves with the reason', async () => {
    const { host, thread } = setUp();
    await assert.rejects(host.service.stats(), { code: 'worker_required' });
    void host.start();
    thread().says(failed);
    await assert.rejects(host.service.stats(), { code: 'not_a_database' });
  });

  it('answers at once for a folder that is gone, although an owner is known', async () => {
    const { host, thread } = setUp();
    void host.start();
    thread().says(ready);
    await assert.rejects(host.service.stats(), { code: 'data_dir_missing', outcome: 'not_written' });
  });

  it('passes on what the owner logs', () => {
    const { host, thread } = setUp();
    const logged: object[] = [];
    const listening = host.onLog((line) => logged.push(line));
    void host.start();
    thread().says({ type: 'log', level: 'info', text: 'one' });
    listening.dispose();
    thread().says({ type: 'log', level: 'info', text: 'two' });
    assert.deepEqual(logged, [{ level: 'info', text: 'one' }]);
  });
});
