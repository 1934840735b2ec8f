/** What a command is about, from whatever it was called with: rows of a view, numbers, or nothing. Pure. */

import { SLOT_NAMES, type SlotName } from '../protocol/operations.js';

/** Block index of a number, of a row of a view or of anything that has a `block_index`; undefined for the rest. */
export function blockOf(target: unknown): number | undefined {
  if (typeof target === 'number') return Number.isSafeInteger(target) && target >= 0 ? target : undefined;
  if (typeof target !== 'object' || target === null) return undefined;
  if ('memory' in target) return blockOf(target.memory);
  return 'block_index' in target ? blockOf(target.block_index) : undefined;
}

/**
 * @param target the row a menu was opened on
 * @param selected all selected rows, when the row is one of them
 * @param fallback the rows selected in the view, for keys, which name no row
 */
export function blocksOf(target: unknown, selected: unknown, fallback: readonly unknown[]): number[] {
  const named: readonly unknown[] = Array.isArray(selected) ? selected : target === undefined ? fallback : [target];
  return [...new Set(named.map(blockOf).filter((block) => block !== undefined))];
}

export function slotOf(target: unknown): SlotName | undefined {
  const name = typeof target === 'object' && target !== null && 'slot' in target ? target.slot : target;
  return SLOT_NAMES.find((slot) => slot === name);
}
