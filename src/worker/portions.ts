/**
 * Work that came all at once, done a few pieces at a time: between two portions the event loop takes in what has come
 * since, so that a question which needs no work (`/healthz`) never stands behind all of it.
 */
export class Portions {
  readonly #perTurn: number;
  readonly #waiting: (() => void)[] = [];
  #isPlanned = false;

  /** @param perTurn pieces that are begun in one turn of the event loop */
  constructor(perTurn: number) {
    this.#perTurn = perTurn;
  }

  /** Does the piece in a later turn, behind those that were added before. */
  add(piece: () => void): void {
    this.#waiting.push(piece);
    this.#plan();
  }

  /** Resolves when the caller's turn has come. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.add(resolve));
  }

  /** Does what waits now. */
  flush(): void {
    for (const piece of this.#waiting.splice(0)) piece();
  }

  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      for (const piece of this.#waiting.splice(0, this.#perTurn)) piece();
      this.#plan();
    });
  }
}
