/** Adds through the endpoint: a worker in a process of its own, the load in this one, JSON-RPC over the socket. */

import { once } from 'node:events';

import { WriteServiceClient } from '../src/client/writeServiceClient.js';
import { startWorker } from './cliBench.js';
import { drive } from './measure.js';

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
  const { perSecond } = await drive(texts.length, callers, (index) =>
    client.addMemory({ content: texts[index] ?? '', idempotency_key: `endpoint-${index}` }),
  );
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const next = await startWorker(dataDir);
  const { blocks } = await client.stats();
  client.close();
  next.kill('SIGTERM');
  await once(next, 'exit');
  return { perSecond, found: blocks };
}
