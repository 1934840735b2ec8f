/** The `greeum` command that the extension brings along: a script that runs the bundled program. Pure. */

export interface Launcher {
  /** Name of the script's file; what is typed is its name without an ending. */
  fileName: string;
  text: string;
}

export interface LauncherParts {
  /** Executable of Node, or of an Electron that can be one. */
  node: string;
  /** The bundled program. */
  script: string;
}

/** @param platform as `process.platform` names it */
export function launcherOf(platform: NodeJS.Platform, { node, script }: LauncherParts): Launcher {
  if (platform === 'win32') {
    const lines = ['@echo off', 'setlocal', 'set ELECTRON_RUN_AS_NODE=1', `${cmdQuoted(node)} ${cmdQuoted(script)} %*`];
    return { fileName: 'greeum.cmd', text: lines.join('\r\n') + '\r\n' };
  }
  const run = `ELECTRON_RUN_AS_NODE=1 exec ${shellQuoted(node)} ${shellQuoted(script)} "$@"`;
  return { fileName: 'greeum', text: `#!/bin/sh\n${run}\n` };
}

/** How another program starts the MCP server through the launcher; a script of Windows needs a shell to be started. */
export function serverCommandOf(platform: NodeJS.Platform, file: string, env: Readonly<Record<string, string>>) {
  const args = ['mcp', 'serve'];
  return platform === 'win32' ? { command: 'cmd', args: ['/c', file, ...args], env } : { command: file, args, env };
}

export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path of Windows holds no quotation mark, but it may hold a percent sign. */
function cmdQuoted(word: string): string {
  return `"${word.replaceAll('%', '%%')}"`;
}
