import { MAX_ASSOCIATION_CHANGES } from '../protocol/limits.js';
import type { MemoryService } from '../protocol/memoryService.js';
import type { AssociationChange } from '../protocol/operations.js';
import type { LinkEntry } from './entries.js';
import type { Placed } from './placed.js';

/** Links of a source that has them apart from its memories. One that is there already stays as it is. */
export class RelationLinks {
  readonly #service: MemoryService;
  readonly #placed: Placed;
  readonly #isDryRun: boolean;
  /** An end is not known yet. */
  #open: LinkEntry[] = [];
  #ready: AssociationChange[] = [];
  #count = 0;

  constructor(service: MemoryService, placed: Placed, isDryRun: boolean) {
    this.#service = service;
    this.#placed = placed;
    this.#isDryRun = isDryRun;
  }

  /** How many were made, or were there. */
  get count(): number {
    return this.#count;
  }

  async take(link: LinkEntry): Promise<void> {
    const source = this.#placed.find(link.from);
    const target = this.#placed.find(link.to);
    if (source === null || target === null) this.#open.push(link);
    else if (source !== target) this.#ready.push({ source, target, type: link.type, strength: 1 });
    if (this.#ready.length === MAX_ASSOCIATION_CHANGES) await this.#send();
  }

  /** To be called when every memory has its place. @returns the links of which an end is missing */
  async end(): Promise<LinkEntry[]> {
    const open = this.#open;
    this.#open = [];
    // Nothing has a place in a preview.
    if (this.#isDryRun) {
      this.#count = open.length;
      return [];
    }
    for (const link of open) await this.take(link);
    await this.#send();
    return this.#open;
  }

  async #send(): Promise<void> {
    if (this.#ready.length === 0) return;
    const add = this.#ready;
    this.#ready = [];
    if (!this.#isDryRun) await this.#service.call('update_associations', { add });
    this.#count += add.length;
  }
}
