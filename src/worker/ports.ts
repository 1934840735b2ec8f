/** Clock, chance and turns of the machine itself, as a writer uses them. */

import { randomBytes, randomUUID } from 'node:crypto';

export const ports = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (work: () => void) => void setImmediate(work),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  /** Keeps no process alive. */
  every: (ms: number, work: () => void) => setInterval(work, ms).unref(),
  random: () => Math.random(),
  randomUuid: () => randomUUID() as string,
  randomHex: (digits: number) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
};
