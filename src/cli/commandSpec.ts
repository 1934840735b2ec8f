/**
 * Commands as data. Two readers understand the same table: the plain parser, which costs nothing, and the full one,
 * which brings help, suggestions and error messages with it.
 */

import { GreeumError } from '../protocol/errors.js';
import type { Shell } from './shell.js';

export interface OptionSpec {
  /** `-i, --importance <number>`: short form and value are optional; `--no-x` sets `x` to false, else it is true. */
  readonly flags: string;
  readonly says: string;
  /** From the word to the value. @throws InvalidValue a usage error; GreeumError */
  readonly read?: (text: string) => unknown;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly says?: string;
  readonly isOptional?: boolean;
  /** As for options; the command still gets the word. */
  readonly read?: (text: string) => unknown;
}

export interface CommandSpec {
  /** One word, or a group and a word. */
  readonly name: string;
  readonly says: string;
  readonly takes: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Gets the options under their names in camel case, global ones included, and the arguments as they were given. */
  run(shell: Shell, options: object, ...given: string[]): Promise<void>;
}

export interface GroupSpec {
  readonly name: string;
  readonly alias?: string;
  readonly says: string;
}

/** Declares a command whose work knows which options it has. */
export function command<O extends object>(
  spec: Omit<CommandSpec, 'takes' | 'options' | 'run'> & {
    takes?: readonly ArgumentSpec[];
    options?: readonly OptionSpec[];
    run: (shell: Shell, options: O, ...given: string[]) => Promise<void>;
  },
): CommandSpec {
  // What the parsers put into the options follows from this very table, not from a type.
  return {
    takes: [],
    options: [],
    ...spec,
    run: (shell, options, ...given) => spec.run(shell, options as O, ...given),
  };
}

/** Thrown for a word that cannot be the value it stands for; the parsers name the option. */
export class InvalidValue extends Error {
  /** What commander looks for. */
  readonly code = 'commander.invalidArgument';
}

/** A command line that can be read and makes no sense. */
export class UsageError extends Error {}

/** How a {@link UsageError} and the parser's own complaints are told. */
export function usageError(message: string): GreeumError {
  return new GreeumError('invalid_argument', message.replace(/^error: /, ''), {
    hint: 'See greeum --help, or greeum COMMAND --help.',
  });
}
