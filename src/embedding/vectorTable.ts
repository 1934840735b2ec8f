/**
 * All vectors of one model, for exact search: float32, one row each, in one memory that grows. Rows are padded to a
 * multiple of 16 numbers.
 *
 *     memory: [ query | products of one stretch | row 0 | row 1 | … ]
 */

import { GreeumError } from '../protocol/errors.js';
import { plainKernel, vectorKernel, type DotProducts } from './dotProducts.js';
import { MAX_DIMENSION } from './provider.js';

const FLOAT_BYTES = 4;
const ROW_ALIGNMENT = 16;
const PAGE_BYTES = 65_536;
/** WebAssembly has no more. */
const MAX_PAGES = 65_536;
const STRETCH = 4_096;
const QUERY_AT = 0;
const PRODUCTS_AT = MAX_DIMENSION * FLOAT_BYTES;
const ROWS_AT = PRODUCTS_AT + STRETCH * FLOAT_BYTES;

/** How near each memory is to a question; `blocks` ascend. */
export interface Similarities {
  readonly blocks: Uint32Array;
  /** Cosines, -1 to 1. */
  readonly cosines: Float32Array;
}

export class VectorTable {
  readonly dimension: number;
  readonly #rowBytes: number;
  readonly #memory = new WebAssembly.Memory({ initial: Math.ceil(ROWS_AT / PAGE_BYTES), maximum: MAX_PAGES });
  readonly #dotProducts: DotProducts;
  #blocks = new Uint32Array(1_024);
  readonly #rowOf = new Map<number, number>();
  /** Rows in the order of their blocks; null when they are in it anyway. */
  #order: Uint32Array | null = null;
  #isOrderKnown = true;
  #count = 0;

  constructor(dimension: number, usesVectors = true) {
    this.dimension = dimension;
    this.#rowBytes = Math.ceil(dimension / ROW_ALIGNMENT) * ROW_ALIGNMENT * FLOAT_BYTES;
    this.#dotProducts = (usesVectors ? vectorKernel(this.#memory) : null) ?? plainKernel(this.#memory);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds vectors, or replaces those of blocks that have one.
   * @param vectors of length one, one behind the other
   * @throws GreeumError `embedding_failed` when no more fit
   */
  put(blocks: ArrayLike<number>, vectors: Float32Array): void {
    this.#makeRoom(this.#count + blocks.length);
    const floats = new Float32Array(this.#memory.buffer);
    for (let at = 0; at < blocks.length; at++) {
      const row = this.#rowFor(blocks[at] ?? 0);
      const place = (ROWS_AT + row * this.#rowBytes) / FLOAT_BYTES;
      floats.set(vectors.subarray(at * this.dimension, (at + 1) * this.dimension), place);
    }
  }

  /** @param query of length one */
  compare(query: Float32Array): Similarities {
    const cosines = new Float32Array(this.#count);
    new Float32Array(this.#memory.buffer, QUERY_AT, this.#rowBytes / FLOAT_BYTES).fill(0).set(query);
    for (let row = 0; row < this.#count; row += STRETCH) {
      const count = Math.min(STRETCH, this.#count - row);
      this.#dotProducts(ROWS_AT + row * this.#rowBytes, QUERY_AT, PRODUCTS_AT, count, this.#rowBytes);
      cosines.set(new Float32Array(this.#memory.buffer, PRODUCTS_AT, count), row);
    }
    return this.#ordered(cosines);
  }

  #ordered(cosines: Float32Array): Similarities {
    const order = this.#knownOrder();
    if (order === null) return { blocks: this.#blocks.slice(0, this.#count), cosines };
    return {
      blocks: order.map((row) => this.#blocks[row] ?? 0),
      cosines: Float32Array.from(order, (row) => cosines[row] ?? 0),
    };
  }

  /** Blocks mostly come in order; after some that did not it is worked out once. */
  #knownOrder(): Uint32Array | null {
    if (!this.#isOrderKnown) {
      const rows = Uint32Array.from({ length: this.#count }, (_, row) => row);
      this.#order = rows.sort((a, b) => (this.#blocks[a] ?? 0) - (this.#blocks[b] ?? 0));
      this.#isOrderKnown = true;
    }
    return this.#order;
  }

  #rowFor(block: number): number {
    const known = this.#rowOf.get(block);
    if (known !== undefined) return known;
    const row = this.#count;
    const isInOrder = row === 0 || (this.#blocks[row - 1] ?? 0) < block;
    if (this.#order !== null || !isInOrder) this.#isOrderKnown = false;
    this.#blocks[row] = block;
    this.#rowOf.set(block, row);
    this.#count += 1;
    return row;
  }

  #makeRoom(rows: number): void {
    if (this.#blocks.length < rows) {
      const larger = new Uint32Array(Math.max(rows, this.#blocks.length * 2));
      larger.set(this.#blocks);
      this.#blocks = larger;
    }
    const needed = Math.ceil((ROWS_AT + rows * this.#rowBytes) / PAGE_BYTES);
    const pages = this.#memory.buffer.byteLength / PAGE_BYTES;
    if (needed <= pages) return;
    if (needed > MAX_PAGES) throw noRoom(rows, this.dimension);
    try {
      this.#memory.grow(Math.min(MAX_PAGES, Math.max(needed, Math.ceil(pages * 1.5))) - pages);
    } catch (cause) {
      throw noRoom(rows, this.dimension, cause);
    }
  }
}

function noRoom(rows: number, dimension: number, cause?: unknown): GreeumError {
  return new GreeumError('embedding_failed', `There is no room for ${rows} vectors of ${dimension} numbers.`, {
    hint: 'Use a model of a smaller dimension.',
    cause,
  });
}
