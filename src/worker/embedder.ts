/**
 * Vectors in the background: every memory gets one of the model that the user chose, new ones soon after they were
 * added. No write waits for the model, and none for the vectors: they are asked for outside the queue, and come into it
 * as commands when they are there. What is missing is read from the database, so whatever ends this, it goes on where
 * it was.
 */

import { ServerFailure } from '../embedding/serverProvider.js';
import type { OpenModel, VectorSource } from '../embedding/vectors.js';
import type { Similarities } from '../embedding/vectorTable.js';
import type { EmbeddingStatus } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';
import type { ReembedResult } from '../protocol/operations.js';
import type { VectorScan } from '../storage/vectorRows.js';

/** Between two turns of the event loop: one or two milliseconds of reading. */
const SCAN_BLOCKS = 200;
const BATCH_TEXTS = 32;
const BATCH_CHARS = 60_000;
/** Of one write: the writer is busy with it for one or two milliseconds. */
const WRITE_FLOATS = 16_384;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export interface EmbedStore {
  scan(model: string, dimension: number, after: number, limit: number): VectorScan;
  /** Text of a block. */
  context(blockIndex: number): string;
  blockCount(): number;
  /** Resolves when they are durable. */
  store(model: string, vectors: readonly { blockIndex: number; values: Float32Array }[]): Promise<unknown>;
}

export interface EmbedPorts {
  /** Runs `work` once after the delay. @returns takes it back */
  startTimer(work: () => void, delayMs: number): () => void;
  /** 0 to 1. */
  random(): number;
  /** The status is new. */
  onChange(): void;
  /** Once for each time that the model does not answer any more. */
  onFailed(error: GreeumError): void;
}

/** All vectors are made again because somebody asked for it. */
interface Again {
  /** Nobody wants it any more. */
  readonly signal: AbortSignal | undefined;
  isBegun: boolean;
  resolve(result: ReembedResult): void;
  reject(error: GreeumError): void;
}

export class Embedder {
  readonly #vectors: VectorSource;
  readonly #store: EmbedStore;
  readonly #ports: EmbedPorts;
  #model: OpenModel | null = null;
  readonly #configured: string;
  /** Everything up to this block was looked at. */
  #position = -1;
  #missing: number[] = [];
  #embedded = 0;
  #refused = 0;
  #failure: GreeumError | null = null;
  #failures = 0;
  #isAsleep = false;
  #isClosed = false;
  #again: Again | null = null;
  /** Ends whatever is waited for. */
  #wake: () => void = () => undefined;
  #running: Promise<void> | null = null;

  /** @param configured the model's name until it has told its own */
  constructor(vectors: VectorSource, configured: string, store: EmbedStore, ports: EmbedPorts) {
    this.#vectors = vectors;
    this.#configured = configured;
    this.#store = store;
    this.#ports = ports;
  }

  /** To be called once, when the store was opened. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** To be called after each batch: there may be new memories. */
  afterBatch(): void {
    if (this.#isAsleep) this.#wake();
  }

  get status(): EmbeddingStatus {
    return {
      model: this.#model?.model ?? this.#configured,
      dimension: this.#model?.dimension ?? null,
      state: this.#state,
      embedded: this.#embedded,
      total: this.#store.blockCount(),
      refused: this.#refused,
      problem: this.#failure?.message ?? null,
    };
  }

  get #state(): EmbeddingStatus['state'] {
    if (this.#failure !== null) return 'waiting';
    if (this.#model === null) return 'starting';
    return this.#isAsleep ? 'ready' : 'embedding';
  }

  /**
   * Asks the model for every memory's vector again, for when it is another one under the same name. A vector stays until
   * its successor is there, so searches go on, and whatever ends this leaves each memory with one of the two.
   * @param signal gives it up; the vectors that were made by then are kept
   * @throws GreeumError `embedding_failed`; `overloaded` when it runs already; `worker_stopping` when it was given up
   */
  async again(signal?: AbortSignal): Promise<ReembedResult> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#model === null) throw new GreeumError('embedding_failed', 'The model has not answered yet.');
    if (this.#again !== null) throw alreadyRuns();
    const over = new Promise<ReembedResult>(
      (resolve, reject) => (this.#again = { signal, isBegun: false, resolve, reject }),
    );
    const wake = (): void => this.#wake();
    signal?.addEventListener('abort', wake);
    this.#wake();
    try {
      return await over;
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  /** Null: the model does not answer now, or has nothing to compare with. */
  async compare(question: string): Promise<Similarities | null> {
    if (this.#model === null || this.#failure !== null || this.#isClosed) return null;
    try {
      const found = await this.#vectors.compare(question);
      this.#failures = 0;
      return found;
    } catch (error) {
      // The words answer the question too. Whether the model is well again is found out in the background.
      if (!(error instanceof GreeumError) || error.code !== 'embedding_failed') throw error;
      this.#failed(error);
      this.#wake();
      return null;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#endAgain(givenUp());
    await this.#vectors.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#open();
        await this.#work();
      } catch (error) {
        if (this.#isClosed) return;
        const failure = GreeumError.from(error);
        this.#endAgain(failure);
        this.#failed(failure);
      }
      if (this.#failure !== null) await this.#pause(this.#failure);
    }
  }

  /** @throws GreeumError while the model does not answer */
  async #open(): Promise<void> {
    const opened = await this.#vectors.open();
    const isSame = opened.model === this.#model?.model && opened.dimension === this.#model.dimension;
    // Another thread than before has an empty table: everything is read again, which costs no answer of the model.
    if (!isSame || opened.count !== this.#embedded) this.#lookAtAll();
    this.#model = opened;
    this.#failure = null;
    this.#ports.onChange();
  }

  #lookAtAll(): void {
    this.#position = -1;
    this.#missing = [];
    this.#embedded = 0;
    this.#refused = 0;
  }

  /** Until it is closed or fails. */
  async #work(): Promise<void> {
    while (!this.#isClosed && this.#failure === null && this.#model !== null) {
      if (this.#again !== null) this.#begin(this.#again);
      if (this.#again?.signal?.aborted === true) this.#endAgain(givenUp());
      else if (!this.#scanned(this.#model)) await new Promise(setImmediate);
      else if (this.#missing.length > 0) await this.#embedSome(this.#model);
      else if (this.#again !== null) this.#againIsDone(this.#again, this.#model);
      else await this.#sleep();
    }
  }

  /** Between two batches: the one under way knows what it lacked. */
  #begin(again: Again): void {
    if (!again.isBegun) this.#lookAtAll();
    again.isBegun = true;
  }

  #againIsDone(again: Again, { model }: OpenModel): void {
    this.#again = null;
    again.resolve({ status: 'reembedded', model, embedded: this.#embedded, refused: this.#refused });
  }

  /** What was not made again has its old vector, which is found by looking at all once more. */
  #endAgain(error: GreeumError): void {
    const again = this.#again;
    if (again === null) return;
    this.#again = null;
    this.#lookAtAll();
    again.reject(error);
  }

  /** @returns whether nothing is left to be looked at */
  #scanned({ model, dimension }: OpenModel): boolean {
    const { blocks, vectors, missing, last } = this.#store.scan(model, dimension, this.#position, SCAN_BLOCKS);
    if (last === null) return true;
    if (this.#again !== null) {
      this.#missing.push(...[...blocks, ...missing].sort((a, b) => a - b));
    } else {
      if (blocks.length > 0) this.#vectors.put(blocks, vectors);
      this.#missing.push(...missing);
      this.#embedded += blocks.length;
    }
    this.#position = last;
    this.#ports.onChange();
    return false;
  }

  async #embedSome({ model, dimension }: OpenModel): Promise<void> {
    const blocks = this.#nextBatch();
    const { taken, vectors } = await this.#vectors.embed(blocks.map((block) => this.#store.context(block)));
    const embedded = blocks.filter((_, at) => taken[at] === true);
    const each = embedded.map((blockIndex, at) => ({
      blockIndex,
      values: vectors.subarray(at * dimension, (at + 1) * dimension),
    }));
    const atOnce = Math.max(1, Math.floor(WRITE_FLOATS / dimension));
    for (let from = 0; from < each.length; from += atOnce) {
      await this.#store.store(model, each.slice(from, from + atOnce));
    }
    // Only now: what was not stored is asked for again.
    this.#missing.splice(0, blocks.length);
    if (embedded.length > 0) this.#vectors.put(embedded, vectors);
    this.#embedded += embedded.length;
    this.#refused += blocks.length - embedded.length;
    this.#failures = 0;
    this.#ports.onChange();
  }

  #nextBatch(): number[] {
    const blocks: number[] = [];
    let chars = 0;
    for (const block of this.#missing.slice(0, BATCH_TEXTS)) {
      chars += this.#store.context(block).length;
      if (blocks.length > 0 && chars > BATCH_CHARS) break;
      blocks.push(block);
    }
    return blocks;
  }

  async #sleep(): Promise<void> {
    this.#isAsleep = true;
    this.#ports.onChange();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isAsleep = false;
  }

  #failed(error: GreeumError): void {
    if (this.#failure === null) this.#ports.onFailed(error);
    this.#failure = error;
    this.#ports.onChange();
  }

  /** Longer after each failure, and never for all askers of a server at the same moment. */
  async #pause(error: GreeumError): Promise<void> {
    const doubled = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    const asked = error instanceof ServerFailure ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(asked, doubled * (0.5 + this.#ports.random()));
    await new Promise<void>((resolve) => {
      const cancel = this.#ports.startTimer(resolve, delayMs);
      this.#wake = () => {
        if (!this.#isClosed) return;
        cancel();
        resolve();
      };
    });
  }
}

function alreadyRuns(): GreeumError {
  return new GreeumError('overloaded', 'All vectors are being made again already.', {
    hint: 'Wait until it is done: "greeum worker status" shows how far it is.',
  });
}

function givenUp(): GreeumError {
  return new GreeumError('worker_stopping', 'Making the vectors again was given up; what was made by then is kept.');
}
