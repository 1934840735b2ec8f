/** Pieces of JSON Schema that several tools share. They mirror the types of `protocol/operations.ts`. */

import { ERROR_CODES } from '../../protocol/errors.js';
import type { JsonObject } from '../../protocol/json.js';
import { MAX_KEY_CHARS, MAX_PROJECT_CHARS, MAX_TAG_CHARS, MAX_TAGS } from '../../protocol/limits.js';
import { SLOT_NAMES } from '../../protocol/operations.js';
import type { ObjectSchema } from './tool.js';

export const STRING: JsonObject = { type: 'string' };
export const NUMBER: JsonObject = { type: 'number' };
export const INTEGER: JsonObject = { type: 'integer' };
export const COUNT: JsonObject = { type: 'integer', minimum: 0 };
export const BOOLEAN: JsonObject = { type: 'boolean' };
export const BLOCK_INDEX: JsonObject = { type: 'integer', minimum: 0 };
export const SLOT: JsonObject = { type: 'string', enum: SLOT_NAMES };
export const STRING_OR_NULL: JsonObject = { type: ['string', 'null'] };

/** A property with the sentence that a model reads. */
export function described(schema: JsonObject, description: string): JsonObject {
  return { ...schema, description };
}

export const TAGS: JsonObject = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: MAX_TAG_CHARS },
  maxItems: MAX_TAGS,
};
export const PROJECT: JsonObject = { type: 'string', minLength: 1, maxLength: MAX_PROJECT_CHARS };
export const IDEMPOTENCY_KEY: JsonObject = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_KEY_CHARS,
  description: 'Any unique text. Repeating a call with the same key changes nothing and gives the first answer.',
};

export function arrayOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

/** An object whose listed properties are all there, and perhaps those of `optional`. */
export function record(properties: JsonObject, optional: JsonObject = {}): ObjectSchema {
  return { type: 'object', properties: { ...properties, ...optional }, required: Object.keys(properties) };
}

export function inputSchema(properties: JsonObject, required: readonly string[] = []): ObjectSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

const ERROR: JsonObject = {
  type: 'object',
  properties: {
    code: { type: 'string', enum: ERROR_CODES },
    message: STRING,
    outcome: { type: 'string', enum: ['not_written', 'written', 'unknown'] },
    retry: { type: 'string', enum: ['never', 'same-key', 'after-reconnect'] },
    hint: STRING,
  },
  required: ['code', 'message', 'outcome', 'retry'],
};

/**
 * The result, or `{ error }`. Both are in the schema because the version 1 client of the MCP SDK checks the
 * structured content of failures against it too, and would hide our error behind one of its own.
 */
export function outputSchema(properties: JsonObject, optional: JsonObject = {}): ObjectSchema {
  return {
    type: 'object',
    properties: { ...properties, ...optional, error: ERROR },
    anyOf: [{ required: Object.keys(properties) }, { required: ['error'] }],
  };
}

export const MEMORY_PROPERTIES: JsonObject = {
  block_index: BLOCK_INDEX,
  hash: STRING,
  timestamp: STRING,
  context: STRING,
  importance: NUMBER,
  slot: { type: ['string', 'null'], enum: [...SLOT_NAMES, null] },
  branch: STRING_OR_NULL,
  tags: arrayOf(STRING),
  project: STRING_OR_NULL,
  occurred_at: STRING_OR_NULL,
  source: described(STRING_OR_NULL, 'How it came in.'),
  client: described(STRING_OR_NULL, 'The agent that wrote it.'),
  superseded_by: { type: ['integer', 'null'] },
};

export const ASSOCIATION: JsonObject = record({
  association_id: STRING,
  source: BLOCK_INDEX,
  target: BLOCK_INDEX,
  type: STRING,
  strength: NUMBER,
});

export const PERCENTILES: JsonObject = record({ p50: NUMBER, p95: NUMBER, p99: NUMBER, max: NUMBER });
