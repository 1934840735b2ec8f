import { ENV, parseWorkerUse, type Environment, type WorkerUse } from '../protocol/environment.js';
import type { GreeumError } from '../protocol/errors.js';
import type { CallOptions, MemoryService } from '../protocol/memoryService.js';
import {
  isWriteOperation,
  type AddMemoryInput,
  type AnchorUpdateInput,
  type GetMemoryInput,
  type InputOf,
  type ListAssociationsInput,
  type ListMemoriesInput,
  type OperationName,
  type ResultOf,
  type SearchMemoryInput,
  type UpdateAssociationsInput,
  type WriteSource,
} from '../protocol/operations.js';
import { VERSION } from '../protocol/version.js';
import { CallRun, type ClientWarning, type Parts, type Routed } from './callRun.js';
import { locateMemory, type MemoryLocation } from './dataDirectory.js';
import { findCandidates, type Candidate } from './discovery.js';
import type { Endpoint } from './endpoint.js';
import { HttpTransport, type Transport } from './httpTransport.js';
import { newIdempotencyKey } from './idempotencyKey.js';
import { openLocalBundle, type OpenLocal } from './localStore.js';
import { isOwner } from './ownerProof.js';
import { systemTiming, type Timing } from './timing.js';

export const DEFAULT_TIMEOUT_MS = 30_000;

export type { ClientWarning, Routed, Via } from './callRun.js';

export interface ClientOptions {
  /** Who the memories come from; a call may say otherwise. */
  source: WriteSource;
  /** Default: `GREEUM_DATA_DIR`, else `~/.greeum`. */
  dataDir?: string | undefined;
  /** Where to look for the worker before everything else: `http://127.0.0.1:…`, `unix:…` or `pipe:…`. */
  endpoint?: string | undefined;
  /** Default: what `GREEUM_USE_WORKER` says. */
  use?: WorkerUse | undefined;
  /** Default: the process's own. */
  env?: Environment | undefined;
  /** Keeps connections between calls; false for a process that calls once. Default true. */
  keepAlive?: boolean | undefined;
  onWarning?: ((warning: ClientWarning) => void) | undefined;
  /**
   * Asked under `use: require` when nobody can be reached: the error to fail with, or null to go on looking until the
   * call's time is up. Default: fail, unless this very call has met an owner that has gone since.
   */
  whenNoOwner?: (() => GreeumError | null) | undefined;
  transport?: Transport | undefined;
  isOwner?: Parts['isOwner'] | undefined;
  openLocal?: OpenLocal | undefined;
  timing?: Timing | undefined;
  newKey?: (() => string) | undefined;
}

/**
 * A {@link MemoryService} for everyone who is not the owner. Finds the owner at each call, gives every write an
 * idempotency key, keeps it over retries, and goes to the local store where there is no owner and that is allowed.
 * Calls may run side by side. Errors are `GreeumError` and nothing else; one whose outcome is `unknown` names the key
 * to repeat the write with.
 */
export class WriteServiceClient implements MemoryService {
  readonly #options: ClientOptions;
  readonly #env: Environment;
  readonly #use: WorkerUse;
  readonly #transport: Transport;
  readonly #runs = new Set<{ giveUp(): void }>();
  #isClosed = false;
  readonly #warned = new Set<string>();

  /** @throws GreeumError `invalid_argument` when `GREEUM_USE_WORKER` is neither 0, 1 nor `require` */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#use = options.use ?? parseWorkerUse(this.#env[ENV.useWorker]);
    this.#transport = options.transport ?? new HttpTransport({ keepAlive: options.keepAlive ?? true });
  }

  /** Where the memory is; looked up anew each time, because a data directory can appear or move. */
  get location(): MemoryLocation {
    return locateMemory(this.#options.dataDir, this.#env);
  }

  /** Where this client looks for the owner, best first. @throws GreeumError for a configured endpoint that is wrong */
  get endpoints(): readonly Endpoint[] {
    return this.#findCandidates(this.location).map(({ endpoint }) => endpoint);
  }

  async call<K extends OperationName>(operation: K, input: InputOf<K>, options?: CallOptions): Promise<ResultOf<K>> {
    return (await this.callWithRoute(operation, input, options)).result;
  }

  /** Like `call`, and says who answered. */
  async callWithRoute<K extends OperationName>(
    operation: K,
    input: InputOf<K>,
    options: CallOptions = {},
  ): Promise<Routed<K>> {
    const keyed = isWriteOperation(operation) ? this.#withKey(input) : input;
    const run = new CallRun(this.#parts(), operation, keyed, {
      source: options.source ?? this.#options.source,
      client: options.client,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: options.signal,
    });
    if (this.#isClosed) run.giveUp();
    this.#runs.add(run);
    try {
      return await run.run();
    } finally {
      this.#runs.delete(run);
    }
  }

  addMemory(input: AddMemoryInput, options?: CallOptions): Promise<ResultOf<'add_memory'>> {
    return this.call('add_memory', input, options);
  }

  searchMemory(input: SearchMemoryInput, options?: CallOptions): Promise<ResultOf<'search_memory'>> {
    return this.call('search_memory', input, options);
  }

  getMemory(input: GetMemoryInput, options?: CallOptions): Promise<ResultOf<'get_memory'>> {
    return this.call('get_memory', input, options);
  }

  listMemories(input: ListMemoriesInput = {}, options?: CallOptions): Promise<ResultOf<'list_memories'>> {
    return this.call('list_memories', input, options);
  }

  updateAssociations(input: UpdateAssociationsInput, options?: CallOptions): Promise<ResultOf<'update_associations'>> {
    return this.call('update_associations', input, options);
  }

  listAssociations(input: ListAssociationsInput = {}, options?: CallOptions): Promise<ResultOf<'list_associations'>> {
    return this.call('list_associations', input, options);
  }

  anchorUpdate(input: AnchorUpdateInput, options?: CallOptions): Promise<ResultOf<'anchor_update'>> {
    return this.call('anchor_update', input, options);
  }

  listAnchors(options?: CallOptions): Promise<ResultOf<'list_anchors'>> {
    return this.call('list_anchors', {}, options);
  }

  stats(options?: CallOptions): Promise<ResultOf<'get_memory_stats'>> {
    return this.call('get_memory_stats', {}, options);
  }

  verify(options?: CallOptions): Promise<ResultOf<'verify'>> {
    return this.call('verify', {}, options);
  }

  /** Only a worker answers this, whatever `use` says. */
  status(options?: CallOptions): Promise<ResultOf<'worker_status'>> {
    return this.call('worker_status', {}, options);
  }

  /** Writes `memory.db`, so that other programs see the latest memories in it. */
  flush(options?: CallOptions): Promise<ResultOf<'flush'>> {
    return this.call('flush', {}, options);
  }

  /** Exchanges the access token of the running worker: the old one opens nothing from then on. */
  rotateToken(options?: CallOptions): Promise<ResultOf<'rotate_token'>> {
    return this.call('rotate_token', {}, options);
  }

  /** Asks the owner to stop; it has accepted that when this resolves. Never repeated by itself. */
  stop(options?: CallOptions): Promise<ResultOf<'stop'>> {
    return this.call('stop', {}, options);
  }

  /** Calls under way give up; a write that was sent has the outcome `unknown`. Later calls fail. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#runs) run.giveUp();
    this.#transport.close();
  }

  #withKey<I extends object>(input: I): I {
    if ('idempotency_key' in input && input.idempotency_key !== undefined) return input;
    return { ...input, idempotency_key: (this.#options.newKey ?? newIdempotencyKey)() };
  }

  #parts(): Parts {
    return {
      use: this.#use,
      locate: () => this.location,
      findCandidates: (location) => this.#findCandidates(location),
      isOwner: this.#options.isOwner ?? isOwner,
      transport: this.#transport,
      openLocal: this.#options.openLocal ?? openLocalBundle,
      version: VERSION,
      timing: this.#options.timing ?? systemTiming,
      warn: (warning) => this.#warnOnce(warning),
      whenNoOwner: this.#options.whenNoOwner,
    };
  }

  #findCandidates(location: MemoryLocation): Candidate[] {
    return findCandidates(location, this.#env, this.#options.endpoint);
  }

  #warnOnce(warning: ClientWarning): void {
    if (this.#warned.has(warning.kind)) return;
    this.#warned.add(warning.kind);
    this.#options.onWarning?.(warning);
  }
}
