import * as vscode from 'vscode';
import { newIdempotencyKey } from '../../client/idempotencyKey.js';
import {
  SLOT_NAMES,
  type AnchorUpdateInput,
  type AnchorUpdateResult,
  type SlotName,
} from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import { pickMemory } from '../memoryPicker.js';
import type { Services } from '../services.js';
import { blockOf, slotOf } from '../targets.js';
import { reader } from '../views/treeItems.js';
import { slotRow } from '../views/treeText.js';

const { l10n } = vscode;

/** Points a slot at a memory. Called on a memory it asks for the slot, called on a slot it asks for the memory. */
export async function setSlot(services: Services, target?: unknown, given?: unknown): Promise<unknown> {
  const onSlot = isSlotRow(target) ? slotOf(target) : slotOf(given);
  const onMemory = isSlotRow(target) ? undefined : blockOf(target ?? services.views.memories.selection[0]);
  const block = onMemory ?? (await pickMemory(services, l10n.t('Greeum: Memory for the Slot')));
  if (block === undefined) return undefined;
  const slot = onSlot ?? (await askForSlot(services, l10n.t('Greeum: Slot for Memory #{0}', block)));
  return slot === undefined ? undefined : update(services, { slot, block_index: block });
}

export async function clearSlot(services: Services, target?: unknown): Promise<unknown> {
  const slot = await slotFor(services, target, l10n.t('Greeum: Clear Slot'));
  return slot === undefined ? undefined : update(services, { slot, block_index: null, pinned: false });
}

/** A pinned slot keeps what it points at. */
export async function pinSlot(services: Services, target?: unknown): Promise<unknown> {
  const slot = await slotFor(services, target, l10n.t('Greeum: Pin Slot'));
  return slot === undefined ? undefined : update(services, { slot, pinned: true });
}

export async function unpinSlot(services: Services, target?: unknown): Promise<unknown> {
  const slot = await slotFor(services, target, l10n.t('Greeum: Unpin Slot'));
  return slot === undefined ? undefined : update(services, { slot, pinned: false });
}

/** A row of the view of slots: it names a slot, and the hash it points at or null. A memory has a slot too. */
function isSlotRow(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'last_seen' in target;
}

async function slotFor(services: Services, target: unknown, title: string): Promise<SlotName | undefined> {
  return slotOf(target ?? services.views.slots.selection[0]) ?? askForSlot(services, title);
}

async function askForSlot({ session }: Services, title: string): Promise<SlotName | undefined> {
  const { anchors } = await session.service.call('list_anchors', {});
  const items = SLOT_NAMES.map((slot) => {
    const anchor = anchors.find((each) => each.slot === slot);
    const row = anchor === undefined ? null : slotRow(anchor, reader());
    return { label: slot, description: row?.description ?? '', slot };
  });
  return (await vscode.window.showQuickPick(items, { title }))?.slot;
}

async function update({ session, log }: Services, change: AnchorUpdateInput): Promise<AnchorUpdateResult | undefined> {
  const input = { ...change, idempotency_key: newIdempotencyKey() };
  return tryWithPerson(() => session.service.call('anchor_update', input), log);
}
