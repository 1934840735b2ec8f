/**
 * For every term the documents that have it, oldest first, and how often. What was stored stays as it was read, term by
 * term. What came later follows in one array of 32-bit words, cut into chunks that double in size as a term gets more
 * frequent: appending never moves what is there, and a rare term, which most are, costs few words.
 *
 *     chunk: [ posting … | next ]     posting = document << 8 | frequency (1 to 255)
 */

const FREQUENCY_BITS = 8;
export const MAX_FREQUENCY = (1 << FREQUENCY_BITS) - 1;
export const MAX_DOCUMENTS = 1 << (32 - FREQUENCY_BITS);

/** Words of a term's first chunk, link included, and of its largest. */
const FIRST_CHUNK = 2;
const LARGEST_CHUNK = 512;
const NONE = 0xffffffff;

export class Postings {
  /** As it was stored, and where each term's part of it begins; the last entry is the end. */
  #stored: Uint32Array = new Uint32Array(0);
  #storedStarts: Uint32Array = new Uint32Array(1);
  #words: Uint32Array = new Uint32Array(4096);
  #used = 0;
  /** By term: first chunk, where the next posting goes, the current chunk's last word, documents in its chunks. */
  #heads: Uint32Array = new Uint32Array(0);
  #tails: Uint32Array = new Uint32Array(0);
  #ends: Uint32Array = new Uint32Array(0);
  #counts: Uint32Array = new Uint32Array(0);

  /** @param document not smaller than any before it, and each only once a term */
  add(term: number, document: number, frequency: number): void {
    this.#makeRoom(term);
    const count = this.#counts[term] ?? 0;
    if (count === 0) this.#heads[term] = this.#newChunk(term, FIRST_CHUNK);
    else if (this.#tails[term] === this.#ends[term]) {
      const link = this.#ends[term] ?? 0;
      // Before the assignment: making a chunk may replace the array.
      const chunk = this.#newChunk(term, Math.min(LARGEST_CHUNK, 2 * chunkWords(count)));
      this.#words[link] = chunk;
    }
    const at = this.#tails[term] ?? 0;
    this.#words[at] = ((document << FREQUENCY_BITS) | Math.min(frequency, MAX_FREQUENCY)) >>> 0;
    this.#tails[term] = at + 1;
    this.#counts[term] = count + 1;
  }

  /** In how many documents the term is. */
  count(term: number): number {
    return this.#storedEnd(term) - this.#storedStart(term) + (this.#counts[term] ?? 0);
  }

  /** Calls `visit` for each document of the term, oldest first. */
  each(term: number, visit: (document: number, frequency: number) => void): void {
    const storedEnd = this.#storedEnd(term);
    for (let at = this.#storedStart(term); at < storedEnd; at++) {
      const posting = this.#stored[at] ?? 0;
      visit(posting >>> FREQUENCY_BITS, posting & MAX_FREQUENCY);
    }
    let left = this.#counts[term] ?? 0;
    let at = left === 0 ? NONE : (this.#heads[term] ?? NONE);
    for (let words = FIRST_CHUNK; left > 0; words = Math.min(LARGEST_CHUNK, 2 * words)) {
      const end = at + Math.min(words - 1, left);
      for (let word = at; word < end; word++) {
        const posting = this.#words[word] ?? 0;
        visit(posting >>> FREQUENCY_BITS, posting & MAX_FREQUENCY);
      }
      left -= end - at;
      at = this.#words[at + words - 1] ?? NONE;
    }
  }

  /** Counts of the terms, then all postings term by term. */
  export(terms: number): { counts: Uint32Array; postings: Uint32Array } {
    const counts = new Uint32Array(terms);
    let total = 0;
    for (let term = 0; term < terms; term++) total += counts[term] = this.count(term);
    const postings = new Uint32Array(total);
    let at = 0;
    for (let term = 0; term < terms; term++) {
      this.each(term, (document, frequency) => {
        postings[at++] = ((document << FREQUENCY_BITS) | frequency) >>> 0;
      });
    }
    return { counts, postings };
  }

  /** The opposite of {@link export}; `this` is empty before. */
  import(counts: Uint32Array, postings: Uint32Array): void {
    this.#stored = postings;
    this.#storedStarts = new Uint32Array(counts.length + 1);
    let at = 0;
    for (let term = 0; term < counts.length; term++) this.#storedStarts[term + 1] = at += counts[term] ?? 0;
  }

  #storedStart(term: number): number {
    return this.#storedStarts[Math.min(term, this.#storedStarts.length - 1)] ?? 0;
  }

  #storedEnd(term: number): number {
    return this.#storedStart(term + 1);
  }

  #newChunk(term: number, words: number): number {
    const start = this.#used;
    this.#used += words;
    while (this.#words.length < this.#used) this.#words = grown(this.#words, Math.ceil(this.#words.length * 1.5));
    this.#tails[term] = start;
    this.#ends[term] = start + words - 1;
    return start;
  }

  #makeRoom(term: number): void {
    if (term < this.#counts.length) return;
    const length = Math.max(1024, 2 * (term + 1));
    this.#heads = grown(this.#heads, length);
    this.#tails = grown(this.#tails, length);
    this.#ends = grown(this.#ends, length);
    this.#counts = grown(this.#counts, length);
  }
}

/** Words of the chunk that holds a full term's last posting. */
function chunkWords(count: number): number {
  let words = FIRST_CHUNK;
  for (let held = words - 1; held < count; held += words - 1) words = Math.min(LARGEST_CHUNK, 2 * words);
  return words;
}

function grown(array: Uint32Array, length: number): Uint32Array {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
