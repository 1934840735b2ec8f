/**
 * Reads a command line of the common form, `COMMAND` and then options and arguments, without loading the full parser,
 * which takes longer than a call to the worker. It understands what it is sure of; everything else (help, a typing
 * error, `--`, `--name=value`, a value that begins with a dash, options before the command) is left to the full one.
 * What it does accept, the full parser reads in the same way: a test compares the two.
 */

import { InvalidValue, type CommandSpec, type OptionSpec } from './commandSpec.js';

export interface ParsedCommand {
  readonly spec: CommandSpec;
  readonly options: Record<string, unknown>;
  readonly given: string[];
}

interface PlainOption {
  readonly attribute: string;
  readonly takesValue: boolean;
  readonly isNegated: boolean;
  readonly read: (text: string) => unknown;
}

/** Null: for the full parser. @throws GreeumError of an option's own reader */
export function parsePlain(
  argv: readonly string[],
  commands: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
): ParsedCommand | null {
  const spec = commands.find(({ name }) => name.split(' ').every((word, index) => argv[index] === word));
  if (spec === undefined) return null;
  const known = tableOf([...spec.options, ...globalOptions]);
  const options: Record<string, unknown> = {};
  for (const { isNegated, attribute } of known.values()) if (isNegated) options[attribute] = true;
  const given: string[] = [];
  const words = argv.slice(spec.name.split(' ').length);
  try {
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === '-' || !word.startsWith('-')) {
        given.push(word);
        continue;
      }
      const option = known.get(word);
      if (option === undefined) return null;
      const value = option.takesValue ? words.shift() : '';
      if (value?.startsWith('-') !== false) return null;
      options[option.attribute] = option.takesValue ? option.read(value) : !option.isNegated;
    }
    if (!fits(spec, given)) return null;
  } catch (error) {
    // The full parser meets the same word and knows how to say what is wrong with it.
    if (error instanceof InvalidValue) return null;
    throw error;
  }
  return { spec, options, given };
}

function fits({ takes }: CommandSpec, given: readonly string[]): boolean {
  const needed = takes.filter(({ isOptional }) => isOptional !== true).length;
  if (given.length < needed || given.length > takes.length) return false;
  given.forEach((word, index) => takes[index]?.read?.(word));
  return true;
}

function tableOf(options: readonly OptionSpec[]): Map<string, PlainOption> {
  const table = new Map<string, PlainOption>();
  for (const { flags, read = (text: string) => text } of options) {
    const [, short, negation, name = '', value] = /^(?:(-\w), )?--(no-)?([\w-]+)( <.+>)?$/.exec(flags) ?? [];
    const isNegated = negation !== undefined;
    const attribute = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const option = { attribute, takesValue: value !== undefined, isNegated, read };
    table.set(`--${negation ?? ''}${name}`, option);
    if (short !== undefined) table.set(short, option);
  }
  return table;
}
