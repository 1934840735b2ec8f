import { realpathSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { AgentsModule, AgentState, Plan, ServerCommand, SurveyedAgent } from '../agents/index.js';
import { locateMemory } from '../client/dataDirectory.js';
import { loadBundle } from '../client/distFiles.js';
import { ENV } from '../protocol/environment.js';
import { command, UsageError, type ArgumentSpec, type CommandSpec, type OptionSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import type { Shell } from './shell.js';

interface AgentsOptions {
  dataDir?: string;
  yes?: true;
}

/** An agent starts the server, and the first one may have to become the worker. */
const PROBE_TIMEOUT_MS = 20_000;

const NAME: ArgumentSpec = { name: 'agent', says: 'its name, as "greeum agents list" has it' };
const YES: OptionSpec = { flags: '--yes', says: 'write the change without asking' };

export const AGENTS_COMMANDS: readonly CommandSpec[] = [
  command<AgentsOptions>({
    name: 'agents list',
    says: 'the AI agents of this machine, and which of them are connected',
    run: list,
  }),
  command<AgentsOptions>({
    name: 'agents connect',
    says: "put Greeum into an agent's configuration: shows the change, asks, keeps a copy, and tries it",
    takes: [NAME],
    options: [YES],
    run: connect,
  }),
  command<AgentsOptions>({
    name: 'agents disconnect',
    says: "take Greeum out of an agent's configuration",
    takes: [NAME],
    options: [YES],
    run: disconnect,
  }),
];

const agents = (): AgentsModule => loadBundle('agents.js') as AgentsModule;

async function list(shell: Shell, options: AgentsOptions): Promise<void> {
  const { surveyAgents, thisMachine } = agents();
  const found = await surveyAgents(thisMachine(shell.system.env), serverCommand(shell, options));
  const result = found.map(({ agent, file, state }) => ({ name: agent.id, title: agent.name, file, state }));
  shell.output.result({ agents: result }, () => found.map(lineOf).join('\n'));
}

const STATES: Readonly<Record<AgentState, string>> = {
  absent: 'not installed',
  ready: 'not connected',
  connected: 'connected',
  outdated: 'connected in another way; connect it again to renew that',
  unreadable: 'its configuration cannot be read',
};

function lineOf({ agent, file, state }: SurveyedAgent): string {
  return `${agent.id.padEnd(16)}${STATES[state].padEnd(18)}${file}`;
}

async function connect(shell: Shell, options: AgentsOptions, name: string): Promise<void> {
  const bundle = agents();
  const machine = bundle.thisMachine(shell.system.env);
  const plan = await bundle.planConnect(bundle.agentNamed(name), machine, serverCommand(shell, options));
  const { agent, file, before, after } = plan;
  const done = { agent: agent.id, file };
  if (before === after) {
    shell.output.result({ ...done, status: 'connected' }, () => `${agent.name} is connected already (${file}).`);
    return;
  }
  if (!(await isWanted(shell, options, plan))) return;
  const { written, tools } = await bundle.connectAgent(plan, PROBE_TIMEOUT_MS);
  shell.output.result({ ...done, status: 'connected', backup: written.backup, tools }, () =>
    [
      `${agent.name} is connected: the server answers with ${tools.length} tools. Start ${agent.name} anew to use it.`,
      ...(written.backup === null ? [] : [`The file as it was: ${written.backup}`]),
      `To take it back: greeum agents disconnect ${agent.id}`,
    ].join('\n'),
  );
}

async function disconnect(shell: Shell, options: AgentsOptions, name: string): Promise<void> {
  const bundle = agents();
  const agent = bundle.agentNamed(name);
  const plan = await bundle.planDisconnect(agent, bundle.thisMachine(shell.system.env));
  if (plan === null) {
    shell.output.result({ agent: agent.id, status: 'not_connected' }, () => `${agent.name} was not connected.`);
    return;
  }
  if (!(await isWanted(shell, options, plan))) return;
  const { file, backup } = await bundle.writeConfig(plan.file, plan.before, plan.after);
  shell.output.result(
    { agent: agent.id, file, status: 'not_connected', backup },
    () => `${agent.name} is not connected any more.\nThe file as it was: ${backup ?? ''}`,
  );
}

/** Shows the change and asks, where somebody can answer. @throws UsageError where nobody can */
async function isWanted({ output, setExitCode }: Shell, { yes }: AgentsOptions, plan: Plan): Promise<boolean> {
  output.note([`${plan.file}:`, ...agents().changedLines(plan)].join('\n'));
  if (yes === true) return true;
  if (!process.stdin.isTTY || output.isJson) {
    throw new UsageError('Nothing was written: nobody can be asked here. Repeat with --yes to write this change.');
  }
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question('Write this? [y/N] ');
  questions.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  setExitCode(EXIT.failed);
  output.note('Nothing was written.');
  return false;
}

/**
 * By full paths, because agents that are started from a desktop know no PATH of a shell; and with the data directory,
 * because their environment may be another one. Holds no token: the server comes in through the socket.
 */
function serverCommand({ system }: Shell, { dataDir }: AgentsOptions): ServerCommand {
  const script = realpathSync(process.argv[1] ?? path.join(__dirname, 'cli.js'));
  return {
    command: process.execPath,
    args: [script, 'mcp', 'serve'],
    env: { [ENV.dataDir]: locateMemory(dataDir, system.env).dataDir },
  };
}
