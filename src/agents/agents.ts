/** The agents that Greeum knows how to connect, and where each keeps its MCP servers. Pure. */

import path from 'node:path';

export type ConfigFormat = 'json' | 'toml' | 'yaml';

/** The machine as far as configuration files are concerned. */
export interface Machine {
  os: 'win32' | 'darwin' | 'linux';
  homeDir: string;
  /** `APPDATA`, `XDG_CONFIG_HOME`, `CODEX_HOME`. */
  env: Readonly<Record<string, string | undefined>>;
}

export interface Agent {
  id: string;
  name: string;
  format: ConfigFormat;
  /** Its file for all projects; made when it is not there. */
  readonly configFile: (machine: Machine) => string;
  /** Any of these says that the agent is installed. */
  readonly traces: (machine: Machine) => string[];
  /** Keys down to the object (`yaml`: the list) of servers. */
  serversAt: readonly string[];
  /** How this agent writes a server that it starts itself. */
  readonly entry: (command: ServerCommand) => Record<string, unknown>;
}

/** How to start `greeum mcp serve`. Holds no secret: the server finds the worker by itself. */
export interface ServerCommand {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** Name of our server in every configuration. */
export const SERVER_NAME = 'greeum';

const plain = ({ command, args, env }: ServerCommand): Record<string, unknown> => ({
  command,
  args: [...args],
  env: { ...env },
});

const inHome =
  (...parts: string[]) =>
  ({ homeDir, os }: Machine): string =>
    pathOf(os).join(homeDir, ...parts);

/** `%APPDATA%`, `~/Library/Application Support` or `~/.config`. */
export function configDir({ os, homeDir, env }: Machine): string {
  const inHomeDir = (...parts: string[]): string => pathOf(os).join(homeDir, ...parts);
  if (os === 'win32') return env['APPDATA'] ?? inHomeDir('AppData', 'Roaming');
  return os === 'darwin'
    ? inHomeDir('Library', 'Application Support')
    : (env['XDG_CONFIG_HOME'] ?? inHomeDir('.config'));
}

export function pathOf(os: Machine['os']): path.PlatformPath {
  return os === 'win32' ? path.win32 : path.posix;
}

function codexHome(machine: Machine): string {
  return machine.env['CODEX_HOME'] ?? inHome('.codex')(machine);
}

/** Zed keeps to `~/.config` on macOS too. */
function zedDir(machine: Machine): string {
  const { os } = machine;
  return os === 'win32' ? pathOf(os).join(configDir(machine), 'Zed') : inHome('.config', 'zed')(machine);
}

/** In the order they are offered. */
export const AGENTS: readonly Agent[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    format: 'json',
    configFile: inHome('.claude.json'),
    traces: (machine) => [inHome('.claude.json')(machine), inHome('.claude')(machine)],
    serversAt: ['mcpServers'],
    entry: (command) => ({ type: 'stdio', ...plain(command) }),
  },
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    format: 'json',
    configFile: (machine) => pathOf(machine.os).join(configDir(machine), 'Claude', 'claude_desktop_config.json'),
    traces: (machine) => [pathOf(machine.os).join(configDir(machine), 'Claude')],
    serversAt: ['mcpServers'],
    entry: plain,
  },
  {
    id: 'cursor',
    name: 'Cursor',
    format: 'json',
    configFile: inHome('.cursor', 'mcp.json'),
    traces: (machine) => [inHome('.cursor')(machine)],
    serversAt: ['mcpServers'],
    entry: plain,
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    format: 'json',
    configFile: inHome('.codeium', 'windsurf', 'mcp_config.json'),
    traces: (machine) => [inHome('.codeium', 'windsurf')(machine)],
    serversAt: ['mcpServers'],
    entry: plain,
  },
  {
    id: 'codex',
    name: 'Codex',
    format: 'toml',
    configFile: (machine) => pathOf(machine.os).join(codexHome(machine), 'config.toml'),
    traces: (machine) => [codexHome(machine)],
    serversAt: ['mcp_servers'],
    entry: plain,
  },
  {
    id: 'gemini-cli',
    name: 'Gemini CLI',
    format: 'json',
    configFile: inHome('.gemini', 'settings.json'),
    traces: (machine) => [inHome('.gemini')(machine)],
    serversAt: ['mcpServers'],
    entry: plain,
  },
  {
    id: 'zed',
    name: 'Zed',
    format: 'json',
    configFile: (machine) => pathOf(machine.os).join(zedDir(machine), 'settings.json'),
    traces: (machine) => [zedDir(machine)],
    serversAt: ['context_servers'],
    entry: (command) => ({ source: 'custom', ...plain(command) }),
  },
  {
    id: 'continue',
    name: 'Continue',
    format: 'yaml',
    configFile: inHome('.continue', 'config.yaml'),
    traces: (machine) => [inHome('.continue')(machine)],
    serversAt: ['mcpServers'],
    entry: (command) => ({ name: SERVER_NAME, ...plain(command) }),
  },
];
