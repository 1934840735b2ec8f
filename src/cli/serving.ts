/** What the long-running commands share. */

import path from 'node:path';
import { WorkerHost } from '../client/workerHost.js';
import type { WriteSource } from '../protocol/operations.js';
import type { Shell } from './shell.js';
import type { ServeOptions } from './serveOptions.js';

/** Writing the database at the end may take a while on a slow disk; the owner itself allows 30 s. */
const STOP_WITHIN_MS = 40_000;

export function openHost(shell: Shell, options: ServeOptions, source: WriteSource): WorkerHost {
  return new WorkerHost({
    host: 'cli',
    source,
    dataDir: options.dataDir,
    env: shell.system.env,
    http: { port: options.port ?? null },
    stopWithinMs: STOP_WITHIN_MS,
  });
}

/** Resolves at the first signal that asks the process to end; at the second one the process ends as it stands. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/**
 * The name in `ps`. Python Greeum's server ends every older process whose command line holds greeum, mcp and serve,
 * in this order, and whose parent has gone; ours must not look like that.
 */
export function nameProcess(name: 'greeum-worker' | 'greeum-stdio'): void {
  process.title = name;
}

/** How the user calls this command line: by its name where it is installed, else by its file. */
export function commandName(script: string | undefined = process.argv[1]): string {
  if (script === undefined || path.extname(script) !== '.js') return 'greeum';
  const relative = path.relative(process.cwd(), script);
  return `node ${relative.startsWith('..') ? script : relative}`;
}
