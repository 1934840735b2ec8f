/** Fields that are numbers or a choice. */

import { GreeumError } from '../../protocol/errors.js';
import { MIN_MAX_TOKENS } from '../../protocol/limits.js';
import {
  GROUPINGS,
  SEARCH_DETAILS,
  SLOT_NAMES,
  type Grouping,
  type SearchDetail,
  type SlotName,
} from '../../protocol/operations.js';
import { shown } from './fields.js';

/** @throws GreeumError `invalid_importance` */
export function readImportance(value: unknown): number {
  if (value === undefined) return 0.5;
  if (isShare(value)) return withoutSign(value);
  throw new GreeumError('invalid_importance', `importance is a number from 0 to 1, not ${shown(value)}.`, {
    hint: 'Use 0.5 when in doubt, 0.8 and more for what must not be missed.',
  });
}

/** @throws GreeumError `invalid_association` */
export function readStrength(value: unknown): number {
  if (value === undefined) return 0.5;
  if (isShare(value)) return withoutSign(value);
  throw new GreeumError('invalid_association', `strength is a number from 0 to 1, not ${shown(value)}.`, {
    hint: 'Leave it out for 0.5.',
  });
}

/** @throws GreeumError `invalid_argument` */
export function readDiversity(value: unknown): number | undefined {
  if (value === undefined || isShare(value)) return value;
  throw new GreeumError('invalid_argument', `diversity is a number from 0 to 1, not ${shown(value)}.`, {
    hint: 'Leave it out for the best matches; 0.3 mixes in what differs.',
  });
}

/** @throws GreeumError `invalid_limit` */
export function readMaxTokens(value: unknown): number | undefined {
  const isCount = Number.isSafeInteger(value) && (value as number) >= MIN_MAX_TOKENS;
  if (value === undefined || isCount) return value as number | undefined;
  throw new GreeumError(
    'invalid_limit',
    `max_tokens is a whole number from ${MIN_MAX_TOKENS} on, not ${shown(value)}.`,
    {
      hint: 'Leave it out for no such limit.',
    },
  );
}

/** A number from 0 to 1. */
function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** SQLite and JSON do not keep the sign of minus zero, so a hash must not see it. */
function withoutSign(value: number): number {
  return value + 0;
}

/** @throws GreeumError `invalid_limit` */
export function readLimit(value: unknown, fallback: number, max: number): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max) return value as number;
  throw new GreeumError('invalid_limit', `limit is a whole number from 1 to ${max}, not ${shown(value)}.`, {
    hint: `Leave it out for ${fallback}.`,
  });
}

/** @throws GreeumError `invalid_argument` */
export function readBlockIndex(field: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new GreeumError('invalid_argument', `${field} is the number of a memory (0, 1, …), not ${shown(value)}.`, {
    hint: 'Search or list memories to see their numbers.',
  });
}

/** @throws GreeumError `invalid_argument` */
export function readBoolean(field: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new GreeumError('invalid_argument', `${field} is true or false, not ${shown(value)}.`, {
    hint: `Leave ${field} out to keep it as it is.`,
  });
}

/** @throws GreeumError `unknown_slot` */
export function readSlot(value: unknown): SlotName | undefined {
  if (value === undefined) return undefined;
  const slot = SLOT_NAMES.find((name) => name === value);
  if (slot !== undefined) return slot;
  throw new GreeumError('unknown_slot', `There is no slot ${shown(value)}.`, {
    hint: `The slots are ${SLOT_NAMES.join(', ')}.`,
  });
}

/** @throws GreeumError `invalid_detail` */
export function readDetail(value: unknown): SearchDetail {
  if (value === undefined) return 'snippet';
  const detail = SEARCH_DETAILS.find((name) => name === value);
  if (detail !== undefined) return detail;
  throw new GreeumError('invalid_detail', `There is no detail ${shown(value)}.`, {
    hint: `Use one of ${SEARCH_DETAILS.join(', ')}.`,
  });
}

/** @throws GreeumError `invalid_argument` */
export function readGrouping(value: unknown): Grouping {
  const grouping = GROUPINGS.find((name) => name === value);
  if (grouping !== undefined) return grouping;
  throw new GreeumError('invalid_argument', `by is one of ${GROUPINGS.join(', ')}, not ${shown(value)}.`, {
    hint: 'For example {"by": "day"}.',
  });
}
