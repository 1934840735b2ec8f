import type { Command } from 'commander';
import { action } from './invocation.js';
import type { Shell } from './shell.js';
import { serve } from './serveCommand.js';
import { withServeOptions } from './serveOptions.js';

export function addMcpCommands(program: Command, shell: Shell): void {
  const mcp = program.command('mcp').description('for AI agents');
  withServeOptions(mcp.command('serve'), 'stdio')
    .description('serve the memory to an agent, on stdin and stdout or over HTTP')
    .action(action(shell, serve));
}
