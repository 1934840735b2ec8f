import { Readable } from 'node:stream';
import { runCli } from '../../../src/cli/run.js';
import type { Environment } from '../../../src/protocol/environment.js';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with streams of its own. */
export async function greeum(
  argv: readonly string[],
  { env = {}, stdin = [] }: { env?: Environment; stdin?: Iterable<Buffer> } = {},
): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    env,
    stdin: Readable.from(stdin),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
