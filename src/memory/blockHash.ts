/**
 * The hash that chains blocks: SHA-256 of the block's JSON as Python's `json.dumps` prints it (keys sorted, `", "` and
 * `": "` between). Three formulas exist in the wild; blocks are written with the first.
 */

import { pythonFloat } from './pythonFloat.js';
import { sha256 } from './sha256.js';

export interface HashedFields {
  readonly blockIndex: number;
  readonly timestamp: string;
  readonly context: string;
  readonly importance: number;
  readonly prevHash: string;
}

/** The hash a block gets: importance always printed as a float. */
export function blockHash(fields: HashedFields): string {
  return sha256(hashPreimage(fields));
}

/** The text that is hashed. `JSON.stringify` escapes a well-formed string as `json.dumps(ensure_ascii=False)` does. */
export function hashPreimage(fields: HashedFields): string {
  return preimageWith(fields, pythonFloat(fields.importance));
}

/** `integer_importance`: 0 and 1 hashed as integers. `without_importance`: Greeum's fallback writer, all in ASCII. */
export type HashFormula = 'current' | 'integer_importance' | 'without_importance';

/** Which formula gives this hash; null when none does. */
export function matchingFormula(fields: HashedFields, hash: string): HashFormula | null {
  if (blockHash(fields) === hash) return 'current';
  if (Number.isInteger(fields.importance) && sha256(preimageWith(fields, String(fields.importance))) === hash) {
    return 'integer_importance';
  }
  return sha256(fallbackPreimage(fields)) === hash ? 'without_importance' : null;
}

function preimageWith({ blockIndex, context, prevHash, timestamp }: HashedFields, importance: string): string {
  return (
    `{"block_index": ${blockIndex}, "context": ${JSON.stringify(context)}, "importance": ${importance}, ` +
    `"prev_hash": ${JSON.stringify(prevHash)}, "timestamp": ${JSON.stringify(timestamp)}}`
  );
}

function fallbackPreimage({ blockIndex, context, prevHash, timestamp }: HashedFields): string {
  return (
    `{"block_index": ${blockIndex}, "context": ${asciiJson(context)}, ` +
    `"prev_hash": ${asciiJson(prevHash)}, "timestamp": ${asciiJson(timestamp)}}`
  );
}

/** `json.dumps` with `ensure_ascii`: everything but space to tilde is escaped. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
