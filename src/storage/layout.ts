/** Names of the files beside `memory.db`. */

import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

import { memoryFolder } from '../protocol/location.js';

export interface Layout {
  /** The folder that holds all of the below. */
  readonly folder: string;
  readonly database: string;
  readonly databaseTemp: string;
  readonly journalFolder: string;
  readonly index: string;
  readonly indexTemp: string;
  readonly slots: string;
  readonly slotsTemp: string;
  readonly lock: string;
  /** Held by the one of those who wait for the owner's end that is to come next. */
  readonly heirLock: string;
}

/** @param dataDir absolute */
export function layoutOf(dataDir: string, exists: (path: string) => boolean = existsSync): Layout {
  const folder = memoryFolder(dataDir, sep, exists(join(dataDir, 'memory.db')));
  return {
    folder,
    database: join(folder, 'memory.db'),
    databaseTemp: join(folder, 'memory.db.new'),
    journalFolder: join(folder, 'journal'),
    index: join(folder, 'index.db'),
    indexTemp: join(folder, 'index.db.new'),
    slots: join(folder, 'stm_anchors.db'),
    slotsTemp: join(folder, 'stm_anchors.db.new'),
    lock: join(folder, 'worker.lock'),
    heirLock: join(folder, 'heir.lock'),
  };
}
