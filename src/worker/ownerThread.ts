/**
 * Entry of `dist/owner.js`: an owner behind a message port, for whoever hosts it. It tries for the lock at once, and
 * again whenever it is told to; in between it stands by.
 */

import { parentPort, workerData } from 'node:worker_threads';

import { GreeumError } from '../protocol/errors.js';
import type { FromOwner, OwnerOptions, ToOwner } from '../protocol/ownerMessages.js';
import { Owner } from './owner.js';
import { pidOfHolder } from './ownership.js';
import { StandbyWriter } from './standbyWriter.js';

if (parentPort === null) throw new Error('owner.js runs as a worker thread.');
const port = parentPort;
const options = workerData as OwnerOptions;
const { dataDir, secrets, embedding, storage } = options;
const standby = new StandbyWriter({ dataDir, secrets, embedding, storage });

/** `stopped` and `failed` are the last words: after them the thread has nothing left to live for. */
function post(message: FromOwner): void {
  port.postMessage(message);
  if (message.type === 'stopped' || message.type === 'failed') port.close();
}

/** Null: the lock is not ours, or the directory cannot be opened. */
async function race(): Promise<Owner | null> {
  try {
    const owner = await Owner.start(options, standby, post);
    post(owner.ready);
    return owner;
  } catch (error) {
    const failure = GreeumError.from(error);
    if (failure.code === 'lock_busy') post({ type: 'not-owner', ownerPid: pidOfHolder(failure) });
    else post({ type: 'failed', error: failure.toJSON() });
    return null;
  }
}

let racing = race();

async function stop(): Promise<void> {
  const owner = await racing;
  if (owner !== null) return owner.stop();
  await standby.close();
  post({ type: 'stopped' });
}

port.on('message', (message: ToOwner) => {
  if (message.type === 'stop') void stop();
  // One at a time: the host asks again only when it was told that it is not the owner.
  else racing = race();
});
