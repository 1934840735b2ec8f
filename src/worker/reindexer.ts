/**
 * Building the search index again while the old one goes on answering: a few milliseconds at a time, so that writes and
 * searches go on, and the new one takes the place of the old one when it holds every memory.
 */

import { GreeumError } from '../protocol/errors.js';
import type { ReindexResult } from '../protocol/operations.js';

/** Between two turns of the event loop: about 5 ms of work. */
const STEP_BLOCKS = 64;

/** An index that is being built. */
export interface GrowingIndex {
  readonly lastBlock: number;
  readonly documentCount: number;
  /** Indexes at most so many blocks. @returns whether it is complete */
  catchUp(blocks: number): boolean;
}

export interface ReindexWork<T extends GrowingIndex> {
  newIndex(): T;
  /** From now on searches ask this one. */
  replaceIndex(index: T): void;
  /** After each step: there is progress to show. */
  onStep(): void;
  /** Resolves when everything that has arrived by now had its turn. */
  turn(): Promise<void>;
}

export class Reindexer<T extends GrowingIndex> {
  readonly #work: ReindexWork<T>;
  #growing: T | null = null;
  #isClosed = false;

  constructor(work: ReindexWork<T>) {
    this.#work = work;
  }

  /** Blocks that the new index holds; null when none is being built. */
  get indexed(): number | null {
    return this.#growing === null ? null : this.#growing.lastBlock + 1;
  }

  /**
   * @param signal gives it up; the old index stays
   * @throws GreeumError `overloaded` when one is being built already, `worker_stopping` when it was given up
   */
  async run(signal?: AbortSignal): Promise<ReindexResult> {
    if (this.#growing !== null) throw alreadyRuns();
    const index = this.#work.newIndex();
    this.#growing = index;
    try {
      while (!index.catchUp(STEP_BLOCKS)) {
        this.#work.onStep();
        await this.#work.turn();
        if (this.#isClosed || signal?.aborted === true) throw givenUp();
      }
      this.#work.replaceIndex(index);
      return { status: 'reindexed', memories: index.documentCount };
    } finally {
      this.#growing = null;
      this.#work.onStep();
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}

function alreadyRuns(): GreeumError {
  return new GreeumError('overloaded', 'The search index is being built again already.', {
    hint: 'Wait until it is done: "greeum worker status" shows how far it is.',
  });
}

function givenUp(): GreeumError {
  return new GreeumError('worker_stopping', 'The new search index was given up; the one before it stays.');
}
