/**
 * Hosts an owner for a process that lives for a while: a VS Code window, `greeum worker serve`, `greeum mcp serve`.
 * Whoever gets the lock owns the directory, everybody else watches the owner and races for the lock when it goes.
 *
 *   stopped ──start──► starting ──ready──► owner ──status.degraded──► degraded
 *                       ▲    │                │  ▲                        │
 *                       │    └──not-owner──► client ──status.degraded─────┘
 *                       │                     │
 *                       ├──the owner is gone──┘
 *                       └──after a pause── failed ◄── the thread could not start, or keeps crashing
 *
 * Which way doubt falls: only the lock makes an owner, so a race too many costs time and nothing else. An owner that
 * accepts a connection and says nothing (suspended, or still recovering) is an owner, and this is its client.
 */

import { existsSync } from 'node:fs';
import type { StorageOptions } from '../protocol/teamLog.js';
import { embeddingFrom, type EmbeddingOptions } from '../protocol/embedding.js';
import { ENV, parseSecretPolicy, type Environment, type SecretPolicy, storageFrom } from '../protocol/environment.js';
import { GreeumError, kindOf, type SerializedError } from '../protocol/errors.js';
import type { OwnerHost, WorkerStatus, WriteSource } from '../protocol/operations.js';
import type { FromOwner, OwnerOptions } from '../protocol/ownerMessages.js';
import { VERSION } from '../protocol/version.js';
import { locateMemory, type MemoryLocation } from './dataDirectory.js';
import { folderIsGone, noWorker, START_AGAIN } from './callErrors.js';
import { isSameState, STOPPED, type HostLog, type HostState } from './hostState.js';
import { Emitter, type Disposable, type Event } from './emitter.js';
import { capabilityUrlOf } from './ownerProof.js';
import { startOwnerThread, type OwnerThread, type StartThread } from './ownerThread.js';
import { backOff, systemTiming, type Timing } from './timing.js';
import { WatchedOwner, type WatchPorts } from './watchedOwner.js';
import { WriteServiceClient } from './writeServiceClient.js';

export type { HostLog, HostPhase, HostState } from './hostState.js';

export interface WorkerHostOptions extends WatchPorts {
  host: OwnerHost;
  /** Source of memories added through {@link WorkerHost.service}. */
  source: WriteSource;
  /** Default: `GREEUM_DATA_DIR`, else `~/.greeum`. */
  dataDir?: string | undefined;
  env?: Environment | undefined;
  /** Default: on, first free port, 127.0.0.1. */
  http?: Partial<OwnerOptions['http']> | undefined;
  /** Default: what `GREEUM_SECRETS` says, else `redact`. */
  secrets?: SecretPolicy | undefined;
  /** Default: `GREEUM_EMBEDDING_*` of `env`. */
  embedding?: EmbeddingOptions | null | undefined;
  /** Default: `GREEUM_STORAGE_*` of `env`. */
  storage?: StorageOptions | null | undefined;
  /** How long an orderly stop may take before the thread is ended; default 10 000. */
  stopWithinMs?: number | undefined;
  startThread?: StartThread | undefined;
  timing?: Timing | undefined;
}

export interface StartOptions {
  /** Only becomes a client of an owner that is there already; without one the host stays `stopped`. */
  joinOnly?: boolean;
}

/** Spreads the windows that saw the same owner go. */
const RACE_JITTER_MS = 20;
/** Somebody holds the lock and does not listen yet: first and longest pause until the next race. */
const JOIN_PAUSE_MS = [25, 2_000] as const;
/** Looking whether they listen by now is cheaper than a race: so often is looked before the next one. */
const LOOKS_PER_RACE = 4;
/** First and longest pause after a thread that crashes again and again, and for a directory that cannot be opened. */
const CRASH_PAUSE_MS = [200, 30_000] as const;
const FAILURE_PAUSE_MS = [4_000, 60_000] as const;
/** An owner that lived this long crashed for a new reason: counting starts again. */
const STABLE_MS = 60_000;

export class WorkerHost {
  readonly #options: WorkerHostOptions;
  readonly #timing: Timing;
  readonly #onState = new Emitter<HostState>();
  readonly #onStatus = new Emitter<WorkerStatus>();
  readonly #onLog = new Emitter<HostLog>();
  readonly #secrets: SecretPolicy;
  readonly #embedding: EmbeddingOptions | null;
  readonly #storage: StorageOptions | null;
  #state = STOPPED;
  #joinOnly = false;
  #isClosed = false;
  /** The owner, or one that stands by while another process owns. */
  #thread: OwnerThread | null = null;
  /** Its thread was asked to take the lock, and has not said whether it has. */
  #isRacing = false;
  /** Of another process that owns. */
  #watch: WatchedOwner | null = null;
  #timer: Disposable | null = null;
  #stopping: Promise<void> | null = null;
  /** Set while a stop waits for the thread's last word. */
  #whenThreadEnds: (() => void) | null = null;
  /** Capability URL of our own owner. */
  #url: string | null = null;
  /** Repetitions in a row, for the back-offs. */
  #misses = 0;
  #failures = 0;
  #crashes = 0;
  #ownerSinceMs = 0;

  /**
   * The memory, whoever owns it: calls go to the owner's socket, wait while one is starting or taking over, and fail
   * with the reason when the host is stopped or failed. Nothing is ever opened in this thread.
   */
  readonly service: WriteServiceClient;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.#timing = options.timing ?? systemTiming;
    this.#secrets = options.secrets ?? parseSecretPolicy((options.env ?? process.env)[ENV.secrets]);
    this.#embedding = options.embedding === undefined ? embeddingFrom(options.env ?? process.env) : options.embedding;
    this.#storage = options.storage === undefined ? storageFrom(options.env ?? process.env) : options.storage;
    this.service = new WriteServiceClient({
      source: options.source,
      dataDir: this.dataDir,
      // A configured endpoint may lead elsewhere; a host serves its own directory.
      env: {},
      use: 'require',
      whenNoOwner: () => this.#whyNoOwner(),
      timing: options.timing,
    });
  }

  get state(): HostState {
    return this.#state;
  }

  /** Absolute path of the data directory. */
  get dataDir(): string {
    return this.#location.dataDir;
  }

  /** Phase, role, owner or error have changed. */
  get onState(): Event<HostState> {
    return this.#onState.event;
  }

  /** The owner's numbers, ours or another's, a few times a second while something happens. */
  get onStatus(): Event<WorkerStatus> {
    return this.#onStatus.event;
  }

  get onLog(): Event<HostLog> {
    return this.#onLog.event;
  }

  /**
   * URL of the owner with its token, for agents that need one; null where HTTP is off or nobody owns, and before
   * another owner's first word: what `worker_state.json` says may have been put there by anybody.
   */
  capabilityUrl(): string | null {
    const { role, status } = this.#state;
    if (role === 'owner') return this.#url;
    return role === null ? null : capabilityUrlOf(status?.endpoint ?? null, this.dataDir);
  }

  /** Socket or pipe of the owner; null where nobody owns. Never one that is only said to be its own. */
  ownerSocket(): string | null {
    const { role, status } = this.#state;
    if (role === 'owner') return status?.socket ?? null;
    const watchedAt = this.#watch?.endpoint;
    return role === 'client' && watchedAt?.kind === 'socket' ? watchedAt.path : null;
  }

  /**
   * Becomes the owner, or a client of it. Resolves with the first state that is not `starting`, which may be
   * `failed`; the host then keeps trying by itself. Called again: tries at once what it would try later.
   */
  async start(options: StartOptions = {}): Promise<HostState> {
    if (this.#stopping !== null) await this.#stopping;
    if (this.#isClosed) return this.#state;
    this.#joinOnly = options.joinOnly ?? false;
    if (this.#state.phase === 'stopped' || this.#state.phase === 'failed') {
      this.#misses = 0;
      this.#failures = 0;
      this.#enter({ ...STOPPED, phase: 'starting' });
      if (this.#joinOnly) this.#join(null);
      else this.#race();
    }
    return this.#settled();
  }

  /** Orderly: the owner drains its queue, then releases the lock; a client just leaves. Resolves when it is over. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  /** Stops for good: a start that comes later, or waits for the stop, starts nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
    this.service.close();
    for (const emitter of [this.#onState, this.#onStatus, this.#onLog]) emitter.dispose();
  }

  #settled(): Promise<HostState> {
    if (this.#state.phase !== 'starting') return Promise.resolve(this.#state);
    return new Promise((resolve) => {
      const listening = this.onState((state) => {
        if (state.phase === 'starting') return;
        listening.dispose();
        resolve(state);
      });
    });
  }

  async #stop(): Promise<void> {
    this.#release();
    const thread = this.#thread;
    if (thread !== null) await this.#endThread(thread);
    this.#enter(STOPPED);
  }

  /** Resolves when the thread is gone: by its own last word, or by force when the time is up. */
  async #endThread(thread: OwnerThread): Promise<void> {
    let deadline: Disposable | null = null;
    await new Promise<void>((resolve) => {
      this.#whenThreadEnds = resolve;
      deadline = this.#timing.schedule(this.#options.stopWithinMs ?? 10_000, () => {
        this.#log('warn', 'The owner did not stop in time and was ended. Nothing acknowledged is lost.');
        resolve();
      });
      thread.post({ type: 'stop' });
    });
    (deadline as Disposable | null)?.dispose();
    this.#whenThreadEnds = null;
    this.#thread = null;
    await thread.terminate();
  }

  // --- the race for the lock -----------------------------------------------------------------------------------

  #race(): void {
    this.#release();
    this.#isRacing = true;
    if (this.#thread === null) this.#startThread();
    else this.#thread.post({ type: 'race' });
  }

  #startThread(): void {
    const { host, http } = this.#options;
    const options: OwnerOptions = {
      dataDir: this.dataDir,
      host,
      version: VERSION,
      http: { enabled: true, port: null, bind: '127.0.0.1', ...http },
      secrets: this.#secrets,
      embedding: this.#embedding,
      storage: this.#storage,
    };
    try {
      const thread = (this.#options.startThread ?? startOwnerThread)(options, {
        onMessage: (message) => this.#thread === thread && this.#hear(message),
        onEnd: (error) => this.#thread === thread && this.#threadEnded(error),
      });
      this.#thread = thread;
    } catch (error) {
      this.#failed(GreeumError.from(error).toJSON(), FAILURE_PAUSE_MS);
    }
  }

  #hear(message: FromOwner): void {
    switch (message.type) {
      case 'ready':
        this.#isRacing = false;
        this.#url = message.endpoint;
        this.#misses = 0;
        this.#failures = 0;
        this.#ownerSinceMs = this.#timing.now();
        return this.#follow('owner', message.status);
      case 'status':
        return this.#state.role === 'owner' ? this.#follow('owner', message.status) : undefined;
      case 'log':
        return this.#log(message.level, message.text);
      case 'not-owner':
        this.#isRacing = false;
        return this.#whenThreadEnds === null ? this.#join(message.ownerPid) : undefined;
      case 'failed':
        return this.#afterThread(() =>
          this.#state.role === 'owner' ? this.#crashed(message.error) : this.#failed(message.error, FAILURE_PAUSE_MS),
        );
      case 'stopped':
        // Unasked by us: somebody stopped the worker through its endpoint, and meant it.
        return this.#afterThread(() => this.#enter(STOPPED));
    }
  }

  /** The thread spoke its last word; under a `stop` that is all it was waited for. */
  #afterThread(next: () => void): void {
    const thread = this.#thread;
    this.#isRacing = false;
    if (this.#whenThreadEnds !== null) return this.#whenThreadEnds();
    this.#thread = null;
    void thread?.terminate();
    next();
  }

  #threadEnded(error: Error | null): void {
    const wasNeeded = this.#isRacing || this.#state.role === 'owner';
    const reason = error === null ? 'it ended without a word' : kindOf(error);
    const crash = new GreeumError('internal', `The owner thread crashed (${reason}).`, {
      hint: 'Greeum starts it again; nothing acknowledged is lost. Please report this with the log.',
      retry: 'after-reconnect',
    });
    this.#afterThread(() => {
      if (wasNeeded) this.#crashed(crash.toJSON());
      else this.#log('error', crash.message);
    });
  }

  // --- another process owns ------------------------------------------------------------------------------------

  /** Watches the owner; races again where nobody listens. */
  #join(ownerPid: number | null): void {
    this.#release();
    const watch = new WatchedOwner(
      this.#location,
      {
        onConnected: () => {
          this.#misses = 0;
          this.#failures = 0;
          this.#enter({ phase: 'client', role: 'client', ownerPid, status: null, error: null });
        },
        onStatus: (status) => this.#follow('client', status),
        onGone: (wasConnected) => (wasConnected ? this.#ownerIsGone() : this.#nobodyListens(ownerPid)),
      },
      this.#options,
    );
    this.#watch = watch;
    watch.start();
  }

  #nobodyListens(ownerPid: number | null): void {
    this.#release();
    if (this.#joinOnly) return this.#enter(STOPPED);
    this.#enter({ ...STOPPED, phase: 'starting', ownerPid });
    const pause = backOff(this.#timing, this.#misses, ...JOIN_PAUSE_MS);
    this.#misses += 1;
    const isLook = ownerPid !== null && this.#misses % (LOOKS_PER_RACE + 1) !== 0;
    this.#timer = this.#timing.schedule(pause, () => (isLook ? this.#join(ownerPid) : this.#race()));
  }

  #ownerIsGone(): void {
    this.#release();
    if (this.#joinOnly) return this.#enter(STOPPED);
    this.#enter({ ...STOPPED, phase: 'starting' });
    this.#timer = this.#timing.schedule(this.#timing.random() * RACE_JITTER_MS, () => this.#race());
  }

  // --- trouble -------------------------------------------------------------------------------------------------

  /** Starts anew at once the first time, then after longer and longer pauses. */
  #crashed(error: SerializedError): void {
    if (this.#state.role === 'owner' && this.#timing.now() - this.#ownerSinceMs > STABLE_MS) this.#crashes = 0;
    this.#crashes += 1;
    this.#log('error', error.message);
    if (this.#crashes > 1) return this.#failed(error, CRASH_PAUSE_MS, this.#crashes - 2);
    this.#enter({ ...STOPPED, phase: 'starting', error });
    this.#race();
  }

  #failed(error: SerializedError, [first, most]: readonly [number, number], repetition = this.#failures++): void {
    this.#release();
    this.#enter({ ...STOPPED, phase: 'failed', error });
    this.#timer = this.#timing.schedule(backOff(this.#timing, repetition, first, most), () => {
      this.#enter({ ...STOPPED, phase: 'starting', error });
      this.#race();
    });
  }

  /** For a call that reaches nobody: null means that somebody is about to be there. */
  #whyNoOwner(): GreeumError | null {
    const { phase, role, error } = this.#state;
    if (phase === 'failed' && error !== null) return GreeumError.fromJSON(error);
    // Unmounted, or removed: nobody can be reached there, so there is nothing to wait for.
    if (role !== null && !existsSync(this.dataDir)) return folderIsGone(this.dataDir);
    if (phase !== 'stopped') return null;
    return noWorker(this, START_AGAIN);
  }

  get #location(): MemoryLocation {
    return locateMemory(this.#options.dataDir, this.#options.env ?? process.env);
  }

  // --- state ---------------------------------------------------------------------------------------------------

  #follow(role: 'owner' | 'client', status: WorkerStatus): void {
    const phase = status.degraded === null ? role : 'degraded';
    this.#enter({ phase, role, ownerPid: status.pid, status, error: null });
    this.#onStatus.fire(status);
  }

  #enter(state: HostState): void {
    const before = this.#state;
    this.#state = state;
    if (state.role !== 'owner') this.#url = null;
    if (!isSameState(before, state)) this.#onState.fire(state);
  }

  #release(): void {
    this.#watch?.dispose();
    this.#watch = null;
    this.#timer?.dispose();
    this.#timer = null;
  }

  #log(level: HostLog['level'], text: string): void {
    this.#onLog.fire({ level, text });
  }
}
