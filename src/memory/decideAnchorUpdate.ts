/** Moving, clearing, pinning and unpinning a slot on request. */

import type { AnchorUpdateCommand } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { AnchorUpdateFacts } from '../protocol/facts.js';
import type { Outcome } from './onceOnly.js';
import { slotRow, STMAnchorStore, type SlotState } from './stmAnchorStore.js';

/**
 * A request moves a pinned slot too: pinning holds it against new memories only. A slot that is cleared stays pinned
 * unless the command says otherwise. To point it where it points, or to clear it again, is no move: the same request
 * again changes nothing.
 * @throws GreeumError `unknown_block`
 */
export function decideAnchorUpdate(command: AnchorUpdateCommand, facts: AnchorUpdateFacts): Outcome {
  const anchors = new STMAnchorStore(facts.slots);
  const { state, blockIndex } = moved(command, facts, anchors);
  const next = { ...state, pinned: command.pinned ?? state.pinned };
  const { slot, anchorHash: hash, summary, pinned, lastSeen } = next;
  const anchor = { slot, block_index: blockIndex, hash, summary, pinned, last_seen: lastSeen };
  return { rows: [slotRow(next)], answer: { status: 'updated', anchor } };
}

function moved(
  { slot, blockIndex, atMs }: AnchorUpdateCommand,
  { target }: AnchorUpdateFacts,
  anchors: STMAnchorStore,
): { state: SlotState; blockIndex: number | null } {
  if (blockIndex === undefined) {
    return { state: anchors.state(slot), blockIndex: anchors.head(slot)?.blockIndex ?? null };
  }
  const before = anchors.state(slot);
  if (blockIndex === null) {
    const isCleared = before.anchorHash === null && before.lastSeen > 0;
    return { state: isCleared ? before : anchors.cleared(slot, atMs), blockIndex };
  }
  if (target === null) {
    throw new GreeumError('unknown_block', `There is no memory #${blockIndex}. Slot ${slot} stays as it is.`, {
      hint: 'Search or list memories to see their numbers.',
    });
  }
  const isThere = before.anchorHash === target.hash;
  return { state: isThere ? before : anchors.moved(slot, target, atMs), blockIndex };
}
