import { Command } from 'commander';
import { VERSION } from '../protocol/version.js';
import { addAnchorCommands } from './anchorCommands.js';
import { addAssociationCommands } from './associationCommands.js';
import type { Shell } from './shell.js';
import { addMcpCommands } from './mcpCommands.js';
import { addMemoryCommands } from './memoryCommands.js';
import { addStoreCommands } from './storeCommands.js';
import { addWorkerCommands } from './workerCommands.js';

const EXAMPLES = `
Examples:
  greeum memory add "We deploy on Fridays, never on Mondays" -t team,deploy
  git log -1 --format=%B | greeum memory add -
  greeum memory search deploy
  greeum worker serve --detach

Results go to stdout, warnings and errors to stderr. With --json stdout carries exactly one JSON object.
Exit status: 0 done, 1 failed, 2 the command line is wrong, 3 no worker where one was required.`;

/** The whole command line; parsing it runs the command that was named. */
export function createProgram(shell: Shell): Command {
  const program = new Command('greeum')
    .description('A memory for people and their AI agents that loses nothing.')
    .version(VERSION)
    .option('--json', 'print exactly one JSON object on stdout')
    .option('--data-dir <folder>', 'where the memory lives (default: GREEUM_DATA_DIR, else ~/.greeum)')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: shell.say, writeErr: shell.say, getOutHasColors: () => false })
    .exitOverride();
  for (const add of [
    addMemoryCommands,
    addAssociationCommands,
    addAnchorCommands,
    addStoreCommands,
    addWorkerCommands,
    addMcpCommands,
  ]) {
    add(program, shell);
  }
  return program;
}
