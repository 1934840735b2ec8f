/** Connecting an agent, and taking that back: first what would change, then the writing, then the proof. */

import { GreeumError } from '../protocol/errors.js';
import { AGENTS, type Agent, type Machine, type ServerCommand } from './agents.js';
import { readConfig, undoWrite, writeConfig, type Written } from './configFile.js';
import { findServer, withoutServer, withServer } from './edits.js';
import { probeServer } from './probe.js';

/** What would be written. */
export interface Plan {
  agent: Agent;
  file: string;
  /** Null: there is no such file yet. */
  before: string | null;
  after: string;
}

/** @throws GreeumError `invalid_argument` naming those that there are */
export function agentNamed(id: string): Agent {
  const found = AGENTS.find((agent) => agent.id === id);
  if (found !== undefined) return found;
  throw new GreeumError('invalid_argument', `Greeum does not know an agent "${id.slice(0, 40)}".`, {
    hint: `It knows ${AGENTS.map((agent) => agent.id).join(', ')}.`,
  });
}

/** @throws GreeumError `invalid_argument` for a file that cannot be read, or not changed without touching the rest */
export async function planConnect(agent: Agent, machine: Machine, command: ServerCommand): Promise<Plan> {
  const file = agent.configFile(machine);
  const before = await readConfig(file);
  return { agent, file, before, after: withServer(agent, before ?? '', command) };
}

/** Null: there is nothing to take out. @throws GreeumError as {@link planConnect} */
export async function planDisconnect(agent: Agent, machine: Machine): Promise<Plan | null> {
  const file = agent.configFile(machine);
  const before = await readConfig(file);
  const after = withoutServer(agent, before ?? '');
  return before === null || after === before ? null : { agent, file, before, after };
}

export interface Connected {
  written: Written;
  /** Names of the tools that the server answers with. */
  tools: string[];
}

/**
 * Writes the change and starts the server as the file now says; when that does not answer, the file is set back.
 * @throws GreeumError of the writing or of the server
 */
export async function connectAgent({ agent, file, before, after }: Plan, timeoutMs: number): Promise<Connected> {
  const written = await writeConfig(file, before, after);
  try {
    return { written, tools: await probeServer(serverIn(agent, after), timeoutMs) };
  } catch (error) {
    await undoWrite(written);
    const { code, message, hint } = GreeumError.from(error);
    throw new GreeumError(code, `${message} ${file} is as it was before.`, hint === undefined ? {} : { hint });
  }
}

/** How the text says that our server is started: every agent has these three, among others. */
function serverIn(agent: Agent, text: string): ServerCommand {
  const { command, args, env } = findServer(agent, text) as ServerCommand;
  return { command, args, env };
}

/** The lines that go and come, with two around them; each begins with `-`, `+` or a space. */
export function changedLines({ before, after }: Plan): string[] {
  const [old, now] = [linesOf(before ?? ''), linesOf(after)];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return [
    ...now.slice(Math.max(0, start - CONTEXT), start).map((line) => `  ${line}`),
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
    ...now.slice(now.length - end, now.length - end + CONTEXT).map((line) => `  ${line}`),
  ];
}

const CONTEXT = 2;

function linesOf(text: string): string[] {
  return text.trimEnd() === '' ? [] : text.trimEnd().split(/\r?\n/);
}
