import { homedir } from 'node:os';
import type { Environment } from '../protocol/environment.js';
import type { Machine } from './agents.js';

/** Where this person's agents keep their files. */
export function thisMachine(env: Environment): Machine {
  const os = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  return { os, homeDir: homedir(), env };
}
