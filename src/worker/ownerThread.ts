/** Entry of `dist/owner.js`: an owner behind a message port, for whoever hosts it. */

import { parentPort, workerData } from 'node:worker_threads';

import { GreeumError } from '../protocol/errors.js';
import type { FromOwner, OwnerOptions, ToOwner } from '../protocol/ownerMessages.js';
import { Owner } from './owner.js';
import { pidOfHolder } from './ownership.js';

if (parentPort === null) throw new Error('owner.js runs as a worker thread.');
const port = parentPort;

/** `stopped` and `failed` are the last words: after them the thread has nothing left to live for. */
function post(message: FromOwner): void {
  port.postMessage(message);
  if (message.type === 'stopped' || message.type === 'failed' || message.type === 'not-owner') port.close();
}

async function main(): Promise<void> {
  const owner = await Owner.start(workerData as OwnerOptions, post);
  port.on('message', (message: ToOwner) => {
    if (message.type === 'stop') void owner.stop();
  });
  post(owner.ready);
}

main().catch((error: unknown) => {
  const failure = GreeumError.from(error);
  if (failure.code === 'lock_busy') post({ type: 'not-owner', ownerPid: pidOfHolder(failure) });
  else post({ type: 'failed', error: failure.toJSON() });
});
