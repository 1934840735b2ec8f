import { InvalidArgumentError, type Command } from 'commander';
import { GreeumError } from '../protocol/errors.js';
import type { StopResult } from '../protocol/operations.js';
import { EXIT } from './exitCodes.js';
import { action, ask, openClient, type CommonOptions } from './invocation.js';
import { serve } from './serveCommand.js';
import { withServeOptions } from './serveOptions.js';
import type { Shell } from './shell.js';
import { describeStatus } from './workerText.js';

/** A running worker answers this at once; one that does not is suspended or worse. */
const STATUS_TIMEOUT_MS = 5_000;
/** The worker writes its database before it goes. */
const STOP_TIMEOUT_MS = 45_000;

export function addWorkerCommands(program: Command, shell: Shell): void {
  const worker = program.command('worker').description('the one process that writes');
  withServeOptions(worker.command('serve'))
    .description('run a worker in the foreground until it is stopped')
    .option('--detach', 'run it in the background and return when it is ready')
    .option('--idle-exit <minutes>', 'stop when nobody used it for that long', minutes)
    .action(action(shell, serve));
  worker
    .command('status')
    .description('show the running worker; exit status 3 when there is none')
    .action(action(shell, status));
  worker
    .command('stop')
    .description('stop the worker in order; open VS Code windows may take its place')
    .action(action(shell, stop));
  worker
    .command('flush')
    .description('write memory.db now, so that other programs see the latest memories in it')
    .action(action(shell, flush));
}

async function status(shell: Shell, options: CommonOptions): Promise<void> {
  const client = openClient(shell, options);
  try {
    const found = await client.status({ timeoutMs: STATUS_TIMEOUT_MS });
    shell.output.result(found, () => describeStatus(found));
  } catch (error) {
    if (!(error instanceof GreeumError) || error.code !== 'worker_required') throw error;
    const { dataDir } = client.location;
    shell.setExitCode(EXIT.noWorker);
    shell.output.result({ running: false, data_dir: dataDir }, () => error.message);
    if (error.hint !== undefined && !shell.output.isJson) shell.output.note(error.hint);
  } finally {
    client.close();
  }
}

/** Returns when the worker is gone, so that what comes next in a script finds it gone. */
async function stop(shell: Shell, options: CommonOptions): Promise<void> {
  const client = openClient(shell, options);
  try {
    const { untilOwnerIsGone } = await import('./untilOwnerIsGone.js');
    const gone = untilOwnerIsGone(client.location, STOP_TIMEOUT_MS);
    const stopping = await askToStop(shell, () => client.stop({ timeoutMs: STATUS_TIMEOUT_MS }));
    if (stopping === null) return gone.cancel();
    const isGone = await gone.promise;
    const status = isGone ? 'stopped' : stopping.status;
    const words = isGone ? 'Worker stopped' : 'The worker is still stopping';
    shell.output.result({ ...stopping, status }, () => `${words} (process ${stopping.pid}).`);
  } finally {
    client.close();
  }
}

/** Null: there was none, which is what was wanted. */
async function askToStop(shell: Shell, stopIt: () => Promise<StopResult>): Promise<StopResult | null> {
  try {
    return await stopIt();
  } catch (error) {
    if (!(error instanceof GreeumError) || error.code !== 'worker_required') throw error;
    shell.output.result({ status: 'not_running' }, () => 'No worker is running.');
    return null;
  }
}

async function flush(shell: Shell, options: CommonOptions): Promise<void> {
  const { result, via } = await ask(shell, options, 'flush', {});
  shell.output.result({ ...result, via }, () => `Written to disk: ${result.database_bytes} bytes.`);
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0)) throw new InvalidArgumentError('It must be a number of minutes above 0.');
  return value;
}
