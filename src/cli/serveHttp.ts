import path from 'node:path';
import { locateMemory } from '../client/dataDirectory.js';
import type { WorkerHost } from '../client/workerHost.js';
import { GreeumError, type SerializedError } from '../protocol/errors.js';
import type { WorkerStatus } from '../protocol/operations.js';
import { IdleExit } from './idleExit.js';
import type { Shell } from './shell.js';
import { LogFile } from './logFile.js';
import { nameProcess, untilSignal } from './processLife.js';
import { commandName, openHost } from './serving.js';
import type { ServeOptions } from './serveOptions.js';
import { describeServing } from './workerText.js';

/** What a detached worker tells the process that started it, once. */
export type FromDetached = { type: 'ready'; status: WorkerStatus } | { type: 'failed'; error: SerializedError };

/** Runs a worker until a signal, `worker stop` or idleness ends it. */
export async function serveHttp(shell: Shell, options: ServeOptions): Promise<void> {
  nameProcess('greeum-worker');
  const host = openHost(shell, options, 'cli');
  const ended = untilEnded(host, options.idleExit);
  try {
    keepLog(shell, host);
    const status = await becomeOwner(host);
    shell.output.result(status, () => describeServing(status, commandName(), dataDirOption(host)));
    tellStarter({ type: 'ready', status });
    const why = await ended;
    if (!shell.output.isJson) shell.output.note(`Stopping: ${why}.`);
  } catch (error) {
    tellStarter({ type: 'failed', error: GreeumError.from(error).toJSON() });
    throw error;
  } finally {
    await host.close();
  }
}

/** @throws GreeumError why there can be no worker here; `worker_running` when there is one already */
async function becomeOwner(host: WorkerHost): Promise<WorkerStatus> {
  const { error, ownerPid, role, status } = await host.start();
  if (role === 'owner' && status !== null) return status;
  if (error !== null) throw GreeumError.fromJSON(error);
  const who = ownerPid === null ? 'another process' : `process ${ownerPid}`;
  throw new GreeumError('worker_running', `A worker already serves ${host.dataDir}: ${who}.`, {
    hint: 'Use it, or stop it first: greeum worker stop',
  });
}

function untilEnded(host: WorkerHost, idleMinutes: number | undefined): Promise<string> {
  return new Promise((resolve) => {
    void untilSignal().then(() => resolve('asked to by a signal'));
    let wasOwner = false;
    host.onState(({ phase, role }) => {
      wasOwner ||= role === 'owner';
      if (wasOwner && phase === 'stopped') resolve('asked to by a client');
    });
    if (idleMinutes === undefined) return;
    const idle = new IdleExit(idleMinutes * 60_000, () => resolve(`nobody used it for ${idleMinutes} minutes`));
    host.onStatus((status) => idle.see(status));
    host.onState(({ phase }) => phase === 'stopped' && idle.dispose());
  });
}

/** To the file that the discovery record names; what needs attention also to stderr. */
function keepLog(shell: Shell, host: WorkerHost): void {
  const file = new LogFile(path.join(host.dataDir, 'worker.log'));
  host.onLog(({ level, text }) => {
    file.append(level, text);
    if (level === 'warn' || level === 'error') shell.output.note(text);
  });
}

/** What makes the same memory the one that a command in another terminal means. */
function dataDirOption({ dataDir }: WorkerHost): string {
  return dataDir === locateMemory(undefined, {}).dataDir ? '' : ` --data-dir ${quoted(dataDir)}`;
}

function quoted(path: string): string {
  return /^[\w./\\:~-]+$/.test(path) ? path : `"${path}"`;
}

function tellStarter(message: FromDetached): void {
  if (process.send === undefined) return;
  // The channel would keep this process and its starter together for ever.
  process.send(message, () => process.connected && process.disconnect());
}
