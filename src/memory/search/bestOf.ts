/** Keeps the best of many documents. */

/** A document with the score that decides. */
export interface Seed {
  readonly document: number;
  readonly score: number;
}

/** The largest of many, by a heap with the smallest of them on top. */
export class BestOf {
  readonly #size: number;
  readonly #heap: Seed[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(document: number, score: number): void {
    const smallest = this.#heap[0];
    if (this.#heap.length < this.#size) {
      this.#heap.push({ document, score });
      this.#siftUp();
    } else if (smallest !== undefined && comesBefore({ document, score }, smallest)) {
      this.#heap[0] = { document, score };
      this.#siftDown();
    }
  }

  /** Best first, the newest of equals. */
  sorted(): Seed[] {
    return [...this.#heap].sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  #siftUp(): void {
    const heap = this.#heap;
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(parent, at)) return;
      at = parent;
    }
  }

  #siftDown(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const a = this.#heap[left];
      const b = this.#heap[right];
      if (a === undefined) return;
      const child = b !== undefined && comesBefore(a, b) ? right : left;
      if (!this.#swapIfBefore(at, child)) return;
      at = child;
    }
  }

  /** Exchanges two when the upper one is the better. */
  #swapIfBefore(upper: number, lower: number): boolean {
    const [a, b] = [this.#heap[upper], this.#heap[lower]];
    if (a === undefined || b === undefined || !comesBefore(a, b)) return false;
    this.#heap[upper] = b;
    this.#heap[lower] = a;
    return true;
  }
}

function comesBefore(a: Seed, b: Seed): boolean {
  return a.score === b.score ? a.document > b.document : a.score > b.score;
}
