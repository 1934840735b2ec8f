/** Links to add and to remove. */

import { GreeumError } from '../../protocol/errors.js';
import { MAX_ASSOCIATION_CHANGES } from '../../protocol/limits.js';
import { readFields, shown, type Fields } from './fields.js';
import { readBlockIndex, readStrength } from './numbers.js';
import { readName } from './text.js';

const MAX_TYPE_CHARS = 50;

export interface Pair {
  readonly source: number;
  readonly target: number;
}

export interface Link extends Pair {
  readonly type: string;
  readonly strength: number;
}

/** @throws GreeumError `invalid_association`, `self_association`, `invalid_argument`, `invalid_text` */
export function readLinks(field: string, value: unknown): Link[] {
  return readList(field, value, ['source', 'target', 'type', 'strength'], (fields) => ({
    ...readPair(fields),
    type: readLinkType(fields['type']),
    strength: readStrength(fields['strength']),
  }));
}

/** @throws GreeumError `invalid_association`, `invalid_text` */
export function readLinkType(value: unknown): string {
  return value === undefined ? 'semantic' : readName('type', value, MAX_TYPE_CHARS, 'invalid_association').trim();
}

/** @throws GreeumError `invalid_association`, `self_association`, `invalid_argument` */
export function readPairs(field: string, value: unknown): Pair[] {
  return readList(field, value, ['source', 'target'], readPair);
}

function readList<T>(field: string, value: unknown, allowed: readonly string[], read: (fields: Fields) => T): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new GreeumError('invalid_association', `${field} is a list of links, not ${shown(value)}.`, {
      hint: 'Send for example [{"source": 7, "target": 3}].',
    });
  }
  if (value.length > MAX_ASSOCIATION_CHANGES) {
    const message = `${field} has ${value.length} links; one call takes ${MAX_ASSOCIATION_CHANGES}.`;
    throw new GreeumError('invalid_association', message, { hint: 'Send them in several calls.' });
  }
  // Not `map`, which would skip the holes of a sparse list.
  return Array.from(value, (item: unknown) => read(readFields(`A link of ${field}`, item, allowed)));
}

function readPair(fields: Fields): Pair {
  const source = readBlockIndex('source', fields['source']);
  const target = readBlockIndex('target', fields['target']);
  if (source === target) {
    throw new GreeumError('self_association', `Memory #${source} cannot be linked to itself.`, {
      hint: 'Give two different memories as source and target.',
    });
  }
  return { source, target };
}
