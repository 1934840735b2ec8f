import { Emitter, type Event } from '../client/emitter.js';
import { STOPPED, type HostLog, type HostState } from '../client/hostState.js';
import type { MemoryService } from '../protocol/memoryService.js';
import type { WorkerStatus } from '../protocol/operations.js';
import { Disposable, DisposableStore } from './lifecycle.js';
import type { McpEndpoints } from './mcpServer.js';
import { needsRestart, type WorkerSettings } from './workerSettings.js';

/** The part of the client's `WorkerHost` that the extension uses. */
export interface Host {
  readonly state: HostState;
  readonly service: MemoryService;
  readonly onState: Event<HostState>;
  readonly onStatus: Event<WorkerStatus>;
  readonly onLog: Event<HostLog>;
  start(options?: { joinOnly?: boolean }): Promise<HostState>;
  stop(): Promise<void>;
  close(): Promise<void>;
  capabilityUrl(): string | null;
  ownerSocket(): string | null;
}

/**
 * The worker of this window through all changes of the settings: a host knows one data directory for life, the
 * session replaces it. The host is made at the first need. Hosts are replaced one after the other, and nothing starts
 * while one is being replaced; a stop never waits for a start.
 */
export class WorkerSession extends Disposable {
  private readonly changed = this._register(new Emitter<HostState>());
  private readonly ownerChanged = this._register(new Emitter<HostState>());
  private readonly logged = this._register(new Emitter<HostLog>());
  private readonly listening = this._register(new Slot());
  private host: Host | null = null;
  private lastReplacement: Promise<void> = Promise.resolve();
  private announcedOwner = '';

  /** At every change of state or status, a few times a second at most. */
  readonly onDidChange = this.changed.event;
  /** When the owner, or the way to it, may be another one. */
  readonly onDidChangeOwner = this.ownerChanged.event;
  readonly onLog = this.logged.event;

  constructor(
    private settings: WorkerSettings,
    private readonly createHost: (settings: WorkerSettings) => Host,
  ) {
    super();
  }

  get state(): HostState {
    return this.host?.state ?? STOPPED;
  }

  /** Waits while a worker starts or moves; fails with the reason when there is none. */
  get service(): MemoryService {
    return this.currentHost().service;
  }

  /** Resolves with the state it led to; after `failed` the host goes on trying by itself. */
  async start(options: { joinOnly?: boolean } = {}): Promise<HostState> {
    await this.lastReplacement;
    return this.currentHost().start(options);
  }

  async stop(): Promise<void> {
    await this.host?.stop();
  }

  async restart(): Promise<HostState> {
    await this.stop();
    return this.start();
  }

  /** Takes over new settings; a running worker starts anew where they change what it was started with. */
  async apply(settings: WorkerSettings): Promise<void> {
    const isOutdated = needsRestart(this.settings, settings);
    this.settings = settings;
    if (!isOutdated || this.host === null) return;
    const wasStopped = this.state.phase === 'stopped';
    await this.close();
    if (!wasStopped) await this.start();
  }

  /** Orderly stop of the host for good: what was accepted is on disk when this resolves. */
  close(): Promise<void> {
    this.lastReplacement = this.lastReplacement.then(async () => {
      await this.host?.close();
      this.listening.set(null);
      this.host = null;
      this.tell();
    });
    return this.lastReplacement;
  }

  /** Resolves when no start is under way; never rejects. */
  async whenSettled(): Promise<void> {
    if (this.state.phase !== 'starting') return;
    await new Promise<void>((resolve) => {
      const waiting = this.onDidChange(({ phase }) => {
        if (phase === 'starting') return;
        waiting.dispose();
        resolve();
      });
    });
  }

  /** Where other programs reach the owner. The URL holds the token. Both null while there is no owner. */
  endpoints(): McpEndpoints {
    if (this.host === null || this.state.role === null) return { socket: null, endpoint: null };
    return { socket: this.host.ownerSocket(), endpoint: this.host.capabilityUrl() };
  }

  private currentHost(): Host {
    if (this.host !== null) return this.host;
    const host = this.createHost(this.settings);
    const store = new DisposableStore();
    store.add(host.onState(() => this.tell()));
    store.add(host.onStatus(() => this.tell()));
    store.add(host.onLog((line) => this.logged.fire(line)));
    this.listening.set(store);
    this.host = host;
    return host;
  }

  private tell(): void {
    const { state } = this;
    this.changed.fire(state);
    const { role, ownerPid, status } = state;
    const owner = JSON.stringify([role, ownerPid, status?.epoch, status?.endpoint, status?.socket]);
    if (owner === this.announcedOwner) return;
    this.announcedOwner = owner;
    this.ownerChanged.fire(state);
  }
}

/** Holds one disposable at a time. */
class Slot {
  private held: Disposable | null = null;

  set(next: Disposable | null): void {
    this.held?.dispose();
    this.held = next;
  }

  dispose(): void {
    this.set(null);
  }
}
