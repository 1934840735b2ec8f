import type {
  AddMemoryCommand,
  AnchorUpdateCommand,
  UpdateAssociationsCommand,
} from '../../../src/protocol/commands.js';
import type { AddMemoryInput, AnchorUpdateInput, UpdateAssociationsInput } from '../../../src/protocol/operations.js';
import type { ResolvePorts } from '../../../src/memory/randomIds.js';
import { resolveCommand } from '../../../src/memory/resolveCommand.js';

/** 12 May 2026, 09:30:15 local time. */
export const NOON_ISH_MS = new Date(2026, 4, 12, 9, 30, 15).getTime();

/** A clock that moves a second at each look, and ids that count. */
export function testPorts(startMs = NOON_ISH_MS): ResolvePorts {
  let nowMs = startMs - 1000;
  let drawn = 0;
  const hex = (digits: number): string => (drawn++).toString(16).padStart(digits, '0');
  return {
    nowMs: () => (nowMs += 1000),
    randomUuid: () => `00000000-0000-4000-8000-${hex(12)}`,
    randomHex: (digits) => Array.from({ length: digits / 12 }, () => hex(12)).join(''),
  };
}

/** Makes commands as the writer does, one second after another. */
export class Commands {
  readonly #ports: ResolvePorts;

  constructor(ports: ResolvePorts = testPorts()) {
    this.#ports = ports;
  }

  add(content: string, more: Omit<AddMemoryInput, 'content'> = {}): AddMemoryCommand {
    return resolveCommand('add_memory', { content, ...more }, this.#ports, { source: 'cli' }) as AddMemoryCommand;
  }

  link(input: UpdateAssociationsInput): UpdateAssociationsCommand {
    return resolveCommand('update_associations', input, this.#ports, { source: 'cli' }) as UpdateAssociationsCommand;
  }

  anchor(input: AnchorUpdateInput): AnchorUpdateCommand {
    return resolveCommand('anchor_update', input, this.#ports, { source: 'cli' }) as AnchorUpdateCommand;
  }
}
