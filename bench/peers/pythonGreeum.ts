import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { nodeFiles } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { openMemory } from '../../src/storage/recovery.js';
import { Queries } from '../../src/storage/queries.js';
import { rebase } from '../../src/memory/rebase.js';
import { greeum } from './greeum.js';
import type { Peer } from './peer.js';

const run = promisify(execFile);

/**
 * Python Greeum's own command, a process a call and no worker, as its users have it.
 * @param program path of its `greeum`
 */
export function pythonGreeum(program: string): Peer {
  const call = async (folder: string, args: readonly string[]): Promise<boolean> => {
    const env = { ...process.env, GREEUM_DATA_DIR: folder };
    const { stdout } = await run(program, ['memory', ...args, '--no-worker'], { env });
    // It says so and exits with 0.
    if (stdout.includes('[ERROR]')) throw new Error(`${program} memory ${args[0] ?? ''}: ${stdout}`);
    return true;
  };
  return {
    name: 'Python Greeum',
    addsPerRound: 20,
    // It reads what Greeum for VS Code writes, and would itself take hours.
    fill: (folder, texts) => greeum.fill(folder, texts),
    start: (folder) =>
      Promise.resolve({
        pid: null,
        add: (text) => call(folder, ['add', text]),
        search: (words) => call(folder, ['search', words]),
        kill: () => Promise.resolve(),
      }),
    async count(folder) {
      const { image } = await openMemory(nodeFiles, layoutOf(folder), { rebase });
      const { blockCount } = new Queries(image.sql);
      image.close();
      return blockCount;
    },
  };
}
