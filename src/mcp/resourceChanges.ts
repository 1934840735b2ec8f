/**
 * Tells subscribers that a resource is another one than before. Something has changed whenever the worker's status
 * has; which resources that touched is found out by reading those that somebody watches, so it is right whoever wrote:
 * an agent, a window or the command line, through this process or another one.
 */

import type { MemoryService } from '../protocol/memoryService.js';
import { readResource } from './resources/index.js';

export interface ChangeSource {
  readonly service: MemoryService;
  /** Calls the listener whenever something may have changed; returns what ends that. */
  readonly onChange: (listener: () => void) => () => void;
}

/** Watched addresses of all subscribers together. Past it a subscription is refused: each costs a read at a change. */
export const MAX_WATCHED = 256;

interface Watched {
  /** What was there when it was last read; null: nothing. */
  text: string | null;
  watchers: number;
}

export class ResourceChanges {
  readonly #service: MemoryService;
  readonly #stopListening: () => void;
  readonly #watched = new Map<string, Watched>();
  readonly #listeners = new Set<(uri: string) => void>();
  readonly #intervalMs: number;
  /** A look is under way or about to be. */
  #isLooking = false;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ service, onChange }: ChangeSource, intervalMs = 250) {
    this.#service = service;
    this.#intervalMs = intervalMs;
    this.#stopListening = onChange(() => this.#lookSoon());
  }

  /** Calls the listener with each watched address whose content has changed; returns what ends that. */
  onUpdated(listener: (uri: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * From when this resolves, every change is seen.
   * @returns what ends it; null when too much is watched already
   */
  async watch(uri: string): Promise<(() => void) | null> {
    let watched = this.#watched.get(uri);
    if (watched !== undefined) watched.watchers += 1;
    else {
      if (this.#watched.size >= MAX_WATCHED) return null;
      watched = { text: null, watchers: 1 };
      this.#watched.set(uri, watched);
      // Cannot be read now: whatever is there later is a change.
      watched.text = await this.#read(uri).catch(() => null);
    }
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      watched.watchers -= 1;
      if (watched.watchers === 0) this.#watched.delete(uri);
    };
  }

  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#watched.clear();
    this.#listeners.clear();
  }

  #lookSoon(): void {
    if (this.#watched.size === 0) return;
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    this.#timer = setTimeout(() => void this.#look(), this.#intervalMs).unref();
  }

  async #look(): Promise<void> {
    this.#lookAgain = false;
    for (const [uri, watched] of this.#watched) {
      let text: string | null;
      try {
        text = await this.#read(uri);
      } catch {
        // The worker cannot say now. It tells of its next change, and then this is looked at again.
        continue;
      }
      if (text === watched.text) continue;
      watched.text = text;
      for (const listener of this.#listeners) listener(uri);
    }
    this.#isLooking = false;
    if (this.#lookAgain) this.#lookSoon();
  }

  #read(uri: string): Promise<string | null> {
    return readResource(this.#service, uri, { source: 'mcp' });
  }
}
