import { spawn } from 'node:child_process';
import { bundlePath } from '../../client/distFiles.js';
import { GreeumError, type SerializedError } from '../../protocol/errors.js';

/**
 * Runs a command of the command line in a process of its own, for work that would hold up the editor's.
 * @returns its JSON, also of one that ends with a bad report
 * @throws GreeumError what the command says, or `internal` when it says nothing
 */
export async function runGreeum(args: readonly string[], signal: AbortSignal): Promise<unknown> {
  const child = spawn(process.execPath, [bundlePath('cli.js'), ...args, '--json'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  return resultIn(output);
}

function resultIn(output: string): unknown {
  const result = parsed(output);
  if (typeof result === 'object' && result !== null && 'error' in result) {
    throw GreeumError.fromJSON(result.error as SerializedError);
  }
  return result;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw new GreeumError('internal', 'The command greeum ended without an answer.', { cause });
  }
}
