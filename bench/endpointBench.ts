/** Adds through the endpoint: a worker in a process of its own, the load in this one, JSON-RPC over the socket. */

import { once } from 'node:events';

import { WriteServiceClient } from '../src/client/writeServiceClient.js';
import { startWorker } from './cliBench.js';
import { drive } from './measure.js';
import { memoryTexts } from './texts.js';

/**
 * Not timed: the worker's code is compiled by then, as in one that has been there for a minute, and as the queue's in the
 * process that measures it round after round.
 */
const WARM_UP = 2_000;
/** Of other texts than any that is timed. */
const WARM_UP_SEED = 9_999;

export interface EndpointRun {
  readonly perSecond: number;
  /** Of the acknowledged ones, after the worker was killed and another one has recovered the directory. */
  readonly found: number;
}

export async function addThroughEndpoint(
  dataDir: string,
  callers: number,
  texts: readonly string[],
): Promise<EndpointRun> {
  const worker = await startWorker(dataDir);
  const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require', whenNoOwner: () => null });
  const addAll = (contents: readonly string[], name: string): ReturnType<typeof drive> =>
    drive(contents.length, callers, (index) =>
      client.addMemory({ content: contents[index] ?? '', idempotency_key: `${name}-${index}` }),
    );
  await addAll(memoryTexts(WARM_UP, WARM_UP_SEED), 'warm-up');
  const before = await client.stats();
  const { perSecond } = await addAll(texts, 'endpoint');
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const next = await startWorker(dataDir);
  const after = await client.stats();
  client.close();
  next.kill('SIGTERM');
  await once(next, 'exit');
  return { perSecond, found: after.blocks - before.blocks };
}
