/** The same build, but for a writer thread to which anything can be made to happen. */

import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cliPath } from './greeumProcess.js';

/** Functions of `node:fs`, by which the writer reaches the disk. */
export type DiskCall = 'openSync' | 'writeSync' | 'fdatasyncSync' | 'fsyncSync';

/** What happens to such a call: it fails, or takes its time. */
export type DiskFault =
  { readonly call: DiskCall; readonly errno: string } | { readonly call: DiskCall; readonly delayMs: number };

export interface FaultyBuild {
  readonly cli: string;
  /** From now on; null: nothing any more. */
  setFault(fault: DiskFault | null): void;
  /** The writer thread that runs now throws, or fills its heap. */
  readonly end: (how: 'throws' | 'runs out of memory') => void;
}

/** @param folder where the build is put */
export function faultyBuild(folder: string): FaultyBuild {
  const dist = join(folder, 'dist');
  cpSync(dirname(cliPath), dist, { recursive: true });
  const orders = { fault: join(folder, 'fault'), end: join(folder, 'end') };
  renameSync(join(dist, 'writer.js'), join(dist, 'sound-writer.js'));
  writeFileSync(join(dist, 'writer.js'), BREAKABLE);
  return {
    cli: join(dist, 'cli.js'),
    setFault(fault) {
      if (fault === null) rmSync(orders.fault);
      else writeWhole(orders.fault, JSON.stringify(fault));
    },
    end: (how) => writeWhole(orders.end, how),
  };
}

/** Whoever reads it finds all of it or nothing. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Runs in the writer thread, before everything else. */
const BREAKABLE = `
const fs = require('node:fs');
const { join } = require('node:path');
const [faultFile, endFile] = ['fault', 'end'].map((name) => join(__dirname, '..', name));
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);
for (const call of ['openSync', 'writeSync', 'fdatasyncSync', 'fsyncSync']) {
  const real = fs[call];
  fs[call] = (...args) => {
    const fault = JSON.parse(read(faultFile) ?? '{}');
    if (fault.call !== call) return real(...args);
    if (fault.errno !== undefined) throw Object.assign(new Error(fault.errno), { code: fault.errno });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.delayMs);
    return real(...args);
  };
}
setInterval(() => {
  const how = read(endFile);
  if (how === null) return;
  fs.unlinkSync(endFile);
  if (how === 'throws') throw new Error('told to die');
  for (const hog = []; ;) hog.push(new Array(100_000).fill(hog.length + 0.5));
}, 1);
require('./sound-writer.js');
`;
