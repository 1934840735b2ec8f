import { CommanderError } from 'commander';
import { GreeumError } from '../protocol/errors.js';
import { VERSION } from '../protocol/version.js';
import { EXIT, exitCodeOf } from './exitCodes.js';
import { Output } from './output.js';
import { createProgram } from './program.js';
import type { System } from './shell.js';

/** Runs one command and says what the process should end with. Never rejects. */
export async function runCli(argv: readonly string[], system: System): Promise<number> {
  // Known before parsing, because parsing itself can fail.
  const output = new Output(system.stdout, system.stderr, optionsOf(argv).includes('--json'));
  let said = '';
  let code: number = EXIT.done;
  const program = createProgram({
    system,
    output,
    say: (text) => (said += text),
    setExitCode: (value) => (code = value),
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, said.trimEnd(), output);
    const known = GreeumError.from(error);
    output.error(known);
    return exitCodeOf(known.code);
  }
}

/** Help and version end the parsing too; the rest is a command line that cannot be understood. */
function endOfParsing({ code, message }: CommanderError, said: string, output: Output): number {
  if (code === 'commander.version') {
    output.result({ version: VERSION }, () => VERSION);
    return EXIT.done;
  }
  if (code === 'commander.helpDisplayed') {
    output.result({ help: said }, () => said);
    return EXIT.done;
  }
  const isHelpInstead = code === 'commander.help';
  if (isHelpInstead && !output.isJson) output.note(said);
  else output.error(usageError(isHelpInstead ? 'A command is missing.' : message));
  return EXIT.usage;
}

function usageError(message: string): GreeumError {
  return new GreeumError('invalid_argument', message.replace(/^error: /, ''), {
    hint: 'See greeum --help, or greeum COMMAND --help.',
  });
}

function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
