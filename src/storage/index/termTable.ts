/**
 * Distinct terms, numbered in the order of their first appearance. Kept in typed arrays rather than in a `Map`: a
 * million strings would cost a hundred megabytes and long pauses of the garbage collector in the thread that writes.
 */

import { editDistance, unitsOf } from '../../text/editDistance.js';
import { isHangul, soundKey } from '../../text/soundKey.js';
import { Chains } from './chains.js';

const EMPTY = 0;
/** Buckets are at most this full; open addressing gets slow beyond. */
const MAX_LOAD = 0.7;
const FIRST_BUCKETS = 1024;
/** Terms that begin with these many same units are found together. */
const BEGINNING_UNITS = 4;
/** Terms between two yields of loading: about 2 ms. */
const LOADED_AT_ONCE = 8_192;

export interface TermTableData {
  /** UTF-16 units of all terms, one behind the other. */
  readonly units: Uint16Array;
  /** Where each term begins in `units`, and the end of the last one. */
  readonly starts: Uint32Array;
  /** Hash of each term's sound, or 0. */
  readonly sounds: Uint32Array;
}

export class TermTable {
  #units: Uint16Array;
  #starts: Uint32Array;
  /** One bit for each letter that a term has: its unit modulo 32. */
  #letters: Uint32Array;
  #hashes: Uint32Array;
  #count: number;
  /** Number of the term plus one, by hash. */
  #buckets: Uint32Array = new Uint32Array(FIRST_BUCKETS);
  readonly #beginnings = new Chains();
  readonly #sounds: Chains;

  private constructor(data?: TermTableData) {
    this.#count = data === undefined ? 0 : data.starts.length - 1;
    this.#units = data?.units ?? new Uint16Array(4096);
    this.#starts = data?.starts ?? new Uint32Array(1024);
    this.#letters = new Uint32Array(this.#starts.length);
    this.#hashes = new Uint32Array(this.#starts.length);
    this.#sounds = new Chains(data?.sounds, this.#count);
    this.#buckets = new Uint32Array(bucketsFor(this.#count));
  }

  /** A stored table, a few milliseconds' work at a time. */
  static *load(data: TermTableData): Generator<void, TermTable> {
    const table = new TermTable(data);
    for (let number = 0; number < table.#count; number++) {
      if (number % LOADED_AT_ONCE === 0) yield;
      table.#measure(number);
      table.#place(number, table.#hashes[number] ?? 0);
      table.#beginnings.add(number, table.#beginning(number));
    }
    return table;
  }

  static empty(): TermTable {
    return new TermTable();
  }

  get size(): number {
    return this.#count;
  }

  /** Number of the term, or -1. */
  find(term: string): number {
    const mask = this.#buckets.length - 1;
    for (let at = hashOf(term) & mask; ; at = (at + 1) & mask) {
      const entry = this.#buckets[at] ?? EMPTY;
      if (entry === EMPTY) return -1;
      if (this.#is(entry - 1, term)) return entry - 1;
    }
  }

  /** Number of the term, a new one if need be. */
  add(term: string): number {
    const found = this.find(term);
    if (found >= 0) return found;
    if (this.#count + 1 > this.#buckets.length * MAX_LOAD) this.#rehash(this.#buckets.length * 2);
    const number = this.#count;
    const start = this.#starts[number] ?? 0;
    const end = start + term.length;
    while (this.#units.length < end) this.#units = grown(this.#units, Uint16Array);
    if (this.#starts.length < number + 2) {
      this.#starts = grown(this.#starts, Uint32Array);
      this.#letters = grown(this.#letters, Uint32Array);
      this.#hashes = grown(this.#hashes, Uint32Array);
    }
    for (let at = 0; at < term.length; at++) this.#units[start + at] = term.charCodeAt(at);
    this.#starts[number + 1] = end;
    this.#count += 1;
    this.#measure(number);
    this.#place(number, this.#hashes[number] ?? 0);
    this.#beginnings.add(number, beginningOf(term));
    this.#sounds.add(number, soundOf(term));
    return number;
  }

  term(number: number): string {
    const start = this.#starts[number] ?? 0;
    return String.fromCharCode(...this.#units.subarray(start, this.#starts[number + 1] ?? start));
  }

  /** Numbers of the terms that begin like this, at most `max`, the newest first. Fast from {@link BEGINNING_UNITS} on. */
  withPrefix(prefix: string, max: number): number[] {
    const found: number[] = [];
    const candidates = prefix.length < BEGINNING_UNITS ? this.#all() : this.#beginnings.with(beginningOf(prefix));
    for (const number of candidates) {
      if (found.length >= max) break;
      const start = this.#starts[number] ?? 0;
      const length = (this.#starts[number + 1] ?? 0) - start;
      if (length >= prefix.length && this.#startsWith(start, prefix)) found.push(number);
    }
    return found;
  }

  *#all(): Generator<number> {
    for (let number = this.#count - 1; number >= 0; number--) yield number;
  }

  /** Numbers of the terms in the other script that sound like this. */
  soundingLike(term: string): number[] {
    const key = soundKey(term);
    if (key === '') return [];
    const others = [...this.#sounds.with(hashOf(key))].map((number) => ({ number, other: this.term(number) }));
    const alike = others.filter(({ other }) => isHangul(other) !== isHangul(term) && soundKey(other) === key);
    return alike.map(({ number }) => number);
  }

  /** The terms that are at least one edit away from this one and at most `most`. */
  near(term: string, most: number): { readonly number: number; readonly distance: number }[] {
    const wanted = unitsOf(term);
    const letters = lettersOf(wanted);
    const found: { number: number; distance: number }[] = [];
    for (let number = 0; number < this.#count; number++) {
      const start = this.#starts[number] ?? 0;
      const end = this.#starts[number + 1] ?? start;
      if (Math.abs(end - start - wanted.length) > most) continue;
      // An edit takes away one letter at most, and brings in one at most.
      const others = this.#letters[number] ?? 0;
      if (bitCount(letters & ~others) > most || bitCount(others & ~letters) > most) continue;
      const distance = editDistance(wanted, this.#units.subarray(start, end), most);
      if (distance > 0 && distance <= most) found.push({ number, distance });
    }
    return found;
  }

  export(): TermTableData {
    return {
      units: this.#units.subarray(0, this.#starts[this.#count] ?? 0),
      starts: this.#starts.subarray(0, this.#count + 1),
      sounds: this.#sounds.hashes,
    };
  }

  #is(number: number, term: string): boolean {
    const start = this.#starts[number] ?? 0;
    return (this.#starts[number + 1] ?? 0) - start === term.length && this.#startsWith(start, term);
  }

  #startsWith(start: number, prefix: string): boolean {
    for (let at = 0; at < prefix.length; at++) if (this.#units[start + at] !== prefix.charCodeAt(at)) return false;
    return true;
  }

  /** As {@link beginningOf}, without making the term. */
  #beginning(number: number): number {
    const start = this.#starts[number] ?? 0;
    if ((this.#starts[number + 1] ?? 0) - start < BEGINNING_UNITS) return 0;
    let hash = HASH_START;
    for (let at = start; at < start + BEGINNING_UNITS; at++) {
      hash = Math.imul(hash ^ (this.#units[at] ?? 0), HASH_FACTOR);
    }
    return hash >>> 0;
  }

  #place(number: number, hash: number): void {
    const mask = this.#buckets.length - 1;
    let at = hash & mask;
    while (this.#buckets[at] !== EMPTY) at = (at + 1) & mask;
    this.#buckets[at] = number + 1;
  }

  #rehash(buckets: number): void {
    this.#buckets = new Uint32Array(buckets);
    for (let number = 0; number < this.#count; number++) this.#place(number, this.#hashes[number] ?? 0);
  }

  /** Works out hash and letters of a term. */
  #measure(number: number): void {
    const start = this.#starts[number] ?? 0;
    const end = this.#starts[number + 1] ?? start;
    let hash = HASH_START;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (this.#units[at] ?? 0), HASH_FACTOR);
    this.#letters[number] = lettersOf(this.#units.subarray(start, end));
    this.#hashes[number] = hash >>> 0;
  }
}

/** FNV-1a over UTF-16 units. */
const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

function hashOf(term: string): number {
  let hash = HASH_START;
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), HASH_FACTOR);
  return hash >>> 0;
}

function beginningOf(term: string): number {
  return term.length < BEGINNING_UNITS ? 0 : hashOf(term.slice(0, BEGINNING_UNITS));
}

function soundOf(term: string): number {
  const key = soundKey(term);
  return key === '' ? 0 : hashOf(key);
}

function lettersOf(units: Uint16Array): number {
  let letters = 0;
  for (const unit of units) letters |= 1 << (unit & 31);
  return letters >>> 0;
}

function bitCount(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function bucketsFor(count: number): number {
  let buckets = FIRST_BUCKETS;
  while (count > buckets * MAX_LOAD) buckets *= 2;
  return buckets;
}

/** A copy with room for twice as many. */
function grown<T extends Uint16Array | Uint32Array>(array: T, type: new (length: number) => T): T {
  const larger = new type(Math.max(array.length * 2, 1024));
  larger.set(array);
  return larger;
}
