import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommonOptions } from './invocation.js';
import { wholeNumber } from './values.js';

export interface ServeOptions extends CommonOptions {
  transport: 'http' | 'stdio';
  port?: number;
  detach?: true;
  /** Minutes. */
  idleExit?: number;
}

/** What `worker serve` and `mcp serve` share. */
export function withServeOptions(command: Command, defaultTransport: ServeOptions['transport'] = 'http'): Command {
  return command
    .addOption(
      new Option('-t, --transport <how>', 'for agents: over HTTP, or over this process’s stdin and stdout')
        .choices(['http', 'stdio'])
        .default(defaultTransport),
    )
    .option('--port <number>', 'loopback port (default: the first free one from 8820 to 8840)', port);
}

function port(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 65_535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return value;
}
