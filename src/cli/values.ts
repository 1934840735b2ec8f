/** From the words of a command line to the values of an operation. What a value may be is the memory's own rule. */

import type { SearchDetail, SlotName } from '../protocol/operations.js';
import { InvalidValue } from './commandSpec.js';

/** For counts, ports and block numbers. @throws InvalidValue a usage error */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidValue('It must be a whole number, 0 or more.');
  return Number(text);
}

/**
 * For importance and strength. What is no number at all goes on as it is: the memory refuses it, in the same words
 * as through every other door.
 */
export function ratio(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : (text as unknown as number);
}

/** `a, b,` → a and b. */
export function tagList(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** `a` → A. Whether there is such a slot is for the memory to say, in the same words to everyone. */
export function slotName(text: string): SlotName {
  return text.trim().toUpperCase() as SlotName;
}

/** Likewise checked where it is used. */
export function searchDetail(text: string): SearchDetail {
  return text as SearchDetail;
}
