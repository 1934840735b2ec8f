/**
 * Brings new blocks into the search index, off the way of the writes: many at a time, because that is several times
 * cheaper, and when writing pauses. A search that comes sooner completes the index itself when little is missing, and
 * waits for it when much is: writes go on between the steps.
 */

/** Nothing was written for so long: a good moment. */
const QUIET_MS = 30;
/** So long after the opening: who waited for an owner is served first, and reading a stored index takes a while. */
const SERVE_FIRST_MS = 1_000;
/** So many blocks wait at most while writing goes on: a search then takes some tens of milliseconds longer. */
const MAX_BACKLOG = 512;
/** Between two turns of the event loop: about 5 ms of work. */
const STEP_BLOCKS = 64;

export interface IndexWork {
  /** Blocks that the index lacks. */
  backlog(): number;
  /** Indexes at most so many blocks. @returns whether the index is complete */
  step(blocks: number): boolean;
  /** Whether the index is open: before that its backlog is not known. */
  isOpen(): boolean;
  /** After each step: there is progress to show. */
  onStep(): void;
}

export class Indexer {
  readonly #work: IndexWork;
  #timer: NodeJS.Timeout | null = null;
  #isRunning = false;
  #isClosed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(work: IndexWork) {
    this.#work = work;
  }

  /** To be called once, when the store was opened. */
  afterOpen(): void {
    this.#startIn(SERVE_FIRST_MS);
  }

  /** To be called after each batch. */
  afterBatch(): void {
    if (this.#isRunning || this.#isClosed || !this.#work.isOpen()) return;
    if (this.#work.backlog() >= MAX_BACKLOG) this.start();
    else if (this.#timer === null) this.#startIn(QUIET_MS);
    else this.#timer.refresh();
  }

  /** Completes the index, a step at a time. */
  start(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#stopTimer();
    this.#isRunning = true;
    setImmediate(() => {
      this.#isRunning = false;
      if (this.#isClosed) return this.#release();
      const isComplete = this.#work.step(STEP_BLOCKS);
      this.#work.onStep();
      if (isComplete) this.#release();
      else this.start();
    });
  }

  /** Resolves when so little is missing that a search may complete the index itself. */
  async nearlyComplete(): Promise<void> {
    if (this.#isClosed || (this.#work.isOpen() && this.#work.backlog() < MAX_BACKLOG)) return;
    const released = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.start();
    await released;
  }

  #release(): void {
    for (const done of this.#waiting.splice(0)) done();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer();
    this.#release();
  }

  #startIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.start(), delayMs).unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
