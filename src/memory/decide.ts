/**
 * The rules: what a command leads to, given the facts. Pure: no file, no clock, no chance. The same command on the
 * same facts gives the same decision, and neither is changed.
 */

import type { Decision } from '../protocol/change.js';
import type { Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { Facts } from '../protocol/facts.js';
import { decideAddMemory } from './decideAddMemory.js';
import { decideAnchorUpdate } from './decideAnchorUpdate.js';
import { decideImportMemories } from './decideImportMemories.js';
import { decideImportSlots } from './decideImportSlots.js';
import { decideStoreVectors } from './decideStoreVectors.js';
import { decideUpdateAssociations } from './decideUpdateAssociations.js';
import { onceOnly, type Outcome } from './onceOnly.js';

/** @throws GreeumError `idempotency_conflict`, `unknown_block`; nothing is to be written then */
export function decide(command: Command, facts: Facts): Decision {
  return onceOnly(command, facts, () => outcomeOf(command, facts));
}

function outcomeOf(command: Command, facts: Facts): Outcome {
  if (command.kind === 'add_memory' && facts.kind === command.kind) return decideAddMemory(command, facts);
  if (command.kind === 'update_associations' && facts.kind === command.kind) {
    return decideUpdateAssociations(command, facts);
  }
  if (command.kind === 'anchor_update' && facts.kind === command.kind) return decideAnchorUpdate(command, facts);
  if (command.kind === 'import_memories' && facts.kind === command.kind) return decideImportMemories(command, facts);
  if (command.kind === 'store_vectors' && facts.kind === command.kind) return decideStoreVectors(command, facts);
  if (command.kind === 'import_slots' && facts.kind === command.kind) return decideImportSlots(command, facts);
  throw new GreeumError('internal', `Facts of ${facts.kind} were gathered for ${command.kind}.`);
}
