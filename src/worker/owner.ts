/**
 * The owner: a writer thread that holds the lock, and the endpoints through which everybody reaches it. Lives in the
 * owner thread of a VS Code extension host, of `greeum worker serve` or of `greeum mcp serve`.
 */

import { realpathSync } from 'node:fs';
import { tmpdir, homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { readFields } from '../memory/input/fields.js';
import { GreeumError } from '../protocol/errors.js';
import { socketPath } from '../protocol/location.js';
import type { CallOptions, MemoryService } from '../protocol/memoryService.js';
import {
  isLongOperation,
  isOwnerOperation,
  type InputOf,
  type OperationName,
  type ResultOf,
  type RotateTokenResult,
  type StopResult,
  type WorkerStatus,
} from '../protocol/operations.js';
import type { FromOwner, OwnerOptions } from '../protocol/ownerMessages.js';
import { AccessToken } from './endpoint/accessToken.js';
import { readDiscovery, removeDiscovery, writeDiscovery } from './endpoint/discoveryFile.js';
import { createEndpoint, type Endpoint } from './endpoint/endpoint.js';
import { closeToOthers } from './endpoint/permissions.js';
import { exchangeToken, loadToken } from './endpoint/token.js';
import { patiently } from './patience.js';
import type { StandbyWriter } from './standbyWriter.js';
import type { WriterClient, WriterClientEvents } from './writerClient.js';

/** How long the checkpoint at an orderly stop may take. The editor gives an extension few seconds to end. */
const LAST_CHECKPOINT_MS = { vscode: 1_000, cli: 30_000 } as const;

/** The caller of calls that name none: they share one turn. */
const EVERYBODY = '';

export class Owner implements MemoryService {
  readonly #options: OwnerOptions;
  readonly #post: (message: FromOwner) => void;
  readonly #startedAtMs = Date.now();
  readonly #listeners = new Set<() => void>();
  readonly #token = new AccessToken('');
  #writer!: WriterClient;
  /** Being opened from the moment of the lock on; nobody is let in before the directory is open. */
  #doors: Promise<Endpoint> | null = null;
  /** Null until somebody may come in. */
  #endpoint: Endpoint | null = null;
  #stopping: Promise<void> | null = null;

  private constructor(options: OwnerOptions, post: (message: FromOwner) => void) {
    this.#options = options;
    this.#post = post;
  }

  /** @throws GreeumError `lock_busy` and what else keeps the directory from being owned, `no_free_port`, … */
  static async start(
    options: OwnerOptions,
    standby: StandbyWriter,
    post: (message: FromOwner) => void,
  ): Promise<Owner> {
    const owner = new Owner(options, post);
    const events: WriterClientEvents = {
      onSnapshot: () => owner.#changed(),
      log: (level, text) => post({ type: 'log', level, text }),
      onLost: (error) => void owner.#fail(error),
    };
    try {
      owner.#writer = await standby.open(events, (database) => owner.#openDoors(database));
    } catch (error) {
      await owner.#closeDoors();
      throw error;
    }
    try {
      await owner.#letIn();
    } catch (error) {
      await owner.#closeDoors();
      await owner.#writer.close(0);
      throw error;
    }
    return owner;
  }

  get status(): WorkerStatus {
    return {
      running: true,
      pid: process.pid,
      host: this.#options.host,
      version: this.#options.version,
      started_at_ms: this.#startedAtMs,
      endpoint: this.#endpoint?.url ?? null,
      socket: this.#endpoint?.socketPath ?? null,
      clients: this.#endpoint?.clients() ?? 0,
      ...this.#writer.snapshot,
    };
  }

  /** Everything a host needs to know once the endpoints answer. */
  get ready(): FromOwner {
    return {
      type: 'ready',
      status: this.status,
      endpoint: this.#endpoint?.capabilityUrl ?? null,
      socket: this.#endpoint?.socketPath ?? '',
    };
  }

  call<K extends OperationName>(operation: K, input: InputOf<K>, options?: CallOptions): Promise<ResultOf<K>>;
  async call(operation: OperationName, input: unknown, options: CallOptions = {}): Promise<unknown> {
    // They take nothing; what others take is checked by the writer.
    if (isOwnerOperation(operation)) readFields(operation, input, []);
    if (operation === 'worker_status') return this.status;
    if (operation === 'stop') return this.#stopSoon();
    if (operation === 'rotate_token') return this.#rotateToken();
    const origin = {
      source: options.source ?? 'api',
      client: options.client,
      caller: options.caller ?? EVERYBODY,
    };
    // Of the others nothing could be ended.
    const signal = isLongOperation(operation) ? options.signal : undefined;
    return patiently(operation, options, () => this.#writer.call(operation, input, origin, signal));
  }

  /** Refuse new, drain, last checkpoint, remove discovery, release the lock. Resolves when all is done. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The caller's answer leaves before the endpoint closes: it waits for answers under way. */
  #stopSoon(): StopResult {
    setImmediate(() => void this.stop());
    return { status: 'stopping', pid: process.pid };
  }

  /** First the file: a crash leaves the new token, which the next owner takes, or the old one and nothing done. */
  async #rotateToken(): Promise<RotateTokenResult> {
    if (this.#endpoint === null) throw notListening();
    this.#token.replace(await exchangeToken(this.#options.dataDir));
    this.#endpoint.dropTcp();
    await this.#tellWhere(this.#endpoint);
    this.#post(this.ready);
    this.#post({ type: 'log', level: 'info', text: 'The access token was exchanged; the old one opens nothing.' });
    return { status: 'rotated', endpoint: this.#endpoint.url };
  }

  async #stop(): Promise<void> {
    const { epoch } = this.status;
    // The writer first: what waits in it is answered while the endpoint still can.
    const closed = this.#writer.close(LAST_CHECKPOINT_MS[this.#options.host]);
    await this.#endpoint?.close();
    await removeDiscovery(this.#options.dataDir, { pid: process.pid, epoch });
    await closed;
    this.#post({ type: 'stopped' });
  }

  async #fail(error: GreeumError): Promise<void> {
    if (this.#stopping !== null) return;
    this.#stopping = this.#endpoint?.close() ?? Promise.resolve();
    await this.#stopping;
    this.#post({ type: 'failed', error: error.toJSON() });
  }

  #changed(): void {
    if (this.#endpoint === null) return;
    for (const listener of this.#listeners) listener();
    this.#post({ type: 'status', status: this.status });
  }

  /** What can be done beside the opening of the directory: both take their time, and callers wait for both. */
  #openDoors(database: string): void {
    this.#doors = this.#listen(database);
    // Told where it is waited for.
    this.#doors.catch(() => undefined);
  }

  async #listen(database: string): Promise<Endpoint> {
    const { dataDir, http, version } = this.#options;
    const warn = (text: string): void => this.#post({ type: 'log', level: 'warn', text });
    for (const repaired of await closeToOthers([dataDir, dirname(database)])) warn(repaired);
    const { token, replacedBecause } = await loadToken(dataDir);
    this.#token.replace(token);
    if (replacedBecause !== null) warn(`A new access token was made: ${replacedBecause}`);
    const previous = await readDiscovery(dataDir);
    return createEndpoint({
      service: this,
      version,
      status: () => this.status,
      onStatus: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      socketPath: socketPath(realpathSync(dirname(database)), {
        os: process.platform,
        homeDir: homedir(),
        tempDir: tmpdir(),
        uid: process.getuid?.() ?? 0,
      }),
      token: this.#token,
      http: http.enabled ? { bind: http.bind, port: http.port, preferredPort: portOf(previous?.endpoint) } : null,
      onWarning: warn,
    });
  }

  async #letIn(): Promise<void> {
    const endpoint = await this.#doors;
    if (endpoint === null) throw new Error('The directory was opened without its lock.');
    this.#endpoint = endpoint;
    endpoint.open();
    await this.#tellWhere(endpoint);
  }

  /** Nobody has been let in: it does not become an owner. */
  async #closeDoors(): Promise<void> {
    const endpoint = await this.#doors?.catch(() => null);
    await endpoint?.close();
  }

  /** So that clients find it. */
  async #tellWhere({ capabilityUrl: endpoint, socketPath: socket }: Endpoint): Promise<void> {
    const { dataDir, version, host } = this.#options;
    await writeDiscovery(dataDir, {
      ...(endpoint === null ? {} : { endpoint }),
      socket,
      pid: process.pid,
      started_at: new Date(this.#startedAtMs).toISOString(),
      semantic: false,
      log: join(dataDir, 'worker.log'),
      epoch: this.#writer.snapshot.epoch,
      version,
      host,
    });
  }
}

function notListening(): GreeumError {
  return new GreeumError('worker_stopping', 'The worker does not listen yet, or not any more.', {
    retry: 'after-reconnect',
  });
}

function portOf(endpoint: string | undefined): number | null {
  if (endpoint === undefined || !URL.canParse(endpoint)) return null;
  return Number(new URL(endpoint).port) || null;
}
