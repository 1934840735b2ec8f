/** A queue in which callers take turns: one that floods it waits behind itself, and nobody else does. */

interface Line<T> {
  readonly items: T[];
  /** How many of {@link items} were taken. */
  taken: number;
}

export class FairQueue<T> {
  /** In the order of turns: whoever had one goes to the end. */
  readonly #lines = new Map<string, Line<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(caller: string, item: T): void {
    const line = this.#lines.get(caller);
    if (line === undefined) this.#lines.set(caller, { items: [item], taken: 0 });
    else line.items.push(item);
    this.#size += 1;
  }

  /** One item of each caller in turn, at most `count`; the items of one caller in the order they came. */
  take(count: number): T[] {
    const batch: T[] = [];
    while (batch.length < count && this.#size > 0) {
      for (const [caller, line] of [...this.#lines]) {
        if (batch.length >= count) break;
        batch.push(line.items[line.taken] as T);
        line.taken += 1;
        this.#size -= 1;
        this.#lines.delete(caller);
        if (line.taken < line.items.length) this.#lines.set(caller, line);
      }
    }
    return batch;
  }
}
