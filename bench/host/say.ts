/** What is said in the extension host, for whoever runs the benchmark to read. */

import { format } from 'node:util';

import { suiteMark } from '../../test/vscode/suiteMark.js';

export function say(...args: unknown[]): void {
  console.log(`${suiteMark}${format(...args)}`);
}

/** A rejection is the run's failure, and the editor keeps to itself what it says. */
export async function telling(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(error);
    throw error;
  }
}
