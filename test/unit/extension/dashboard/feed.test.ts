import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/client/emitter.js';
import { STOPPED, type HostState } from '../../../../src/client/hostState.js';
import { StatusHistory } from '../../../../src/dashboard/history.js';
import { FIRST_LOOK, parseToPage, type Look, type ToPage } from '../../../../src/dashboard/messages.js';
import { DashboardFeed } from '../../../../src/extension/dashboard/feed.js';
import { english } from '../../../../src/extension/localizer.js';
import { GreeumError } from '../../../../src/protocol/errors.js';
import type { MemoryService } from '../../../../src/protocol/memoryService.js';
import { workerStatus } from '../status.js';

/** A feed with a page that keeps what it is told, a worker that says what it is told to, and a clock driven by hand. */
class Rig {
  readonly told: ToPage[] = [];
  readonly calls: string[] = [];
  readonly failures: GreeumError[] = [];
  readonly run: string[] = [];
  readonly opened: number[] = [];
  readonly history = new StatusHistory();
  readonly timers = new Set<() => void>();
  answer: () => Promise<unknown> = () => Promise.resolve({ groups: [], next_before: null });
  state: HostState = running();
  private readonly changed = new Emitter<HostState>();
  readonly feed: DashboardFeed;

  constructor() {
    const call = (operation: string): Promise<unknown> => {
      this.calls.push(operation);
      return this.answer();
    };
    // The state as it is when it is asked for, which a copy of the object's fields would not be.
    const stateNow = (): HostState => this.state;
    this.feed = new DashboardFeed({
      source: {
        get state() {
          return stateNow();
        },
        service: { call } as MemoryService,
        onDidChange: this.changed.event,
      },
      history: this.history,
      l10n: english,
      locale: 'en',
      clock: {
        nowMs: () => Date.UTC(2026, 2, 2, 12),
        every: (_, run) => {
          this.timers.add(run);
          return { dispose: () => this.timers.delete(run) };
        },
      },
      // As the editor does: what arrives is a copy.
      post: (message) => this.told.push(parseToPage(JSON.parse(JSON.stringify(message)))),
      run: (command) => this.run.push(command),
      open: (block) => this.opened.push(block),
      failed: (error) => this.failures.push(error),
    });
  }

  /** The page is there, and somebody looks. */
  ready(look: Partial<Look> = {}): this {
    this.feed.receive({ type: 'ready', look: { ...FIRST_LOOK, ...look } });
    return this;
  }

  enter(state: HostState): void {
    this.state = state;
    this.changed.fire(state);
  }

  tick(): void {
    for (const run of [...this.timers]) run();
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Types of what the page was told since the last time. */
  types(): string[] {
    return this.told.splice(0).map(({ type }) => type);
  }
}

function running(changes: Parameters<typeof workerStatus>[0] = {}): HostState {
  return { phase: 'owner', role: 'owner', ownerPid: 4711, status: workerStatus(changes), error: null };
}

describe('the feed of the dashboard', () => {
  it('says nothing until the page is ready, then what it shows', () => {
    const rig = new Rig();
    rig.tick();
    assert.deepEqual(rig.types(), []);
    rig.ready();
    assert.deepEqual(rig.types(), ['words', 'worker', 'live']);
  });

  it('moves the charts every second, and repeats nothing that has not changed', () => {
    const rig = new Rig().ready();
    rig.types();
    rig.tick();
    rig.enter(running({ clients: 2 }));
    rig.tick();
    assert.deepEqual(rig.types(), ['live', 'worker', 'live']);
  });

  it('runs no timer while it is hidden, and asks and says nothing', async () => {
    const rig = new Rig().ready({ tab: 'growth' });
    await rig.settle();
    assert.equal(rig.timers.size, 1);
    rig.feed.setVisible(false);
    rig.types();
    rig.calls.length = 0;
    assert.equal(rig.timers.size, 0);
    rig.enter(running({ last_sequence: 99 }));
    await rig.settle();
    assert.deepEqual([rig.types(), rig.calls], [[], []]);
    rig.feed.setVisible(true);
    assert.equal(rig.timers.size, 0, 'the page has yet to be made anew');
    rig.ready();
    assert.equal(rig.timers.size, 1);
    assert.deepEqual(rig.types(), ['words', 'worker', 'live']);
  });

  it('drops an answer that comes after the page was hidden', async () => {
    const rig = new Rig();
    let answer: ((value: unknown) => void) | undefined;
    rig.answer = () => new Promise((resolve) => (answer = resolve));
    rig.ready({ tab: 'growth' }).types();
    rig.feed.setVisible(false);
    answer?.({ groups: [], next_before: null });
    await rig.settle();
    assert.deepEqual(rig.types(), []);
  });

  it('gives its timer back when the panel is closed', () => {
    const rig = new Rig().ready();
    rig.feed.dispose();
    assert.equal(rig.timers.size, 0);
    rig.ready();
    assert.equal(rig.timers.size, 0);
  });

  it('asks for days only when something was written, all pages of them', async () => {
    const rig = new Rig();
    const pages = [
      { groups: [{ key: '2026-03-02', blocks: 3 }], next_before: 7 },
      { groups: [{ key: '2026-03-01', blocks: 5 }], next_before: null },
    ];
    rig.answer = () => Promise.resolve(pages.shift() ?? { groups: [], next_before: null });
    rig.ready({ tab: 'growth' });
    await rig.settle();
    const growth = rig.told.find((message) => message.type === 'growth');
    const days = [
      { day: '2026-03-02', blocks: 3 },
      { day: '2026-03-01', blocks: 5 },
    ];
    assert.deepEqual(growth, { type: 'growth', days, today: '2026-03-02' });
    rig.calls.length = 0;
    rig.tick();
    assert.deepEqual(rig.calls, []);
    rig.enter(running({ last_sequence: 44 }));
    rig.tick();
    assert.deepEqual(rig.calls, ['list_groups']);
  });

  it('says what failed, and tries again when it is told to', async () => {
    const rig = new Rig();
    rig.answer = () => Promise.reject(new GreeumError('timeout', 'The worker did not answer in time.'));
    rig.ready({ tab: 'growth' });
    await rig.settle();
    assert.ok(rig.types().includes('trouble'));
    assert.equal(rig.failures.length, 1);
    rig.feed.receive({ type: 'retry' });
    assert.equal(rig.calls.length, 2);
  });

  it('says at once that the worker has gone, asks it nothing, and goes on by itself', async () => {
    const rig = new Rig().ready({ tab: 'growth' });
    await rig.settle();
    rig.types();
    rig.calls.length = 0;
    rig.enter(STOPPED);
    const face = rig.told.at(-1);
    assert.ok(face?.type === 'worker' && face.commands.includes('startWorker') && face.mood === 'warning');
    rig.tick();
    assert.deepEqual(rig.calls, []);
    rig.enter({ ...running({ epoch: 4, last_sequence: 60 }), phase: 'client', role: 'client' });
    rig.tick();
    assert.deepEqual(rig.calls, ['list_groups']);
    assert.match(JSON.stringify(rig.told.at(-1)), /client of another window/);
  });

  it('speaks the same sentence however many writes wait: it is read out when it changes', () => {
    const rig = new Rig().ready();
    rig.enter(running({ queue: { depth: 40, in_flight: 8 } }));
    const sentences = rig.told.flatMap((message) => (message.type === 'worker' ? [message.sentence] : []));
    assert.deepEqual([...new Set(sentences)], ['Greeum: the worker runs in this window']);
  });

  it('sends the graph, and opens the memory that is picked in it', async () => {
    const rig = new Rig();
    const node = { block_index: 3, branch: 'r', slot: 'A', project: null, timestamp: '', title: '<b>', continues: 2 };
    const graph = { nodes: [node], associations: [] };
    rig.answer = () => Promise.resolve(graph);
    rig.ready({ tab: 'graph', limit: 2000 });
    await rig.settle();
    assert.deepEqual(rig.calls, ['memory_graph']);
    assert.deepEqual(rig.told.at(-1), { type: 'graph', graph, total: 42 });
    rig.feed.receive({ type: 'open', block: 3 });
    assert.deepEqual(rig.opened, [3]);
    for (const block of [-1, 1.5, '3', null]) assert.throws(() => rig.feed.receive({ type: 'open', block }));
  });

  it('runs the commands of buttons and refuses every other', () => {
    const rig = new Rig().ready();
    rig.feed.receive({ type: 'run', command: 'startWorker' });
    assert.deepEqual(rig.run, ['startWorker']);
    assert.throws(() => rig.feed.receive({ type: 'run', command: 'workbench.action.quit' }));
    assert.deepEqual(rig.run, ['startWorker']);
  });
});
