/** Columns that other programs write too: a reader shows what it can and never fails on them. */

import type { JsonObject, JsonValue } from '../protocol/json.js';
import { SLOT_NAMES, type SlotName } from '../protocol/operations.js';
import type { Cell } from './engine.js';

/** What is no slot of ours is none. */
export function slotOf(cell: Cell | undefined): SlotName | null {
  return SLOT_NAMES.find((name) => name === cell) ?? null;
}

/** What is no JSON list is an empty one. */
export function stringList(json: string): string[] {
  const value = parseJson(json);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** What is no JSON object is an empty one. */
export function jsonObject(cell: Cell | undefined): JsonObject {
  const value = typeof cell === 'string' ? parseJson(cell) : null;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function parseJson(json: string): JsonValue {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    // Python and people write these columns too.
    return null;
  }
}
