/** Every command there is. */

import { AGENTS_COMMANDS } from './agentsCommands.js';
import { ANCHOR_COMMANDS } from './anchorCommands.js';
import { ASSOCIATION_COMMANDS } from './associationCommands.js';
import type { CommandSpec, GroupSpec, OptionSpec } from './commandSpec.js';
import { DOCTOR_COMMAND } from './doctorCommand.js';
import { MEMORY_COMMANDS } from './memoryCommands.js';
import { MIGRATE_COMMAND } from './migrateCommand.js';
import { STORE_COMMANDS } from './storeCommands.js';
import { TORTURE_COMMAND } from './tortureCommand.js';
import { TRANSFER_COMMANDS } from './transferCommands.js';
import { WORKER_COMMANDS } from './workerCommands.js';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json', says: 'print exactly one JSON object on stdout' },
  { flags: '--data-dir <folder>', says: 'where the memory lives (default: GREEUM_DATA_DIR, else ~/.greeum)' },
];

export const GROUPS: readonly GroupSpec[] = [
  { name: 'memory', says: 'add, search and read memories' },
  { name: 'associations', says: 'links between memories' },
  { name: 'anchors', alias: 'slots', says: 'the slots A, B and C: where new memories continue' },
  { name: 'worker', says: 'the one process that writes' },
  { name: 'mcp', says: 'for AI agents' },
  { name: 'agents', says: 'connect AI agents, and take that back' },
];

export const COMMANDS: readonly CommandSpec[] = [
  ...MEMORY_COMMANDS,
  ...ASSOCIATION_COMMANDS,
  ...ANCHOR_COMMANDS,
  ...STORE_COMMANDS,
  ...TRANSFER_COMMANDS,
  MIGRATE_COMMAND,
  ...WORKER_COMMANDS,
  ...AGENTS_COMMANDS,
  DOCTOR_COMMAND,
  TORTURE_COMMAND,
];
