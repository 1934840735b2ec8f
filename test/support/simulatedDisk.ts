/**
 * A disk in memory behind the `Files` seam, for tests that pull the plug: it records every operation, can fail any
 * of them, can stop the world after any of them, and tells what may be found after a power cut (see `diskModel.ts`).
 */

import { dirname, basename } from 'node:path/posix';

import { memoryFor, type FileIdentity, type Files, type UsedMemory } from '../../src/storage/files.js';
import { DiskModel } from './diskModel.js';

export type FileCall = Exclude<keyof Files, 'stat' | 'isFolder'>;

/** Thrown by every call once the world has stopped. */
export class CrashPoint extends Error {
  override readonly name = 'CrashPoint';
}

/** A fault to come: the calls of this kind from number `at` (counted from 1, from now on) fail. */
export interface Fault {
  readonly call: FileCall;
  /** Default 1: the next one. */
  readonly at?: number;
  /** How many calls fail, default 1; `Infinity` until the fault is cleared. */
  readonly times?: number;
  /** Counts only calls whose path matches. */
  readonly path?: RegExp;
  /** For `write`: this many bytes are written. With an `errno`, and the call fails then, as a full disk does. */
  readonly shortBytes?: number;
  /** `ENOSPC`, `EIO`, `EMFILE`, `EROFS`, …; absent only with `shortBytes`. */
  readonly errno?: string;
}

/** The world after one operation. */
export interface RecordedPoint {
  /** `write /memory/data/journal/000000000001.log 0+512`; for messages. */
  readonly operation: string;
  readonly disk: DiskModel;
  /** What the test had noted by then, such as acknowledgements. */
  readonly notes: readonly unknown[];
}

interface Handle {
  readonly node: number;
  readonly path: string;
  readonly isReadable: boolean;
  readonly isWritable: boolean;
}

interface Lock {
  readonly fd: number;
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

interface ArmedFault extends Fault {
  seen: number;
}

export class SimulatedDisk implements Files {
  readonly #model: DiskModel;
  readonly #handles = new Map<number, Handle>();
  /** Of killed processes: in a test their code runs on and may still close what the kernel has closed already. */
  readonly #killed = new Set<number>();
  #locks: Lock[] = [];
  #faults: ArmedFault[] = [];
  #nextFd = 100;
  #operationsLeft = Infinity;
  readonly #operations: string[] = [];
  #points: RecordedPoint[] | null = null;
  #notes: readonly unknown[] = [];

  /** @param model the disk as it is found; this object works on a copy */
  constructor(model: DiskModel = new DiskModel()) {
    this.#model = model.copy();
  }

  /** Every operation that changed something, in order. */
  get operations(): readonly string[] {
    return this.#operations;
  }

  get openDescriptors(): number {
    return this.#handles.size;
  }

  /** The disk as it is now, on its own. */
  get model(): DiskModel {
    return this.#model.copy();
  }

  /** Keeps the world after each operation from now on, beginning with now. */
  record(): void {
    this.#points = [{ operation: 'nothing yet', disk: this.#model.copy(), notes: this.#notes }];
  }

  /** Something that happened between two operations; later points carry it. */
  note(note: unknown): void {
    this.#notes = [...this.#notes, note];
    if (this.#points !== null) this.#keep(`noted ${JSON.stringify(note)}`);
  }

  get points(): readonly RecordedPoint[] {
    return this.#points ?? [];
  }

  /** After `count` more operations every call throws {@link CrashPoint}. */
  stopAfter(count: number): void {
    this.#operationsLeft = count;
  }

  /** `kill -9` of everybody: descriptors and locks are gone, what was written stays in the kernel's memory. */
  killProcesses(): void {
    for (const fd of this.#handles.keys()) this.#killed.add(fd);
    this.#handles.clear();
    this.#locks = [];
    this.#operationsLeft = Infinity;
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, seen: 0 });
  }

  clearFaults(): void {
    this.#faults = [];
  }

  /** As another program would: in place, durable at once, past every fault and record. Null removes the file. */
  put(path: string, bytes: Uint8Array | null): void {
    this.#model.putDurably(path, bytes);
  }

  bytesOf(path: string): Buffer {
    return Buffer.from(this.#content(this.#existing(path, 'read')));
  }

  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): number {
    this.#enter('open', path);
    let node = this.#model.find(path);
    if (node !== null && flags === 'wx') throw errno('EEXIST', 'open', path);
    if (node === null) {
      if (flags === 'r' || flags === 'r+') throw errno('ENOENT', 'open', path);
      if (this.#model.find(dirname(path)) === null) throw errno('ENOENT', 'open', path);
      node = this.#model.createFile(path);
      this.#did(`create ${path}`);
    } else if (this.#model.node(node).kind === 'folder') {
      throw errno('EISDIR', 'open', path);
    } else if (flags === 'w' && this.#content(node).length > 0) {
      this.#model.changeData(node, { kind: 'truncate', length: 0 });
      this.#did(`truncate ${path} 0`);
    }
    const fd = this.#nextFd;
    this.#nextFd += 1;
    this.#handles.set(fd, { node, path, isReadable: flags.startsWith('r'), isWritable: flags !== 'r' });
    return fd;
  }

  close(fd: number): void {
    if (this.#killed.has(fd)) return;
    const { path } = this.#handle(fd, 'close');
    this.#enter('close', path);
    this.#handles.delete(fd);
    this.#locks = this.#locks.filter((lock) => lock.fd !== fd);
  }

  /** At once: what is behind it in time cannot depend on it. */
  closeLater(fd: number): void {
    this.close(fd);
  }

  read(fd: number, into: Uint8Array, position: number): number {
    const { node, path, isReadable } = this.#handle(fd, 'read');
    this.#enter('read', path);
    if (!isReadable) throw errno('EBADF', 'read', path);
    const found = this.#content(node).subarray(position, position + into.length);
    into.set(found);
    return found.length;
  }

  readAll(path: string, room = 0, used?: UsedMemory): Uint8Array {
    this.#enter('readAll', path);
    const content = this.#content(this.#existing(path, 'open'));
    const whole = memoryFor(content.length + room, used);
    whole.set(content);
    whole.fill(0, content.length, used?.bytes ?? content.length);
    return whole.subarray(0, content.length);
  }

  write(fd: number, bytes: Uint8Array, position: number): number {
    const { node, path, isWritable } = this.#handle(fd, 'write');
    const fault = this.#enter('write', path);
    if (!isWritable) throw errno('EBADF', 'write', path);
    const written = Uint8Array.from(bytes.subarray(0, fault?.shortBytes ?? bytes.length));
    if (written.length > 0) {
      this.#model.changeData(node, { kind: 'write', offset: position, bytes: written });
      this.#did(`write ${path} ${position}+${written.length}`);
    }
    if (fault?.errno !== undefined) throw errno(fault.errno, 'write', path);
    return written.length;
  }

  fdatasync(fd: number): void {
    this.#sync(fd, 'fdatasync');
  }

  fsync(fd: number): void {
    this.#sync(fd, 'fsync');
  }

  truncate(fd: number, length: number): void {
    const { node, path } = this.#handle(fd, 'truncate');
    this.#enter('truncate', path);
    if (this.#content(node).length === length) return;
    this.#model.changeData(node, { kind: 'truncate', length });
    this.#did(`truncate ${path} ${length}`);
  }

  rename(from: string, to: string): void {
    this.#enter('rename', from);
    if (dirname(from) !== dirname(to)) throw new Error('The simulated disk renames within one folder only.');
    const node = this.#existing(from, 'rename');
    this.#model.changeNames(dirname(from), { kind: 'rename', from: basename(from), to: basename(to), node });
    this.#did(`rename ${from} ${to}`);
  }

  unlink(path: string): void {
    this.#enter('unlink', path);
    this.#existing(path, 'unlink');
    this.#model.changeNames(dirname(path), { kind: 'unlink', name: basename(path) });
    this.#did(`unlink ${path}`);
  }

  syncFolder(path: string): void {
    this.#enter('syncFolder', path);
    this.#existing(path, 'open');
    this.#model.syncFolder(path);
    this.#did(`syncFolder ${path}`);
  }

  makeFolder(path: string): void {
    this.#enter('makeFolder', path);
    if (this.#model.find(path) !== null) return;
    if (this.#model.find(dirname(path)) === null) this.makeFolder(dirname(path));
    this.#model.createFolder(path);
    this.#did(`makeFolder ${path}`);
  }

  list(folder: string): string[] {
    this.#enter('list', folder);
    const node = this.#model.node(this.#existing(folder, 'scandir'));
    if (node.kind === 'file') throw errno('ENOTDIR', 'scandir', folder);
    return [...node.current.keys()];
  }

  stat(path: string): FileIdentity | null {
    if (this.#operationsLeft <= 0) throw new CrashPoint('The world has stopped.');
    const id = this.#model.find(path);
    if (id === null) return null;
    const node = this.#model.node(id);
    const size = node.kind === 'file' ? node.current.length : 0;
    return { size, mtimeMs: node.modifiedAtMs, inode: id };
  }

  isFolder(path: string): boolean | null {
    if (this.#operationsLeft <= 0) throw new CrashPoint('The world has stopped.');
    const id = this.#model.find(path);
    return id === null ? null : this.#model.node(id).kind === 'folder';
  }

  requireWritable(folder: string): void {
    this.#enter('requireWritable', folder);
  }

  tryLock(fd: number, offset: number, length: number): boolean {
    const { node, path } = this.#handle(fd, 'lock');
    this.#enter('tryLock', path);
    const end = length === 0 ? Infinity : offset + length;
    const isHeld = this.#locks.some(
      (lock) => lock.fd !== fd && lock.node === node && lock.start < end && offset < lock.end,
    );
    if (!isHeld) this.#locks.push({ fd, node, start: offset, end });
    return !isHeld;
  }

  #sync(fd: number, call: 'fsync' | 'fdatasync'): void {
    const { node, path } = this.#handle(fd, call);
    try {
      this.#enter(call, path);
    } catch (error) {
      if (!(error instanceof CrashPoint)) this.#model.forsakeFile(node);
      throw error;
    }
    this.#model.syncFile(node);
    this.#did(`${call} ${path}`);
  }

  /** Throws what a fault or the end of the world demands. @returns the fault that only shortens the call */
  #enter(call: FileCall, path: string): Fault | undefined {
    if (this.#operationsLeft <= 0) throw new CrashPoint('The world has stopped.');
    const hits = this.#faults.filter((fault) => {
      if (fault.call !== call || fault.path?.test(path) === false) return false;
      fault.seen += 1;
      const first = fault.at ?? 1;
      return fault.seen >= first && fault.seen < first + (fault.times ?? 1);
    });
    const hit = hits[0];
    if (hit?.errno !== undefined && hit.shortBytes === undefined) throw errno(hit.errno, call, path);
    return hit;
  }

  #did(operation: string): void {
    this.#operations.push(operation);
    this.#operationsLeft -= 1;
    if (this.#points !== null) this.#keep(operation);
  }

  #keep(operation: string): void {
    this.#points?.push({ operation, disk: this.#model.copy(), notes: this.#notes });
  }

  #content(id: number): Uint8Array {
    const node = this.#model.node(id);
    if (node.kind === 'folder') throw errno('EISDIR', 'read', '');
    return node.current;
  }

  #existing(path: string, call: string): number {
    const id = this.#model.find(path);
    if (id === null) throw errno('ENOENT', call, path);
    return id;
  }

  #handle(fd: number, call: string): Handle {
    if (this.#operationsLeft <= 0) throw new CrashPoint('The world has stopped.');
    const handle = this.#handles.get(fd);
    if (handle === undefined) throw errno('EBADF', call, `descriptor ${fd}`);
    return handle;
  }
}

/** An error as Node's file functions throw them. */
export function errno(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${call} '${path}'`), { code, syscall: call, path });
}
