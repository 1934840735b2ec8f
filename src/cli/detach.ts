import { spawn } from 'node:child_process';
import path from 'node:path';
import { locateMemory } from '../client/dataDirectory.js';
import { bundlePath } from '../client/distFiles.js';
import { GreeumError } from '../protocol/errors.js';
import type { WorkerStatus } from '../protocol/operations.js';
import { openClient } from './invocation.js';
import type { Shell } from './shell.js';
import type { FromDetached } from './serveHttp.js';
import type { ServeOptions } from './serveOptions.js';
import { describeStatus } from './workerText.js';

/** Starts a worker in a session of its own and returns when it is ready, or when there was one already. */
export async function serveDetached(shell: Shell, options: ServeOptions): Promise<void> {
  const { dataDir } = locateMemory(options.dataDir, shell.system.env);
  const status = (await startDetached(dataDir, options)) ?? (await runningStatus(shell, options));
  shell.output.result(status, () => describeStatus(status));
}

/** Null: another worker runs already. @throws GreeumError why it could not start */
function startDetached(dataDir: string, options: ServeOptions): Promise<WorkerStatus | null> {
  const { port, idleExit, embeddingUrl, embeddingModel, embeddingFolder } = options;
  const handedOn: readonly [string, string | number | undefined][] = [
    ['--port', port],
    ['--idle-exit', idleExit],
    ['--embedding-url', embeddingUrl],
    ['--embedding-model', embeddingModel],
    // It starts in another folder.
    ['--embedding-folder', embeddingFolder === undefined ? undefined : path.resolve(embeddingFolder)],
  ];
  const args = ['worker', 'serve', '--data-dir', dataDir];
  for (const [flag, value] of handedOn) if (value !== undefined) args.push(flag, String(value));
  const child = spawn(process.execPath, [bundlePath('cli.js'), ...args], {
    detached: true,
    windowsHide: true,
    // Keeps no folder busy that the user may want to unmount or delete.
    cwd: path.parse(process.execPath).root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(`${error.message}`)));
    child.once('exit', (code) => {
      // Its last words may still be on their way; they count more than its end.
      const end = (): void => reject(notStarted(`it ended with exit status ${String(code)}`));
      if (child.connected) child.once('disconnect', end);
      else end();
    });
    child.once('message', (message) => {
      child.unref();
      const said = message as FromDetached;
      if (said.type === 'ready') resolve(said.status);
      else if (said.error.code === 'worker_running') resolve(null);
      else reject(GreeumError.fromJSON(said.error));
    });
  });
}

async function runningStatus(shell: Shell, options: ServeOptions): Promise<WorkerStatus> {
  const client = openClient(shell, options);
  try {
    return await client.status();
  } finally {
    client.close();
  }
}

function notStarted(why: string): GreeumError {
  return new GreeumError('internal', `The worker could not be started in the background: ${why}.`, {
    hint: 'Run it in the foreground to see why: greeum worker serve',
  });
}
