/** Parts of a writer that know the store and nothing of the writer. */

import type { SecretPolicy } from '../protocol/environment.js';
import type { SearchIndex } from '../storage/searchIndex.js';
import type { Store } from '../storage/store.js';
import { Indexer } from './indexer.js';
import { ports } from './ports.js';
import { Reads } from './reads.js';
import { Reindexer } from './reindexer.js';

export function indexerOf(store: Store, onStep: () => void): Indexer {
  return new Indexer({
    backlog: () => store.indexBacklog,
    step: (blocks) => store.prepareIndex(blocks),
    isOpen: () => store.isIndexOpen,
    onStep,
  });
}

export function reindexerOf(store: Store, onStep: () => void): Reindexer<SearchIndex> {
  return new Reindexer({
    newIndex: () => store.newIndex(),
    replaceIndex: (index) => store.replaceIndex(index),
    onStep,
    turn: () => new Promise(setImmediate),
  });
}

export function readsOf(store: Store, secrets: SecretPolicy, dataDir: string, database: string): Reads {
  return new Reads({
    queries: store.queries,
    secrets,
    index: () => store.index,
    files: () => ({
      data_dir: dataDir,
      database,
      database_bytes: store.databaseBytes,
      journal_bytes: store.journalBytes,
    }),
    monotonicMs: ports.monotonicMs,
    nowMs: ports.nowMs,
  });
}
