import { existsSync } from 'node:fs';
import path from 'node:path';

/** The project root: scripts are always run from a checkout. */
export const projectRoot = path.resolve(__dirname, '../..');

/** Where everything that runs is written; the VSIX holds this folder. */
export const distDir = path.join(projectRoot, 'dist');

/** One bundle each: name in `dist/` without `.js` → source. Threads and the stdio server are started by file path. */
const bundles: Readonly<Record<string, string>> = {
  extension: 'src/extension/activate.ts',
  owner: 'src/worker/ownerThread.ts',
  writer: 'src/worker/writerThread.ts',
  background: 'src/worker/backgroundThread.ts',
  local: 'src/worker/local.ts',
  'mcp-stdio': 'src/mcp/stdio.ts',
};

/** The command line: apart from the others because only it starts with a hashbang. */
const commandLine: Readonly<Record<string, string>> = { cli: 'src/cli/main.ts' };

export interface Entry {
  /** File name in `dist/`, without extension. */
  readonly out: string;
  /** Absolute path of the source. */
  readonly in: string;
}

/** The bundles that both editors and threads load, and the executable one. */
export function entries(): { modules: Entry[]; executables: Entry[] } {
  return { modules: present(bundles), executables: present(commandLine) };
}

function present(table: Readonly<Record<string, string>>): Entry[] {
  const all = Object.entries(table).map(([out, source]) => ({ out, in: path.join(projectRoot, source) }));
  return all.filter((entry) => {
    const exists = existsSync(entry.in);
    if (!exists) console.log(`skipped ${entry.out}.js: ${path.relative(projectRoot, entry.in)} does not exist`);
    return exists;
  });
}
