import type { SourceId } from './entries.js';

const NOT_TAKEN_IN = -1;

/** Which block each memory of the source has become. Numbers count up from 0 and take four bytes each. */
export class Placed {
  #byNumber = new Int32Array(1024).fill(NOT_TAKEN_IN);
  readonly #byName = new Map<SourceId, number>();

  /** @param blockIndex null: it was not taken in */
  set(id: SourceId, blockIndex: number | null): void {
    const value = blockIndex ?? NOT_TAKEN_IN;
    // A number far out of order is a name like any other.
    if (typeof id === 'number' && id < 2 * this.#byNumber.length) this.#setNumber(id, value);
    else this.#byName.set(id, value);
  }

  find(id: SourceId): number | null {
    const found = this.#byName.get(id) ?? (typeof id === 'number' ? this.#byNumber[id] : undefined) ?? NOT_TAKEN_IN;
    return found === NOT_TAKEN_IN ? null : found;
  }

  #setNumber(id: number, value: number): void {
    if (id >= this.#byNumber.length) {
      const larger = new Int32Array(2 * this.#byNumber.length).fill(NOT_TAKEN_IN);
      larger.set(this.#byNumber);
      this.#byNumber = larger;
    }
    this.#byNumber[id] = value;
  }
}
