import { GreeumError } from '../protocol/errors.js';
import { COMMANDS, GLOBAL_OPTIONS } from './commands.js';
import { UsageError, usageError } from './commandSpec.js';
import { EXIT, exitCodeOf, type ExitCode } from './exitCodes.js';
import { Output } from './output.js';
import { parsePlain } from './plainParser.js';
import type { Shell, System } from './shell.js';

/** Runs one command and says what the process should end with. Never rejects. */
export async function runCli(argv: readonly string[], system: System): Promise<ExitCode> {
  // Known before parsing, because parsing itself can fail.
  const output = new Output(system.stdout, system.stderr, optionsOf(argv).includes('--json'));
  let code: ExitCode = EXIT.done;
  const shell: Shell = { system, output, setExitCode: (value) => (code = value) };
  try {
    const parsed = parsePlain(argv, COMMANDS, GLOBAL_OPTIONS);
    if (parsed !== null) await parsed.spec.run(shell, parsed.options, ...parsed.given);
    else await (await import('./fullParser.js')).runFully(argv, shell);
    return code;
  } catch (error) {
    if (error instanceof UsageError) {
      output.error(usageError(error.message));
      return EXIT.usage;
    }
    const known = GreeumError.from(error);
    output.error(known);
    return exitCodeOf(known.code);
  }
}

function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
