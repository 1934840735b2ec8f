/** Lists of terms that share something, by the hash of what they share. The newest term of a list comes first. */

const EMPTY = 0;
const FIRST_HEADS = 1024;

export class Chains {
  /** The newest term plus one, by hash. */
  #heads = new Uint32Array(FIRST_HEADS);
  /** The next older term plus one, by term. */
  #links = new Uint32Array(FIRST_HEADS);
  /** By term; 0: in no list. */
  #hashes: Uint32Array;
  #count = 0;

  /** @param hashes of the terms that are there already */
  constructor(hashes: Uint32Array = new Uint32Array(FIRST_HEADS), count = 0) {
    this.#hashes = hashes;
    let heads = FIRST_HEADS;
    while (heads < count) heads *= 2;
    this.#rebuild(heads, count);
  }

  /** @param hash 0 for a term that is in no list */
  add(term: number, hash: number): void {
    if (term >= this.#hashes.length) this.#hashes = withRoom(this.#hashes, 2 * term);
    this.#hashes[term] = hash;
    if (term >= this.#heads.length) this.#rebuild(this.#heads.length * 2, term);
    this.#count = term + 1;
    this.#link(term);
  }

  /** Terms of this hash, and now and then one that only shares its place. */
  *with(hash: number): Generator<number> {
    let entry = this.#heads[hash & (this.#heads.length - 1)] ?? EMPTY;
    for (; entry !== EMPTY; entry = this.#links[entry - 1] ?? EMPTY) {
      if (this.#hashes[entry - 1] === hash) yield entry - 1;
    }
  }

  get hashes(): Uint32Array {
    return this.#hashes.subarray(0, this.#count);
  }

  #rebuild(heads: number, count: number): void {
    this.#heads = new Uint32Array(heads);
    if (this.#links.length < heads) this.#links = new Uint32Array(heads);
    this.#count = count;
    for (let term = 0; term < count; term++) this.#link(term);
  }

  #link(term: number): void {
    const hash = this.#hashes[term] ?? 0;
    if (hash === 0) return;
    const head = hash & (this.#heads.length - 1);
    this.#links[term] = this.#heads[head] ?? EMPTY;
    this.#heads[head] = term + 1;
  }
}

function withRoom(array: Uint32Array, length: number): Uint32Array {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
