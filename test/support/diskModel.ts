/**
 * What a disk holds, and what it may hold after a power cut: the model behind `simulatedDisk.ts`.
 *
 * A file has content that is durable, and operations on it since the last fsync. After a power cut each of those
 * operations may be there, be missing, or, when it is a write, be there in part, cut at any 512-byte boundary; and
 * each independently of the others. What a missing part would have covered reads as zeros where the file is longer.
 * A folder likewise: names that are durable, and links, unlinks and renames since it was last synced. Source of the
 * method: ALICE (OSDI 2014) and CrashMonkey (OSDI 2018).
 */

import { createHash } from 'node:crypto';

import type { Random } from './random.js';

export const SECTOR_BYTES = 512;

export type DataOperation =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number };

export type NameOperation =
  | { readonly kind: 'link'; readonly name: string; readonly node: number }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly node: number };

/**
 * `uncertain`: not synced yet. `forsaken`: an fsync failed; no later fsync makes it safe, because the kernel takes
 * the page for clean. `durable`: on disk, but in the order of operations behind a forsaken one.
 */
type Certainty = 'uncertain' | 'forsaken' | 'durable';

interface FileNode {
  readonly kind: 'file';
  readonly durable: Uint8Array;
  readonly since: readonly { readonly operation: DataOperation; readonly certainty: Certainty }[];
  readonly current: Uint8Array;
  readonly modifiedAtMs: number;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly durable: ReadonlyMap<string, number>;
  readonly since: readonly NameOperation[];
  readonly current: ReadonlyMap<string, number>;
  readonly modifiedAtMs: number;
}

export type DiskNode = FileNode | FolderNode;

const ROOT = 1;
const NOTHING = new Uint8Array(0);

export class DiskModel {
  readonly #nodes: Map<number, DiskNode>;
  #nextNode: number;
  /** Grows with each change, so that no two versions of a file look the same. */
  #clockMs: number;

  constructor(
    nodes: Iterable<readonly [number, DiskNode]> = [[ROOT, folder(new Map(), 0)]],
    clockMs = 1_764_000_000_000,
  ) {
    this.#nodes = new Map(nodes);
    this.#nextNode = Math.max(...this.#nodes.keys()) + 1;
    this.#clockMs = clockMs;
  }

  /** A disk where all of this is durable. @param files content by absolute path */
  static holding(files: ReadonlyMap<string, Uint8Array>, folders: readonly string[] = []): DiskModel {
    const model = new DiskModel();
    for (const path of folders) model.#makeFolders(path);
    for (const [path, bytes] of files) {
      model.#makeFolders(path.slice(0, path.lastIndexOf('/')));
      const node = model.createFile(path);
      model.changeData(node, { kind: 'write', offset: 0, bytes });
    }
    model.#makeAllDurable();
    return model;
  }

  /** The same disk, from here on on its own. */
  copy(): DiskModel {
    return new DiskModel(this.#nodes, this.#clockMs);
  }

  node(id: number): DiskNode {
    const found = this.#nodes.get(id);
    if (found === undefined) throw new Error(`The simulated disk has no node ${id}.`);
    return found;
  }

  /** Null when nothing is there. */
  find(path: string): number | null {
    let id = ROOT;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const node = this.node(id);
      const next = node.kind === 'folder' ? node.current.get(name) : undefined;
      if (next === undefined) return null;
      id = next;
    }
    return id;
  }

  createFile(path: string): number {
    return this.#create(path, { kind: 'file', durable: NOTHING, since: [], current: NOTHING, modifiedAtMs: 0 });
  }

  createFolder(path: string): number {
    return this.#create(path, folder(new Map(), 0));
  }

  changeData(id: number, operation: DataOperation): void {
    const node = this.#file(id);
    this.#nodes.set(id, {
      ...node,
      since: [...node.since, { operation, certainty: 'uncertain' }],
      current: applyData(node.current, operation),
      modifiedAtMs: this.#tick(),
    });
  }

  changeNames(folderPath: string, operation: NameOperation): void {
    const { id, node } = this.#folder(folderPath);
    this.#nodes.set(id, {
      ...node,
      since: [...node.since, operation],
      current: applyNames(node.current, operation),
      modifiedAtMs: this.#tick(),
    });
  }

  /** An fsync that succeeds. */
  syncFile(id: number): void {
    const node = this.#file(id);
    const since = node.since.map((entry) =>
      entry.certainty === 'uncertain' ? { ...entry, certainty: 'durable' as const } : entry,
    );
    if (since.every(({ certainty }) => certainty === 'durable')) {
      this.#nodes.set(id, { ...node, durable: node.current, since: [] });
      return;
    }
    // What was given up is data; the length is the file system's own record, and is as it is now.
    const length: DataOperation = { kind: 'truncate', length: node.current.length };
    this.#nodes.set(id, { ...node, since: [...since, { operation: length, certainty: 'durable' }] });
  }

  /** An fsync that fails: what it should have made safe may be lost for ever. */
  forsakeFile(id: number): void {
    const node = this.#file(id);
    const since = node.since.map((entry) =>
      entry.certainty === 'uncertain' ? { ...entry, certainty: 'forsaken' as const } : entry,
    );
    this.#nodes.set(id, { ...node, since });
  }

  syncFolder(path: string): void {
    const { id, node } = this.#folder(path);
    this.#nodes.set(id, { ...node, durable: node.current, since: [] });
  }

  /** Writes a file in place, or removes it, and waits for the disk. */
  putDurably(path: string, bytes: Uint8Array | null): void {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (bytes === null) {
      this.changeNames(parent, { kind: 'unlink', name: path.slice(parent.length + 1) });
    } else {
      this.#makeFolders(parent);
      const node = this.find(path) ?? this.createFile(path);
      this.changeData(node, { kind: 'truncate', length: 0 });
      this.changeData(node, { kind: 'write', offset: 0, bytes });
      this.syncFile(node);
    }
    this.syncFolder(parent);
  }

  /** What programs see now, by path. */
  contents(): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    this.#walk(ROOT, '', (path, node) => node.kind === 'file' && files.set(path, node.current));
    return files;
  }

  /** Equal for two disks on which programs see the same. */
  get digest(): string {
    const hash = createHash('sha256');
    this.#walk(ROOT, '', (path, node) => {
      hash.update(`${node.kind} ${path} ${node.kind === 'file' ? node.current.length : 0}\n`);
      if (node.kind === 'file') hash.update(node.current);
    });
    return hash.digest('hex');
  }

  /**
   * Disks that may be found after a power cut now: all of them when there are no more than `bound`, else a choice:
   * everything lost, everything kept, then one operation different from either, then anything.
   */
  crashStates(bound: number, random: Random): { states: DiskModel[]; possible: number } {
    const choices = this.#choices();
    const possible = choices.reduce((product, { options }) => product * options, 1);
    const states = new Map<string, DiskModel>();
    for (const vector of vectorsOf(choices, possible, bound, random)) {
      const state = this.#after(choices, vector);
      states.set(state.digest, state);
    }
    return { states: [...states.values()], possible };
  }

  #choices(): Choice[] {
    const choices: Choice[] = [];
    for (const id of this.#everReachable()) {
      const node = this.node(id);
      for (const [index, entry] of node.since.entries()) {
        if (!('operation' in entry)) choices.push({ id, index, options: 2 });
        else if (entry.certainty !== 'durable') choices.push({ id, index, options: 2 + tears(entry.operation).length });
      }
    }
    return choices;
  }

  /** @param vector the option taken for each choice: 0 lost, 1 kept, above torn */
  #after(choices: readonly Choice[], vector: readonly number[]): DiskModel {
    const taken = new Map(choices.map(({ id, index }, at) => [`${id}/${index}`, vector[at] ?? 0]));
    const after = new DiskModel([...this.#nodes], this.#clockMs);
    for (const [id, node] of this.#nodes) {
      if (node.since.length === 0) continue;
      if (node.kind === 'folder') {
        const kept = node.since.filter((_, index) => taken.get(`${id}/${index}`) === 1);
        const names = kept.reduce(applyNames, node.durable);
        after.#nodes.set(id, { ...node, durable: names, since: [], current: names });
      } else {
        const bytes = node.since.reduce<Uint8Array>((content, { operation, certainty }, index) => {
          const option = certainty === 'durable' ? 1 : (taken.get(`${id}/${index}`) ?? 0);
          if (option === 0) return content;
          if (option === 1) return applyData(content, operation);
          return applyTear(content, operation, tears(operation)[option - 2]);
        }, node.durable);
        after.#nodes.set(id, { ...node, durable: bytes, since: [], current: bytes });
      }
    }
    return after;
  }

  /** Nodes that have a name now, or may have one after a power cut. */
  #everReachable(): Set<number> {
    const reachable = new Set<number>();
    const visit = (id: number): void => {
      if (reachable.has(id)) return;
      reachable.add(id);
      const node = this.node(id);
      if (node.kind === 'file') return;
      const linked = node.since.flatMap((operation) => (operation.kind === 'unlink' ? [] : [operation.node]));
      for (const child of [...node.durable.values(), ...node.current.values(), ...linked]) visit(child);
    };
    visit(ROOT);
    return reachable;
  }

  #create(path: string, node: DiskNode): number {
    const id = this.#nextNode;
    this.#nextNode += 1;
    this.#nodes.set(id, { ...node, modifiedAtMs: this.#tick() });
    const at = path.lastIndexOf('/');
    this.changeNames(path.slice(0, at), { kind: 'link', name: path.slice(at + 1), node: id });
    return id;
  }

  #makeFolders(path: string): void {
    if (this.find(path) !== null) return;
    this.#makeFolders(path.slice(0, path.lastIndexOf('/')));
    this.createFolder(path);
  }

  #makeAllDurable(): void {
    for (const [id, node] of this.#nodes) {
      if (node.kind === 'file') this.#nodes.set(id, { ...node, durable: node.current, since: [] });
      else this.#nodes.set(id, { ...node, durable: node.current, since: [] });
    }
  }

  #walk(id: number, path: string, visit: (path: string, node: DiskNode) => void): void {
    const node = this.node(id);
    visit(path, node);
    if (node.kind === 'file') return;
    for (const [name, child] of [...node.current].sort(([a], [b]) => (a < b ? -1 : 1))) {
      this.#walk(child, `${path}/${name}`, visit);
    }
  }

  #file(id: number): FileNode {
    const node = this.node(id);
    if (node.kind !== 'file') throw new Error('The simulated disk has a folder there.');
    return node;
  }

  #folder(path: string): { id: number; node: FolderNode } {
    const id = this.find(path);
    const node = id === null ? null : this.node(id);
    if (id === null || node?.kind !== 'folder') throw new Error(`The simulated disk has no folder ${path}.`);
    return { id, node };
  }

  #tick(): number {
    this.#clockMs += 1;
    return this.#clockMs;
  }
}

function folder(names: ReadonlyMap<string, number>, modifiedAtMs: number): FolderNode {
  return { kind: 'folder', durable: names, since: [], current: names, modifiedAtMs };
}

interface Choice {
  readonly id: number;
  readonly index: number;
  readonly options: number;
}

function* vectorsOf(
  choices: readonly Choice[],
  possible: number,
  bound: number,
  random: Random,
): Generator<readonly number[]> {
  if (possible <= bound) {
    for (let number = 0; number < possible; number += 1) yield digitsOf(number, choices);
    return;
  }
  const lost = choices.map(() => 0);
  const kept = choices.map(() => 1);
  yield lost;
  yield kept;
  let left = bound - 2;
  const others = choices.flatMap(({ options }, at) =>
    Array.from({ length: options }, (_, option) => [
      ...(option === 0 ? [] : [lost.with(at, option)]),
      ...(option === 1 ? [] : [kept.with(at, option)]),
    ]).flat(),
  );
  for (; left > bound / 4 && others.length > 0; left -= 1) {
    yield others.splice(random.below(others.length), 1)[0] ?? lost;
  }
  for (; left > 0; left -= 1) yield choices.map(({ options }) => random.below(options));
}

function digitsOf(number: number, choices: readonly Choice[]): number[] {
  let rest = number;
  return choices.map(({ options }) => {
    const digit = rest % options;
    rest = Math.floor(rest / options);
    return digit;
  });
}

/** What of a write is on disk: `[from, to)` of its bytes; `isLong`: the file has its new length all the same. */
interface Tear {
  readonly from: number;
  readonly to: number;
  readonly isLong: boolean;
}

/** At most this many boundaries of one write are tried; of a large file's write, those at both ends and some between. */
const MAX_BOUNDARIES = 12;

function tears(operation: DataOperation): Tear[] {
  if (operation.kind === 'truncate') return [];
  const { offset, bytes } = operation;
  const first = SECTOR_BYTES - (offset % SECTOR_BYTES);
  const count = Math.max(0, Math.ceil((bytes.length - first) / SECTOR_BYTES));
  const step = Math.max(1, count / MAX_BOUNDARIES);
  const boundaries = Array.from(
    { length: Math.min(count, MAX_BOUNDARIES) },
    (_, index) => first + Math.floor(index * step) * SECTOR_BYTES,
  );
  return [
    { from: 0, to: 0, isLong: true },
    ...boundaries.flatMap((at) => [
      { from: 0, to: at, isLong: false },
      { from: 0, to: at, isLong: true },
      { from: at, to: bytes.length, isLong: true },
    ]),
  ];
}

function applyTear(content: Uint8Array, operation: DataOperation, tear: Tear | undefined): Uint8Array {
  if (operation.kind === 'truncate' || tear === undefined) return applyData(content, operation);
  const { offset, bytes } = operation;
  const length = Math.max(content.length, offset + (tear.isLong ? bytes.length : tear.to));
  const after = new Uint8Array(length);
  after.set(content);
  after.set(bytes.subarray(tear.from, tear.to), offset + tear.from);
  return after;
}

function applyData(content: Uint8Array, operation: DataOperation): Uint8Array {
  if (operation.kind === 'truncate') {
    const cut = new Uint8Array(operation.length);
    cut.set(content.subarray(0, operation.length));
    return cut;
  }
  const after = new Uint8Array(Math.max(content.length, operation.offset + operation.bytes.length));
  after.set(content);
  after.set(operation.bytes, operation.offset);
  return after;
}

function applyNames(names: ReadonlyMap<string, number>, operation: NameOperation): ReadonlyMap<string, number> {
  const after = new Map(names);
  switch (operation.kind) {
    case 'link':
      after.set(operation.name, operation.node);
      break;
    case 'unlink':
      after.delete(operation.name);
      break;
    case 'rename':
      after.delete(operation.from);
      after.set(operation.to, operation.node);
      break;
  }
  return after;
}
