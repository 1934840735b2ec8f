/**
 * The writer: lock, store, queue, checkpoints and reads of one data directory, put together. Runs in the owner's
 * writer thread, and in a CLI process that found no owner.
 */

import { parseInput } from '../memory/parseInput.js';
import { rebase } from '../memory/rebase.js';
import type { Provenance } from '../memory/author.js';
import { resolveCommand } from '../memory/resolveCommand.js';
import type { VectorSource } from '../embedding/vectors.js';
import type { Command } from '../protocol/commands.js';
import type { EmbeddingStatus } from '../protocol/embedding.js';
import type { SecretPolicy } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import {
  isWriteOperation,
  type OwnerOperation,
  type DegradedState,
  type FlushResult,
  type IndexStatus,
  type OperationName,
  type Operations,
  type QueueStatus,
  type StorageStatus,
} from '../protocol/operations.js';
import type { TeamLog, WhenUnreachable } from '../protocol/teamLog.js';
import { loadEngine } from '../storage/engine.js';
import { nodeFiles, type Files } from '../storage/files.js';
import { layoutOf, type Layout } from '../storage/layout.js';
import type { MemoryFollower } from '../storage/memoryFollower.js';
import type { SearchIndex } from '../storage/searchIndex.js';
import { Store } from '../storage/store.js';
import type { Background } from './background.js';
import { Checkpointer } from './checkpointer.js';
import { makeMemoryFolder, prepareDataDir } from './dataDirectory.js';
import { embeddedCommit } from './commit.js';
import { createEmbedder } from './createEmbedder.js';
import type { Embedder } from './embedder.js';
import type { Indexer } from './indexer.js';
import { askMeaning } from './meaning.js';
import { LOCAL_WRITER_WAIT_MS, OwnershipLock, type LockHolder } from './ownership.js';
import { ports } from './ports.js';
import { isCopy } from './position.js';
import { isReadOperation, type Reads } from './reads.js';
import type { Reindexer } from './reindexer.js';
import { Replica } from './replica.js';
import { WriteQueue } from './writeQueue.js';
import { indexerOf, readsOf, reindexerOf } from './writerParts.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface WriterOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly role: LockHolder['role'];
  /** Default: the machine's own. */
  readonly files?: Files;
  /** Default: `redact`. */
  readonly secrets?: SecretPolicy | undefined;
  /** For a directory that is a copy of a team's memory. @throws GreeumError `invalid_storage_url` */
  readonly openTeamLog?: (() => TeamLog) | undefined;
  /** Default: `refuse`. */
  readonly whenUnreachable?: WhenUnreachable | undefined;
  /** What this process has loaded while another one owned the directory. */
  readonly follower?: MemoryFollower | undefined;
  /** Makes vectors; null: none are wanted. `model` as it was configured. */
  readonly vectors?: { readonly source: VectorSource; readonly model: string } | null;
  createBackground(store: Store): Background;
  /** The lock is taken, and the directory is about to be opened. */
  onLocked?(database: string): void;
  /** Lines hold no memory text. */
  log(level: LogLevel, text: string): void;
  /** Something of `snapshot` is new. */
  onChange(): void;
  /** The writer must be thrown away: what it would answer from now on may not be what is on disk. */
  onFatal(error: GreeumError): void;
}

/** Where a call comes from. */
export interface Origin extends Provenance {
  /** Whose turn a write takes, see `fairQueue.ts`. */
  readonly caller: string;
}

/** The caller of what nobody asked for. */
const OWNER_ITSELF = 'owner';

/** What the writer contributes to `WorkerStatus`. */
export interface WriterSnapshot {
  readonly epoch: number;
  readonly data_dir: string;
  readonly database: string;
  readonly blocks: number;
  readonly last_sequence: number;
  readonly queue: QueueStatus;
  readonly index: IndexStatus;
  readonly embedding: EmbeddingStatus | null;
  readonly storage: StorageStatus | null;
  readonly degraded: DegradedState | null;
}

/** `worker_status` and `stop` are the owner's, who knows of endpoints and clients. */
export type WriterOperation = Exclude<OperationName, OwnerOperation>;

export class Writer {
  readonly #options: WriterOptions;
  readonly #layout: Layout;
  readonly #lock: OwnershipLock;
  readonly #store: Store;
  readonly #replica: Replica | null;
  readonly #queue: WriteQueue;
  readonly #checkpointer: Checkpointer;
  readonly #background: Background;
  readonly #reads: Reads;
  readonly #indexer: Indexer;
  readonly #reindexer: Reindexer<SearchIndex>;
  readonly #embedder: Embedder | null;
  readonly #secrets: SecretPolicy;
  #degraded: DegradedState | null = null;
  /** Set when the image lacks what is on disk. */
  #lost: GreeumError | null = null;
  #closing: Promise<void> | null = null;
  #isClosed = false;

  private constructor(options: WriterOptions, layout: Layout, lock: OwnershipLock, store: Store) {
    this.#options = options;
    this.#secrets = options.secrets ?? 'redact';
    this.#layout = layout;
    this.#lock = lock;
    this.#store = store;
    this.#background = options.createBackground(store);
    this.#replica = this.#replicaOf(options);
    this.#queue = new WriteQueue(this.#replica?.commit ?? embeddedCommit(store, ports.nowMs), ports, {
      onBatch: (error) => this.#afterBatch(error),
      onFatal: (error) => this.#lose(error),
    });
    this.#checkpointer = new Checkpointer(
      store,
      {
        monotonicMs: ports.monotonicMs,
        startTimer: (work, delayMs) => setTimeout(work, delayMs).unref(),
        build: (sequence) => this.#background.buildCheckpoint(sequence),
        onDone: (built, tookMs) => {
          options.log(
            'info',
            `Checkpoint at frame ${built.sequence}: ${built.databaseBytes} bytes, ${Math.round(tookMs)} ms.`,
          );
          for (const problem of built.problems) options.log('warn', `Left as it is: ${problem}`);
          options.onChange();
        },
        onFailed: (error) => this.#checkpointFailed(error),
      },
      store.appliedSequence,
    );
    this.#indexer = indexerOf(store, () => options.onChange());
    this.#reindexer = reindexerOf(store, () => options.onChange());
    this.#embedder =
      options.vectors === null || options.vectors === undefined
        ? null
        : createEmbedder({
            vectors: options.vectors,
            store,
            nowMs: ports.nowMs,
            submit: (command) => this.#queue.submit(command, OWNER_ITSELF),
            onChange: () => options.onChange(),
            warn: (text) => options.log('warn', text),
          });
    this.#reads = readsOf(store, this.#secrets, options.dataDir, layout.database);
    store.onFailure((failure) => this.#lose(failure));
  }

  /**
   * Takes the lock, recovers the directory and begins a new epoch.
   * @throws GreeumError `lock_busy`, the `data_dir_*` codes, and what `Store.open` throws
   */
  static async open(options: WriterOptions): Promise<Writer> {
    const files = options.files ?? nodeFiles;
    prepareDataDir(files, options.dataDir);
    const layout = layoutOf(options.dataDir, (path) => files.stat(path) !== null);
    makeMemoryFolder(files, options.dataDir, layout);
    // Compiled before the lock is taken: others wait for it.
    await loadEngine();
    const holder = { pid: process.pid, role: options.role };
    const lock = await OwnershipLock.acquireSoon(files, layout.lock, holder, LOCAL_WRITER_WAIT_MS);
    let writer: Writer;
    try {
      options.onLocked?.(layout.database);
      const store = await Store.open(files, layout, { nowMs: ports.nowMs(), rebase, follower: options.follower });
      for (const note of store.notes) options.log('info', note);
      writer = new Writer(options, layout, lock, store);
    } catch (error) {
      lock.release();
      throw error;
    }
    try {
      await writer.#begin();
    } catch (error) {
      await writer.close(0);
      throw error;
    }
    if (options.role === 'worker') {
      writer.#store.dropForeignIndexes();
      writer.#indexer.afterOpen();
      writer.#checkpointer.afterOpen();
      writer.#embedder?.start();
    }
    return writer;
  }

  /**
   * Runs one operation; a write resolves when it is durable.
   * @param signal ends one that may take minutes; what else there is takes no time, or is in the hands of the disk
   * @throws GreeumError
   */
  async call<K extends WriterOperation>(
    operation: K,
    input: unknown,
    origin: Origin,
    signal?: AbortSignal,
  ): Promise<Operations[K]['result']>;
  async call(operation: WriterOperation, input: unknown, origin: Origin, signal?: AbortSignal): Promise<unknown> {
    if (this.#lost !== null) throw this.#lost;
    if (this.#isClosed) throw stopping();
    if (isWriteOperation(operation)) {
      return this.#queue.submit(resolveCommand(operation, input, ports, origin, this.#secrets), origin.caller);
    }
    if (isReadOperation(operation)) {
      if (operation !== 'search_memory') return this.#reads.run(operation, input);
      const [meaning] = await Promise.all([askMeaning(this.#embedder, input, ports), this.#indexReady()]);
      return this.#reads.run(operation, input, meaning);
    }
    parseInput(operation, input);
    switch (operation) {
      case 'flush':
        return this.#flush();
      case 'verify':
        return this.#background.verify(signal);
      case 'reindex':
        return this.#reindexer.run(signal);
      case 'reembed':
        if (this.#embedder === null) throw noModel();
        return this.#embedder.again(signal);
    }
  }

  async #indexReady(): Promise<void> {
    await this.#indexer.nearlyComplete();
    if (this.#lost !== null) throw this.#lost;
    if (this.#isClosed) throw stopping();
  }

  get snapshot(): WriterSnapshot {
    return {
      epoch: this.#store.epoch,
      data_dir: this.#options.dataDir,
      database: this.#layout.database,
      blocks: this.#store.blockCount,
      last_sequence: this.#store.lastSequence,
      queue: {
        ...this.#queue.counters,
        batch_size: this.#queue.batchSize.percentiles(),
        wait_ms: this.#queue.waitMs.percentiles(),
        commit_ms: this.#queue.commitMs.percentiles(),
        journal_bytes: this.#store.journalBytes,
        checkpoints: this.#checkpointer.count,
        ms_since_checkpoint: this.#checkpointer.msSinceLast,
      },
      index: this.#indexStatus,
      embedding: this.#embedder?.status ?? null,
      storage: this.#replica?.status ?? null,
      degraded: this.#degraded,
    };
  }

  get #indexStatus(): IndexStatus {
    const total = this.#store.blockCount;
    const again = this.#reindexer.indexed;
    if (again !== null) return { state: 'building', indexed: again, total };
    if (!this.#store.isIndexOpen) return { state: 'unopened', indexed: 0, total };
    const backlog = this.#store.indexBacklog;
    return { state: backlog === 0 ? 'ready' : 'building', indexed: Math.max(0, total - backlog), total };
  }

  /**
   * Orderly stop: refuse new writes, write what waits, make a last checkpoint, release the lock.
   * @param checkpointMs how long the last checkpoint may take; 0 skips it. The journal holds everything anyway.
   */
  close(checkpointMs: number): Promise<void> {
    this.#closing ??= this.#close(checkpointMs);
    return this.#closing;
  }

  async #close(checkpointMs: number): Promise<void> {
    this.#queue.refuse(stopping());
    this.#replica?.endTries();
    await this.#queue.drained();
    this.#isClosed = true;
    await this.#replica?.close();
    await this.#embedder?.close();
    this.#indexer.close();
    this.#reindexer.close();
    await this.#lastCheckpoint(checkpointMs);
    this.#store.close();
    this.#lock.release();
  }

  async #lastCheckpoint(checkpointMs: number): Promise<void> {
    const timer = setTimeout(() => void this.#background.cancel(), checkpointMs);
    try {
      if (checkpointMs > 0 && this.#degraded === null) await this.#checkpointer.flush();
    } catch (error) {
      this.#options.log(
        'warn',
        `No checkpoint at the end: ${GreeumError.from(error).message} The journal holds everything.`,
      );
    }
    // Whatever came of it: nothing may touch the files once the lock is released.
    await this.#checkpointer.close();
    clearTimeout(timer);
    await this.#background.cancel();
  }

  async #flush(): Promise<FlushResult> {
    await this.#queue.drained();
    return this.#checkpointer.flush();
  }

  #afterBatch(error: GreeumError | undefined): void {
    if (error === undefined) {
      if (this.#degraded?.code !== 'database_changed') this.#degraded = null;
      this.#checkpointer.afterBatch();
      if (this.#options.role === 'worker') {
        this.#indexer.afterBatch();
        this.#embedder?.afterBatch();
      }
    } else {
      this.#options.log('error', `The batch was not written: ${error.message} (${error.code})`);
      this.#degraded = { code: error.code, reason: error.message };
    }
    this.#options.onChange();
  }

  /** Nothing is answered from the image any more, and none is written out that lacks what was acknowledged. */
  #lose(error: GreeumError): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    void this.#embedder?.close();
    this.#reindexer.close();
    void this.#checkpointer.close();
    this.#options.onFatal(error);
  }

  #checkpointFailed(error: GreeumError): void {
    this.#options.log('error', `The checkpoint failed: ${error.message} (${error.code})`);
    if (error.code === 'database_changed') {
      this.#degraded = { code: error.code, reason: error.message };
      this.#queue.refuse(
        new GreeumError('degraded', error.message, {
          retry: 'after-reconnect',
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        }),
      );
    }
    this.#options.onChange();
  }

  /** A copy of a team's memory is written to by nobody but its team: not even its slots are taken from a file. */
  async #begin(): Promise<void> {
    if (this.#replica !== null) return this.#replica.start();
    if (this.#store.teamState === null) return this.#importSlots();
    // Nor owned: whoever has the address would be a client of an owner that cannot write.
    throw isCopy();
  }

  #replicaOf(options: WriterOptions): Replica | null {
    if (options.openTeamLog === undefined) return null;
    const events = {
      onEntries: () => this.#afterBatch(undefined),
      onChange: () => options.onChange(),
      onFatal: (error: GreeumError) => this.#lose(error),
    };
    return new Replica(this.#store, options.openTeamLog(), ports, events, options.whenUnreachable);
  }

  /** What Python Greeum wrote to its slot file while no owner ran. */
  async #importSlots(): Promise<void> {
    let slots;
    try {
      slots = await this.#store.storedSlots();
    } catch (error) {
      this.#options.log('warn', `stm_anchors.db cannot be read: ${GreeumError.from(error).message}`);
      return;
    }
    if (slots.length === 0) return;
    const command: Command = {
      kind: 'import_slots',
      atMs: ports.nowMs(),
      idempotencyKey: null,
      payloadHash: '',
      slots,
    };
    await this.#queue.submit(command, OWNER_ITSELF);
  }
}

function noModel(): GreeumError {
  return new GreeumError('embedding_failed', 'No model is chosen, so there are no vectors to be made.', {
    hint: 'Choose one by greeum.embedding.url and .model, or greeum.embedding.folder (GREEUM_EMBEDDING_* outside VS Code).',
  });
}

function stopping(): GreeumError {
  return new GreeumError('worker_stopping', 'The worker is stopping.', {
    retry: 'after-reconnect',
    hint: 'Try again: another worker, or the local path, takes over.',
  });
}
