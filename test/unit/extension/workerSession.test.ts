import assert from 'node:assert/strict';
import { Emitter } from '../../../src/client/emitter.js';
import { STOPPED, type HostLog, type HostState } from '../../../src/client/hostState.js';
import type { MemoryService } from '../../../src/protocol/memoryService.js';
import type { WorkerStatus } from '../../../src/protocol/operations.js';
import { WorkerSession, type Host } from '../../../src/extension/workerSession.js';
import { resolveSettings, type WorkerSettings } from '../../../src/extension/workerSettings.js';
import { workerStatus } from './status.js';

const OWNER: HostState = { phase: 'owner', role: 'owner', ownerPid: 1, status: null, error: null };

class FakeHost implements Host {
  state: HostState = STOPPED;
  readonly states = new Emitter<HostState>();
  readonly statuses = new Emitter<WorkerStatus>();
  readonly logs = new Emitter<HostLog>();
  readonly onState = this.states.event;
  readonly onStatus = this.statuses.event;
  readonly onLog = this.logs.event;
  readonly service = {} as MemoryService;
  isClosed = false;

  constructor(
    readonly settings: WorkerSettings,
    private readonly order: string[],
  ) {}

  async start(): Promise<HostState> {
    this.order.push(`start ${this.settings.dataDir}`);
    this.enter({ ...STOPPED, phase: 'starting' });
    await Promise.resolve();
    this.enter(OWNER);
    return this.state;
  }

  async stop(): Promise<void> {
    await Promise.resolve();
    this.order.push(`stop ${this.settings.dataDir}`);
    this.enter(STOPPED);
  }

  async close(): Promise<void> {
    await this.stop();
    this.isClosed = true;
  }

  capabilityUrl(): string | null {
    return 'http://127.0.0.1:8820/secret/mcp';
  }

  ownerSocket(): string | null {
    return '/one/data/run/worker.sock';
  }

  enter(state: HostState): void {
    this.state = state;
    this.states.fire(state);
  }
}

function settingsOf(dataDir: string): WorkerSettings {
  return resolveSettings(
    {
      dataDir,
      autoStart: true,
      httpEnabled: true,
      httpPort: null,
      secrets: undefined,
      embedding: { url: '', model: '', folder: '', key: null },
      storage: { url: '', password: null, whenUnreachable: 'refuse' },
    },
    {},
    '/home/ada',
  );
}

function newSession(): { session: WorkerSession; hosts: FakeHost[]; order: string[] } {
  const hosts: FakeHost[] = [];
  const order: string[] = [];
  const session = new WorkerSession(settingsOf('/one'), (settings) => {
    const host = new FakeHost(settings, order);
    hosts.push(host);
    return host;
  });
  return { session, hosts, order };
}

describe('WorkerSession', () => {
  it('makes no host before it is needed', () => {
    const { session, hosts } = newSession();
    assert.equal(session.state.phase, 'stopped');
    assert.deepEqual(session.endpoints(), { socket: null, endpoint: null });
    assert.equal(hosts.length, 0);
  });

  it('tells every change of state and status', async () => {
    const { session, hosts } = newSession();
    const phases: string[] = [];
    session.onDidChange(({ phase }) => phases.push(phase));
    await session.start();
    hosts[0]?.statuses.fire(workerStatus());
    assert.deepEqual(phases, ['starting', 'owner', 'owner']);
  });

  it('tells of another owner only when it is another one', async () => {
    const { session, hosts } = newSession();
    let count = 0;
    session.onDidChangeOwner(() => count++);
    await session.start();
    const before = count;
    hosts[0]?.statuses.fire(workerStatus());
    assert.equal(count, before);
    hosts[0]?.enter({ ...OWNER, ownerPid: 2 });
    assert.equal(count, before + 1);
  });

  it('starts a new host when the data directory changes, after the old one has stopped', async () => {
    const { session, hosts, order } = newSession();
    await session.start();
    await session.apply(settingsOf('/two'));
    assert.deepEqual(order, ['start /one', 'stop /one', 'start /two']);
    assert.ok(hosts[0]?.isClosed);
    assert.equal(session.state.phase, 'owner');
  });

  it('ends on the latest of several quick changes, with one host running', async () => {
    const { session, hosts } = newSession();
    await session.start();
    await Promise.all([session.apply(settingsOf('/two')), session.apply(settingsOf('/three'))]);
    const running = hosts.filter(({ state }) => state.phase === 'owner');
    assert.deepEqual(
      running.map(({ settings }) => settings.dataDir),
      ['/three'],
    );
  });

  it('leaves a stopped worker stopped when settings change', async () => {
    const { session, order } = newSession();
    await session.start();
    await session.stop();
    await session.apply(settingsOf('/two'));
    assert.equal(session.state.phase, 'stopped');
    assert.deepEqual(order, ['start /one', 'stop /one', 'stop /one']);
  });

  it('keeps the host for a setting that concerns only the next window', async () => {
    const { session, order } = newSession();
    await session.start();
    await session.apply({ ...settingsOf('/one'), autoStart: false });
    assert.deepEqual(order, ['start /one']);
  });

  it('waits for a start under way and no longer', async () => {
    const { session, hosts } = newSession();
    await session.whenSettled();
    void session.start();
    await Promise.resolve();
    await session.whenSettled();
    assert.equal(hosts[0]?.state.phase, 'owner');
  });
});
