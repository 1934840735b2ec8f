import type { OpenLocal } from '../client/localStore.js';
import type { LocalMemory, LocalOptions } from '../protocol/localModule.js';

export interface KeptOpen {
  readonly open: OpenLocal;
  close(): Promise<void>;
}

/**
 * Keeps a memory that is opened in this process open from one call to the next: opening reads all of it. Until the end
 * no other process can write, and none is needed.
 */
export function keepOpen(open: OpenLocal): KeptOpen {
  let kept: { memory: LocalMemory; mode: LocalOptions['mode'] } | null = null;
  const close = async (): Promise<void> => {
    const { memory } = kept ?? {};
    kept = null;
    await memory?.close();
  };
  return {
    open: async (options) => {
      // A reader sees what was there when it opened, so it does not see what a writer has added since.
      if (kept !== null && kept.mode !== options.mode) await close();
      kept ??= { memory: await open(options), mode: options.mode };
      const { memory } = kept;
      return {
        behindBecause: memory.behindBecause,
        call: (operation, input, callOptions) => memory.call(operation, input, callOptions),
        close: () => Promise.resolve(),
      };
    },
    close,
  };
}
