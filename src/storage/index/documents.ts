/** What the index knows of each document, a column for each property. */

import type { SearchDocument } from '../../protocol/search.js';

/** Longest length that is told apart; far beyond it a text is just long. */
const MAX_LENGTH = 0xffff;
const IMPORTANCE_STEPS = 255;

/** In the order in which they are stored. */
export interface DocumentColumns {
  readonly whensMs: Float64Array;
  readonly blocks: Uint32Array;
  readonly parents: Int32Array;
  readonly projects: Int32Array;
  readonly lengths: Uint16Array;
  readonly importances: Uint8Array;
  readonly slots: Int8Array;
}

export interface NewDocument extends SearchDocument {
  /** In tokens. */
  readonly length: number;
}

export class Documents {
  #columns: DocumentColumns;
  #firstChild: Int32Array;
  #nextSibling: Int32Array;
  #count = 0;
  #totalLength = 0;

  /** @param stored exactly as long as there are documents */
  constructor(stored?: DocumentColumns) {
    this.#columns = stored ?? columns(0);
    this.#count = this.#columns.blocks.length;
    this.#firstChild = new Int32Array(this.#count).fill(-1);
    this.#nextSibling = new Int32Array(this.#count).fill(-1);
    for (let document = 0; document < this.#count; document++) {
      this.#totalLength += this.#columns.lengths[document] ?? 0;
      this.#linkToParent(document);
    }
  }

  get count(): number {
    return this.#count;
  }

  get averageLength(): number {
    return Math.max(1, this.#totalLength / Math.max(1, this.#count));
  }

  get lengths(): Uint16Array {
    return this.#columns.lengths;
  }

  get blocks(): Uint32Array {
    return this.#columns.blocks;
  }

  get whensMs(): Float64Array {
    return this.#columns.whensMs;
  }

  /** @param added its block is larger than all before. @returns its number */
  add(added: NewDocument): number {
    const document = this.#count;
    if (document === this.#columns.blocks.length) this.#grow();
    const { whensMs, blocks, parents, projects, lengths, importances, slots } = this.#columns;
    whensMs[document] = added.whenMs;
    blocks[document] = added.blockIndex;
    parents[document] = added.parent;
    projects[document] = added.project;
    lengths[document] = Math.min(added.length, MAX_LENGTH);
    importances[document] = Math.round(Math.min(1, Math.max(0, added.importance)) * IMPORTANCE_STEPS);
    slots[document] = added.slot;
    this.#totalLength += Math.min(added.length, MAX_LENGTH);
    this.#count += 1;
    this.#linkToParent(document);
    return document;
  }

  get(document: number): SearchDocument {
    const { whensMs, blocks, parents, projects, importances, slots } = this.#columns;
    return {
      blockIndex: blocks[document] ?? -1,
      whenMs: whensMs[document] ?? 0,
      importance: (importances[document] ?? 0) / IMPORTANCE_STEPS,
      slot: slots[document] ?? -1,
      parent: parents[document] ?? -1,
      project: projects[document] ?? -1,
    };
  }

  /** Documents whose parent this is, the newest first. */
  children(document: number): number[] {
    const found: number[] = [];
    for (let child = this.#firstChild[document] ?? -1; child >= 0; child = this.#nextSibling[child] ?? -1) {
      found.push(child);
    }
    return found;
  }

  /** Number of the document that holds this block, or -1. */
  find(blockIndex: number): number {
    const { blocks } = this.#columns;
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const block = blocks[middle] ?? 0;
      if (block === blockIndex) return middle;
      if (block < blockIndex) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  export(): DocumentColumns {
    const { whensMs, blocks, parents, projects, lengths, importances, slots } = this.#columns;
    const count = this.#count;
    return {
      whensMs: whensMs.subarray(0, count),
      blocks: blocks.subarray(0, count),
      parents: parents.subarray(0, count),
      projects: projects.subarray(0, count),
      lengths: lengths.subarray(0, count),
      importances: importances.subarray(0, count),
      slots: slots.subarray(0, count),
    };
  }

  #linkToParent(document: number): void {
    const parent = this.#columns.parents[document] ?? -1;
    if (parent < 0 || parent >= document) return;
    this.#nextSibling[document] = this.#firstChild[parent] ?? -1;
    this.#firstChild[parent] = document;
  }

  #grow(): void {
    const length = Math.max(256, Math.ceil(this.#count * 1.5));
    const larger = columns(length);
    for (const name of Object.keys(larger) as (keyof DocumentColumns)[]) larger[name].set(this.#columns[name]);
    this.#columns = larger;
    this.#firstChild = withRoom(this.#firstChild, length);
    this.#nextSibling = withRoom(this.#nextSibling, length);
  }
}

function columns(length: number): DocumentColumns {
  return {
    whensMs: new Float64Array(length),
    blocks: new Uint32Array(length),
    parents: new Int32Array(length),
    projects: new Int32Array(length),
    lengths: new Uint16Array(length),
    importances: new Uint8Array(length),
    slots: new Int8Array(length),
  };
}

function withRoom(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length).fill(-1);
  larger.set(array);
  return larger;
}
