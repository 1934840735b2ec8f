/** Numbers the memories of an export by their order: four bytes for each, however many there are. */
export class Numbering {
  #indexes = new Int32Array(1024);
  #count = 0;

  /** @param blockIndex larger than all before. @returns the number of this memory */
  add(blockIndex: number): number {
    if (this.#count === this.#indexes.length) {
      const larger = new Int32Array(2 * this.#count);
      larger.set(this.#indexes);
      this.#indexes = larger;
    }
    this.#indexes[this.#count] = blockIndex;
    this.#count += 1;
    return this.#count - 1;
  }

  /** Null for a block that is not among them. */
  find(blockIndex: number | null): number | null {
    if (blockIndex === null) return null;
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#indexes[middle] ?? 0;
      if (found === blockIndex) return middle;
      if (found < blockIndex) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }
}
