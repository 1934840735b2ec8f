/**
 * The owner that another process is: watched at the first address of the directory that answers and is the owner's own.
 * What `worker_state.json` says may have been put there by anybody, so each address has to prove itself.
 */

import type { MemoryLocation } from './dataDirectory.js';
import { findCandidates, type Candidate } from './discovery.js';
import type { Disposable } from './emitter.js';
import type { Endpoint } from './endpoint.js';
import { isOwner } from './ownerProof.js';
import { watchOwner, type WatchHandlers, type WatchOwner } from './ownerWatch.js';

export interface WatchPorts {
  /** Default: over the network of this machine. */
  readonly watch?: WatchOwner | undefined;
  /** Default: what the disk, or the one who listens, can prove. */
  readonly isOwner?: typeof isOwner | undefined;
}

export class WatchedOwner implements Disposable {
  readonly #location: MemoryLocation;
  readonly #handlers: WatchHandlers;
  readonly #watchOwner: WatchOwner;
  readonly #isOwner: typeof isOwner;
  #endpoint: Endpoint | null = null;
  #watch: Disposable | null = null;
  #isOver = false;

  /** Does nothing before `start`. `handlers.onGone(false)`: nobody listens at any address. */
  constructor(location: MemoryLocation, handlers: WatchHandlers, ports: WatchPorts = {}) {
    this.#location = location;
    this.#handlers = handlers;
    this.#watchOwner = ports.watch ?? watchOwner;
    this.#isOwner = ports.isOwner ?? isOwner;
  }

  /** Where it is watched; without doubt its own. */
  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  start(): void {
    const candidates = findCandidates(this.#location, {}, undefined);
    this.#tryFirst(candidates.filter(({ endpoint }) => endpoint.kind === 'socket'));
  }

  /** No handler is called any more. */
  dispose(): void {
    this.#isOver = true;
    this.#watch?.dispose();
  }

  #tryFirst([candidate, ...others]: readonly Candidate[]): void {
    if (candidate === undefined) return this.#handlers.onGone(false);
    const proved = (isItsOwn: boolean): void =>
      isItsOwn ? this.#watchAt(candidate.endpoint, others) : this.#tryFirst(others);
    const proof = this.#isOwner(candidate, this.#location);
    // Of a Unix socket the disk tells it at once; only a pipe has to be asked.
    if (typeof proof === 'boolean') return proved(proof);
    void proof.then((isItsOwn) => !this.#isOver && proved(isItsOwn));
  }

  #watchAt(endpoint: Endpoint, others: readonly Candidate[]): void {
    this.#endpoint = endpoint;
    this.#watch = this.#watchOwner(endpoint, {
      ...this.#handlers,
      onGone: (wasConnected) => {
        this.#endpoint = null;
        if (wasConnected) this.#handlers.onGone(true);
        else this.#tryFirst(others);
      },
    });
  }
}
