import { CommanderError, type Command } from 'commander';
import { WriteServiceClient, type Routed } from '../client/writeServiceClient.js';
import type { WorkerUse } from '../protocol/environment.js';
import type { InputOf, OperationName } from '../protocol/operations.js';
import { EXIT } from './exitCodes.js';
import type { Shell } from './shell.js';

/** Options that every command has, and those of {@link withWorkerOptions}. */
export interface CommonOptions {
  dataDir?: string;
  endpoint?: string;
  useWorker?: true;
  /** False under `--no-worker`. */
  worker?: boolean;
}

/** Adds the options that say how the memory is reached. */
export function withWorkerOptions(command: Command): Command {
  return command
    .option('--use-worker', 'fail (exit status 3) when no worker is running')
    .option('--no-worker', 'do without the worker; refused for writing while one is running')
    .option('--endpoint <url>', 'worker to use: http://127.0.0.1:PORT/TOKEN/mcp, unix:PATH or pipe:NAME');
}

export function withKeyOption(command: Command): Command {
  return command.option('--idempotency-key <key>', 'repeating the command with the same key changes nothing');
}

/**
 * Turns a command's work into the parser's action: the work gets its options, global ones included, and the
 * command's arguments in order.
 */
export function action<O extends CommonOptions>(
  shell: Shell,
  run: (shell: Shell, options: O, ...given: string[]) => Promise<void>,
): (...parsed: unknown[]) => Promise<void> {
  return (...parsed) => {
    const command = parsed.at(-1) as Command;
    return run(shell, command.optsWithGlobals<O>(), ...command.args);
  };
}

/** Asks the memory once, through the worker or without it, and tells people when that is not what they think. */
export async function ask<K extends OperationName>(
  shell: Shell,
  options: CommonOptions,
  operation: K,
  input: InputOf<K>,
): Promise<Routed<K>> {
  const client = openClient(shell, options);
  try {
    return await client.callWithRoute(operation, input);
  } finally {
    client.close();
  }
}

export function openClient({ system, output }: Shell, options: CommonOptions): WriteServiceClient {
  return new WriteServiceClient({
    source: 'cli',
    env: system.env,
    dataDir: options.dataDir,
    endpoint: options.endpoint,
    use: workerUse(options),
    keepAlive: false,
    onWarning: ({ message, hint }) => output.note(message, hint),
  });
}

/** Undefined: as the environment says. */
function workerUse({ useWorker, worker }: CommonOptions): WorkerUse | undefined {
  if (useWorker === true && worker === false) {
    throw new CommanderError(EXIT.usage, 'greeum.usage', '--use-worker and --no-worker exclude each other.');
  }
  if (useWorker === true) return 'require';
  return worker === false ? 'never' : undefined;
}
