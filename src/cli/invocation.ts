import { openLocalBundle, type OpenLocal } from '../client/localStore.js';
import { WriteServiceClient, type ClientOptions, type Routed } from '../client/writeServiceClient.js';
import type { WorkerUse } from '../protocol/environment.js';
import type { InputOf, OperationName } from '../protocol/operations.js';
import { UsageError, type OptionSpec } from './commandSpec.js';
import type { Shell } from './shell.js';

/** Options that every command has, and those of {@link WORKER_OPTIONS}. */
export interface CommonOptions {
  dataDir?: string;
  endpoint?: string;
  useWorker?: true;
  /** False under `--no-worker`. */
  worker?: boolean;
}

/** Longer than usual: without a worker many processes may be waiting for the lock, one after the other. */
const TIMEOUT_MS = 60_000;

export const ENDPOINT_OPTION: OptionSpec = {
  flags: '--endpoint <url>',
  says: 'worker to use: http://127.0.0.1:PORT/TOKEN/mcp, unix:PATH or pipe:NAME',
};

/** How the memory is reached. */
export const WORKER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--use-worker', says: 'fail (exit status 3) when no worker is running' },
  { flags: '--no-worker', says: 'do without the worker; refused for writing while one is running' },
  ENDPOINT_OPTION,
];

export const KEY_OPTION: OptionSpec = {
  flags: '--idempotency-key <key>',
  says: 'repeating the command with the same key changes nothing',
};

/** Asks the memory once, through the worker or without it, and tells people when that is not what they think. */
export async function ask<K extends OperationName>(
  shell: Shell,
  options: CommonOptions,
  operation: K,
  input: InputOf<K>,
  timeoutMs = TIMEOUT_MS,
): Promise<Routed<K>> {
  const client = openClient(shell, options);
  try {
    return await client.callWithRoute(operation, input, { timeoutMs });
  } finally {
    client.close();
  }
}

/**
 * The engine runs for one command here. V8 would spend several times that on optimising it, and the process waits for
 * that at its end; the plain compiler gives code that is slower and there at once.
 */
const openBriefly: OpenLocal = async (options) => {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--liftoff-only');
  return openLocalBundle(options);
};

/** For many calls, one after the other: what is opened in this process stays open until the end. */
export async function openTransfer(
  shell: Shell,
  options: CommonOptions,
): Promise<{ client: WriteServiceClient; close: () => Promise<void> }> {
  const { keepOpen } = await import('../transfer/keepOpen.js');
  const local = keepOpen(openLocalBundle);
  const client = openClient(shell, options, { keepAlive: true, openLocal: local.open });
  return {
    client,
    close: async () => {
      client.close();
      await local.close();
    },
  };
}

export function openClient(
  { system, output }: Shell,
  options: CommonOptions,
  manner: Pick<ClientOptions, 'keepAlive' | 'openLocal'> = { keepAlive: false, openLocal: openBriefly },
): WriteServiceClient {
  return new WriteServiceClient({
    source: 'cli',
    env: system.env,
    dataDir: options.dataDir,
    endpoint: options.endpoint,
    use: workerUse(options),
    ...manner,
    onWarning: ({ message, hint }) => output.note(message, hint),
  });
}

/** Undefined: as the environment says. */
function workerUse({ useWorker, worker }: CommonOptions): WorkerUse | undefined {
  if (useWorker === true && worker === false) {
    throw new UsageError('--use-worker and --no-worker exclude each other.');
  }
  if (useWorker === true) return 'require';
  return worker === false ? 'never' : undefined;
}
