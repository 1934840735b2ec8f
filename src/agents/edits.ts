/**
 * Putting our server into a configuration that belongs to somebody else: every comment, every other setting and the
 * order stay as they are. Each edit is checked by reading the result again: if anything but our entry changed, nothing
 * is written. Pure.
 */

import { isDeepStrictEqual } from 'node:util';
import { GreeumError } from '../protocol/errors.js';
import type { Agent } from './agents.js';
import { SERVER_NAME, type ServerCommand } from './agents.js';
import * as json from './jsonEdit.js';
import * as toml from './tomlEdit.js';
import * as yaml from './yamlEdit.js';

/** One way of writing configurations. All throw when the text cannot be read. */
export interface Format {
  /** A file that says nothing. */
  readonly empty: string;
  parse(text: string): unknown;
  /** The text with our entry put in, replaced, or with null taken out. */
  edit(text: string, serversAt: readonly string[], entry: Record<string, unknown> | null): string;
  /** The entry of this name below the servers. */
  find(servers: unknown): unknown;
}

const FORMATS: { readonly [K in Agent['format']]: Format } = { json, toml, yaml };

/** Our entry as it is in the text; undefined when there is none. @throws GreeumError `invalid_argument` */
export function findServer(agent: Agent, text: string): unknown {
  const format = FORMATS[agent.format];
  return format.find(at(read(agent, format, text), agent.serversAt));
}

/**
 * @param text the file as it is; empty when there is none
 * @returns the file as it should be
 * @throws GreeumError `invalid_argument` when the file cannot be read or is written in a way that cannot be edited
 *   without touching the rest
 */
export function withServer(agent: Agent, text: string, command: ServerCommand): string {
  return edited(agent, text, agent.entry(command));
}

/** The text without our entry; as it is when there is none. @throws GreeumError as {@link withServer} */
export function withoutServer(agent: Agent, text: string): string {
  return findServer(agent, text) === undefined ? text : edited(agent, text, null);
}

function edited(agent: Agent, given: string, entry: Record<string, unknown> | null): string {
  const format = FORMATS[agent.format];
  const text = given.trim() === '' ? format.empty : given;
  const before = read(agent, format, text);
  let after: string;
  try {
    after = format.edit(text, agent.serversAt, entry);
  } catch (error) {
    throw cannotEdit(agent, error);
  }
  const result = read(agent, format, after);
  const isThere = isDeepStrictEqual(format.find(at(result, agent.serversAt)) ?? null, entry);
  if (!isThere || !isDeepStrictEqual(rest(agent, format, result), rest(agent, format, before))) {
    throw cannotEdit(agent, undefined);
  }
  return after;
}

/** Everything but our entry, and but the empty places it leaves or needs. */
function rest(agent: Agent, format: Format, config: unknown): unknown {
  const copy: unknown = structuredClone(config ?? {});
  const servers = at(copy, agent.serversAt);
  if (Array.isArray(servers)) {
    const ours = servers.indexOf(format.find(servers));
    if (ours >= 0) servers.splice(ours, 1);
  } else if (isObject(servers)) {
    delete servers[SERVER_NAME];
  }
  return withoutEmpty(copy, agent.serversAt);
}

function withoutEmpty(config: unknown, [key, ...deeper]: readonly string[]): unknown {
  if (key === undefined || !isObject(config)) return config;
  const value = withoutEmpty(config[key], deeper);
  const isEmpty =
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) delete config[key];
  return config;
}

function read(agent: Agent, format: Format, text: string): unknown {
  try {
    return text.trim() === '' ? {} : format.parse(text);
  } catch (error) {
    throw new GreeumError('invalid_argument', `The configuration of ${agent.name} cannot be read; it was left alone.`, {
      hint: 'Open the file, mend what is wrong in it, and try again.',
      cause: error,
    });
  }
}

function at(config: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), config);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cannotEdit({ name }: Agent, cause: unknown): GreeumError {
  return new GreeumError(
    'invalid_argument',
    `The configuration of ${name} cannot be changed safely; it was left alone.`,
    {
      hint: 'Put the server in by hand: "Greeum: Copy MCP Configuration" has what belongs there.',
      cause,
    },
  );
}
