import type { AgentsModule } from '../agents/index.js';
import { loadBundle } from '../client/distFiles.js';
import { readToken } from '../client/ownerProof.js';
import { GreeumError } from '../protocol/errors.js';
import type { StopResult } from '../protocol/operations.js';
import { EXIT } from './exitCodes.js';
import { command, InvalidValue, type CommandSpec } from './commandSpec.js';
import { ask, ENDPOINT_OPTION, openClient, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import { serve } from './serveCommand.js';
import { minutes, SERVE_OPTIONS, type ServeOptions } from './serveOptions.js';
import type { Shell } from './shell.js';
import { untilOwnerIsGone } from './untilOwnerIsGone.js';
import { describeStatus } from './workerText.js';

/** A running worker answers this at once; one that does not is suspended or worse. */
const STATUS_TIMEOUT_MS = 5_000;
/** The worker writes its database before it goes. */
const STOP_TIMEOUT_MS = 45_000;

export const WORKER_COMMANDS: readonly CommandSpec[] = [
  command<ServeOptions>({
    name: 'worker serve',
    says: 'run a worker in the foreground until it is stopped',
    options: [
      ...SERVE_OPTIONS,
      { flags: '--detach', says: 'run it in the background and return when it is ready' },
      { flags: '--idle-exit <minutes>', says: 'stop when nobody used it for that long', read: minutes },
    ],
    run: (shell, options) => serve(shell, options, 'http'),
  }),
  command<CommonOptions>({
    name: 'worker status',
    says: 'show the running worker; exit status 3 when there is none',
    options: [ENDPOINT_OPTION],
    run: status,
  }),
  command<CommonOptions>({
    name: 'worker stop',
    says: 'stop the worker in order; open VS Code windows may take its place',
    options: [ENDPOINT_OPTION],
    run: stop,
  }),
  command<CommonOptions>({
    name: 'worker flush',
    says: 'write memory.db now, so that other programs see the latest memories in it',
    options: WORKER_OPTIONS,
    run: flush,
  }),
  command<CommonOptions>({
    name: 'worker token',
    says: 'exchange the access token of the running worker; the old one opens nothing from then on',
    takes: [{ name: 'rotate', says: 'the word rotate', read: rotateWord }],
    run: rotateToken,
  }),
  command<ServeOptions>({
    name: 'mcp serve',
    says: 'serve the memory to an AI agent, on stdin and stdout or over HTTP',
    options: SERVE_OPTIONS,
    run: (shell, options) => serve(shell, options, 'stdio'),
  }),
];

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

function rotateWord(word: string): string {
  if (word !== 'rotate') throw new InvalidValue('The one thing to do with it is: rotate.');
  return word;
}

async function rotateToken(shell: Shell, options: CommonOptions): Promise<void> {
  const client = openClient(shell, options);
  try {
    const { dataDir } = client.location;
    const { exchangeToken, thisMachine } = loadBundle('agents.js') as AgentsModule;
    const { exchanged, updated, failed } = await exchangeToken(thisMachine(shell.system.env), {
      read: () => readToken(dataDir),
      exchange: () => client.rotateToken({ timeoutMs: STATUS_TIMEOUT_MS }),
    });
    shell.output.result({ ...exchanged, updated, failed }, () =>
      [
        `The access token was exchanged. The new one is in worker.token in ${dataDir}.`,
        ...updated.map((file) => `The new one was put into ${file}.`),
        ...failed.map((file) => `${file} cannot be read or written: see whether it holds the old one.`),
      ].join('\n'),
    );
  } finally {
    client.close();
  }
}

/** Returns when the worker is gone, so that what comes next in a script finds it gone. */
async function stop(shell: Shell, options: CommonOptions): Promise<void> {
  const client = openClient(shell, options);
  const gone = untilOwnerIsGone(client.endpoints, STOP_TIMEOUT_MS);
  try {
    const stopping = await askToStop(shell, () => client.stop({ timeoutMs: STATUS_TIMEOUT_MS }));
    if (stopping === null) return;
    const isGone = await gone.promise;
    const status = isGone ? 'stopped' : stopping.status;
    const words = isGone ? 'Worker stopped' : 'The worker is still stopping';
    shell.output.result({ ...stopping, status }, () => `${words} (process ${stopping.pid}).`);
  } finally {
    gone.cancel();
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
