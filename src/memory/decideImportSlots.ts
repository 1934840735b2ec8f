/** Taking over what Python Greeum wrote to its slot file while no owner ran. */

import type { ImportSlotsCommand } from '../protocol/commands.js';
import type { ImportSlotsFacts } from '../protocol/facts.js';
import type { Outcome } from './onceOnly.js';
import { slotRow, STMAnchorStore } from './stmAnchorStore.js';

/** For each slot the one seen later wins, ours when neither is. A pinned slot stays where it is. */
export function decideImportSlots(
  { slots }: Pick<ImportSlotsCommand, 'slots'>,
  facts: Pick<ImportSlotsFacts, 'slots'>,
): Outcome {
  const anchors = new STMAnchorStore(facts.slots);
  const newer = slots.filter(({ slot, lastSeen }) => {
    const ours = anchors.state(slot);
    return !ours.pinned && lastSeen > ours.lastSeen;
  });
  return {
    rows: newer.map((stored) => slotRow({ ...stored, pinned: false })),
    answer: { status: 'imported', slots: newer.map(({ slot }) => slot) },
  };
}
