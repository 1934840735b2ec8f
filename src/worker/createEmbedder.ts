/** The embedder of a writer: it reads from the store, and its vectors come into the queue as commands. */

import type { VectorSource } from '../embedding/vectors.js';
import type { StoreVectorsCommand } from '../protocol/commands.js';
import type { Store } from '../storage/store.js';
import { Embedder } from './embedder.js';

export interface EmbedderParts {
  readonly vectors: { readonly source: VectorSource; readonly model: string };
  readonly store: Store;
  readonly nowMs: () => number;
  /** Resolves when the command is durable. */
  readonly submit: (command: StoreVectorsCommand) => Promise<unknown>;
  readonly onChange: () => void;
  readonly warn: (text: string) => void;
}

export function createEmbedder({ vectors, store, nowMs, submit, onChange, warn }: EmbedderParts): Embedder {
  return new Embedder(
    vectors.source,
    vectors.model,
    {
      scan: (model, dimension, after, limit) => store.scanVectors(model, dimension, after, limit),
      context: (blockIndex) => store.queries.context(blockIndex),
      blockCount: () => store.blockCount,
      store: (model, made) =>
        submit({
          kind: 'store_vectors',
          atMs: nowMs(),
          idempotencyKey: null,
          payloadHash: '',
          model,
          vectors: made,
        }),
    },
    {
      startTimer: (work, delayMs) => {
        const timer = setTimeout(work, delayMs).unref();
        return () => clearTimeout(timer);
      },
      random: () => Math.random(),
      onChange,
      onFailed: ({ message }) => warn(`No vectors for now: ${message}`),
    },
  );
}
