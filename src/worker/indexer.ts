/**
 * Brings new blocks into the search index, off the way of the writes: many at a time, because that is several times
 * cheaper, and when writing pauses. A search that comes sooner completes the index itself.
 */

/** Nothing was written for so long: a good moment. */
const QUIET_MS = 30;
/** So many blocks wait at most while writing goes on: a search then takes some tens of milliseconds longer. */
const MAX_BACKLOG = 512;
/** Between two turns of the event loop: about 5 ms of work. */
const STEP_BLOCKS = 64;

export interface IndexWork {
  /** Blocks that the index lacks. */
  backlog(): number;
  /** Indexes at most so many blocks. @returns whether the index is complete */
  step(blocks: number): boolean;
}

export class Indexer {
  readonly #work: IndexWork;
  #timer: NodeJS.Timeout | null = null;
  #isRunning = false;
  #isClosed = false;

  constructor(work: IndexWork) {
    this.#work = work;
  }

  /** To be called after each batch. */
  afterBatch(): void {
    if (this.#isRunning || this.#isClosed) return;
    if (this.#work.backlog() >= MAX_BACKLOG) this.start();
    else if (this.#timer === null) this.#timer = setTimeout(() => this.start(), QUIET_MS).unref();
    else this.#timer.refresh();
  }

  /** Completes the index, a step at a time. */
  start(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    setImmediate(() => {
      this.#isRunning = false;
      if (!this.#isClosed && !this.#work.step(STEP_BLOCKS)) this.start();
    });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
