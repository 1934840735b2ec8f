import { Argument, Command, CommanderError, Option } from 'commander';
import { VERSION } from '../protocol/version.js';
import { COMMANDS, GLOBAL_OPTIONS, GROUPS } from './commands.js';
import { usageError, type CommandSpec, type OptionSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import type { Output } from './output.js';
import type { Shell } from './shell.js';

const EXAMPLES = `
Examples:
  greeum memory add "We deploy on Fridays, never on Mondays" -t team,deploy
  git log -1 --format=%B | greeum memory add -
  greeum memory search deploy
  greeum worker serve --detach

Results go to stdout, warnings and errors to stderr. With --json stdout carries exactly one JSON object.
Exit status: 0 done, 1 failed, 2 the command line is wrong, 3 no worker where one was required.`;

/** Reads any command line, runs the command it names, and answers for help, version and what cannot be understood. */
export async function runFully(argv: readonly string[], shell: Shell): Promise<void> {
  let said = '';
  const program = createProgram(
    (spec, options, given) => spec.run(shell, options, ...given),
    (text) => (said += text),
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    shell.setExitCode(endOfParsing(error, said.trimEnd(), shell.output));
  }
}

/** @param run called with the one command that was named; @param say takes what the parser itself has to say */
export function createProgram(
  run: (spec: CommandSpec, options: Record<string, unknown>, given: string[]) => Promise<void>,
  say: (text: string) => void,
): Command {
  const program = new Command('greeum')
    .description('A memory for people and their AI agents that loses nothing.')
    .version(VERSION)
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: say, writeErr: say })
    .exitOverride();
  for (const option of GLOBAL_OPTIONS) program.addOption(toOption(option));
  const groups = new Map<string, Command>();
  for (const { name, alias, says } of GROUPS) {
    const group = program.command(name).description(says);
    if (alias !== undefined) group.alias(alias);
    groups.set(name, group);
  }
  for (const spec of COMMANDS) {
    const [word = '', ...rest] = spec.name.split(' ').reverse();
    const parent = rest.length === 0 ? program : groups.get(rest.join(' '));
    const command = (parent ?? program).command(word).description(spec.says);
    for (const { name, says, isOptional, read } of spec.takes) {
      const argument = new Argument(isOptional === true ? `[${name}]` : `<${name}>`, says);
      command.addArgument(read === undefined ? argument : argument.argParser(read));
    }
    for (const option of spec.options) command.addOption(toOption(option));
    command.action(() => run(spec, command.optsWithGlobals(), command.args));
  }
  return program;
}

function toOption({ flags, says, read }: OptionSpec): Option {
  const option = new Option(flags, says);
  return read === undefined ? option : option.argParser(read);
}

/** Help and version end the parsing too; the rest is a command line that cannot be understood. */
function endOfParsing(
  { code, message }: CommanderError,
  said: string,
  output: Output,
): (typeof EXIT)['done' | 'usage'] {
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
