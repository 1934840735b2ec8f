/**
 * What `dist/local.js` exports: the store in this very process, for a caller that found no owner. Loaded by file
 * path and only when needed, because it brings the SQLite engine with it.
 */

import type { MemoryService } from './memoryService.js';

export interface LocalOptions {
  /** `GREEUM_DATA_DIR` or its default, absolute. */
  dataDir: string;
  /**
   * `write` holds the ownership lock until `close`; `read` takes no lock, writes nothing and sees what was durable
   * when it opened. Of a team's memory `read` is `write` where it can be: what others wrote is fetched first.
   */
  mode: 'read' | 'write';
  version: string;
}

export interface LocalMemory extends MemoryService {
  /** Why it may lack what others of a team have written; null: it does not. */
  readonly behindBecause: string | null;
  /** Everything acknowledged is on disk already; this releases the lock and the memory. */
  close(): Promise<void>;
}

export interface LocalModule {
  /**
   * @throws GreeumError `lock_busy` at once when another process owns the directory (its pid is in the sentence),
   * and the `data_dir_*`, `not_a_database`, `newer_format`, `journal_damaged` … codes of a directory that cannot be
   * opened.
   */
  openLocal(options: LocalOptions): Promise<LocalMemory>;
}
