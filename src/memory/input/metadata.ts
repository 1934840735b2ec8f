/** The metadata that a caller attaches to a memory: any JSON object, within bounds. */

import { GreeumError } from '../../protocol/errors.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import { MAX_METADATA_BYTES } from '../../protocol/limits.js';
import { utf8Length } from '../../protocol/location.js';
import { isPlainObject, shown } from './fields.js';
import { requireStorable } from './text.js';

/** Deep enough for anything people write by hand, and for no reader to run out of stack. */
const MAX_DEPTH = 16;

/** What a memory's metadata says already, from fields of their own. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  source: 'Greeum writes there who added the memory: call yours origin, for example.',
  client: 'Greeum writes there which agent added the memory: call yours agent, for example.',
  project: 'Use the field project.',
  occurred_at: 'Use the field occurred_at.',
  imported_from: 'Greeum writes there what the memory was imported from.',
};

/**
 * A copy that shares nothing with the input.
 * @throws GreeumError `invalid_metadata`, `invalid_text`
 */
export function readMetadata(value: unknown): JsonObject {
  const copy = readForeignMetadata(value);
  for (const [name, hint] of Object.entries(OWN_FIELDS)) {
    if (Object.hasOwn(copy, name)) throw invalid(`metadata may not have the key ${name}.`, hint);
  }
  return copy;
}

/** The same of a memory that was written elsewhere: it may say who wrote it. */
export function readForeignMetadata(value: unknown): JsonObject {
  if (value === undefined) return {};
  if (!isPlainObject(value)) {
    throw invalid(`metadata is a JSON object, not ${shown(value)}.`, 'Send for example {"file": "a.ts"}.');
  }
  // Every value takes at least two characters of JSON.
  const budget = { values: MAX_METADATA_BYTES / 2 };
  const copy = copyObject(value, 1, budget);
  if (utf8Length(JSON.stringify(copy)) > MAX_METADATA_BYTES) throw tooLarge();
  return copy;
}

interface Budget {
  values: number;
}

function copyObject(object: Record<string, unknown>, depth: number, budget: Budget): JsonObject {
  const entries = Object.entries(object).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => {
      if (name === '__proto__') throw invalid('metadata may not have the key __proto__.', 'Rename it.');
      requireStorable('metadata', name);
      return [name, copyValue(item, depth, budget)];
    }),
  );
}

function copyValue(value: unknown, depth: number, budget: Budget): JsonValue {
  budget.values -= 1;
  if (budget.values < 0) throw tooLarge();
  if (typeof value === 'string') {
    requireStorable('metadata', value);
    return value;
  }
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return value as JsonValue;
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) {
    throw invalid(
      `metadata holds ${shown(value)}, which JSON cannot.`,
      'Use text, numbers, true, false, null, lists and objects.',
    );
  }
  if (depth >= MAX_DEPTH) throw invalid(`metadata is nested deeper than ${MAX_DEPTH} levels.`, 'Make it flatter.');
  // Not `map`, which would skip the holes of a sparse list.
  return isList
    ? Array.from(value, (item: unknown) => copyValue(item, depth + 1, budget))
    : copyObject(value, depth + 1, budget);
}

function tooLarge(): GreeumError {
  return invalid(
    `metadata is larger than ${MAX_METADATA_BYTES / 1024} KiB of JSON.`,
    'Keep what the memory is found or understood by; put the rest in a file.',
  );
}

function invalid(message: string, hint: string): GreeumError {
  return new GreeumError('invalid_metadata', message, { hint });
}
