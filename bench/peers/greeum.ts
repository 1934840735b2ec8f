import { once } from 'node:events';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { startWorker } from '../cliBench.js';
import { drive } from '../measure.js';
import type { Peer, RunningPeer } from './peer.js';

const FILLED_AT_ONCE = 64;

/** Greeum as agents use it: a worker of its own, JSON-RPC over its socket. */
export const greeum: Peer = {
  name: 'Greeum',
  addsPerRound: 4_000,

  fill: async (folder, texts) => {
    const running = await startGreeum(folder);
    await drive(texts.length, FILLED_AT_ONCE, (index) => running.add(texts[index] ?? '', -1 - index));
    await running.client.call('flush', {});
    await running.kill();
  },

  start: startGreeum,

  async count(folder) {
    const running = await startGreeum(folder);
    const { blocks } = await running.client.stats();
    await running.kill();
    return blocks;
  },
};

export interface RunningGreeum extends RunningPeer {
  readonly client: WriteServiceClient;
}

/** A worker of its own on the folder. */
export async function startGreeum(folder: string): Promise<RunningGreeum> {
  const worker = await startWorker(folder);
  const client = new WriteServiceClient({ dataDir: folder, source: 'api', use: 'require', whenNoOwner: () => null });
  await client.stats();
  return {
    client,
    pid: worker.pid ?? null,
    async add(text, number) {
      await client.addMemory({ content: text, idempotency_key: `bench-${number}` });
      return true;
    },
    async search(query) {
      await client.call('search_memory', { query, limit: 10 });
      return true;
    },
    async kill() {
      client.close();
      const gone = once(worker, 'exit');
      worker.kill('SIGKILL');
      await gone;
    },
  };
}
