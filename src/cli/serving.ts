/** What the long-running commands share. */

import path from 'node:path';
import { WorkerHost } from '../client/workerHost.js';
import { embeddingFrom } from '../protocol/embedding.js';
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
    embedding: embeddingFrom(shell.system.env, {
      url: options.embeddingUrl,
      model: options.embeddingModel,
      folder: options.embeddingFolder === undefined ? undefined : path.resolve(options.embeddingFolder),
    }),
    stopWithinMs: STOP_WITHIN_MS,
  });
}

/** How the user calls this command line: by its name where it is installed, else by its file. */
export function commandName(script: string | undefined = process.argv[1]): string {
  if (script === undefined || path.extname(script) !== '.js') return 'greeum';
  const relative = path.relative(process.cwd(), script);
  return `node ${relative.startsWith('..') ? script : relative}`;
}
