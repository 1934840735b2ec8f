/** Which agents are on this machine, and which of them know Greeum already. */

import { access } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { GreeumError } from '../protocol/errors.js';
import { AGENTS, type Agent, type Machine, type ServerCommand } from './agents.js';
import { readConfig } from './configFile.js';
import { findServer } from './edits.js';

export type AgentState =
  | 'absent'
  /** Installed, and without our server. */
  | 'ready'
  | 'connected'
  /** Has our server, started in another way than we would write now. */
  | 'outdated'
  | 'unreadable';

export interface SurveyedAgent {
  agent: Agent;
  file: string;
  state: AgentState;
}

export async function surveyAgents(machine: Machine, command: ServerCommand): Promise<SurveyedAgent[]> {
  return Promise.all(
    AGENTS.map(async (agent) => {
      const file = agent.configFile(machine);
      return { agent, file, state: await stateOf(agent, file, machine, command) };
    }),
  );
}

async function stateOf(agent: Agent, file: string, machine: Machine, command: ServerCommand): Promise<AgentState> {
  try {
    const text = await readConfig(file);
    const ours = text === null ? undefined : findServer(agent, text);
    if (ours !== undefined) return isDeepStrictEqual(ours, agent.entry(command)) ? 'connected' : 'outdated';
    if (text !== null) return 'ready';
  } catch (error) {
    if (error instanceof GreeumError || isNodeError(error)) return 'unreadable';
    throw error;
  }
  const traces = await Promise.all(agent.traces(machine).map(exists));
  return traces.includes(true) ? 'ready' : 'absent';
}

function isNodeError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).code === 'string';
}

async function exists(place: string): Promise<boolean> {
  try {
    await access(place);
    return true;
  } catch {
    // Not there, or not for us: then the agent is not installed for this person.
    return false;
  }
}
