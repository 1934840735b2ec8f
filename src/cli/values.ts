/** From the words of a command line to the values of an operation. What a value may be is the memory's own rule. */

import { GreeumError } from '../protocol/errors.js';
import type { SearchDetail, SlotName } from '../protocol/operations.js';
import { InvalidValue } from './commandSpec.js';

/** For counts, ports and block numbers. @throws InvalidValue a usage error */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidValue('It must be a whole number, 0 or more.');
  return Number(text);
}

/** @throws GreeumError `invalid_importance` for what is not a number at all */
export function importance(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new GreeumError('invalid_importance', `Importance must be a number from 0 to 1, not "${text}".`, {
    hint: 'For example: -i 0.8',
  });
}

/** @throws GreeumError `invalid_association` */
export function strength(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new GreeumError('invalid_association', `Strength must be a number from 0 to 1, not "${text}".`, {
    hint: 'For example: --strength 0.8',
  });
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
