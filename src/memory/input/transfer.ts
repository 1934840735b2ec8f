/** What is given to an import: the whole, whose faults are errors of the call, and one record, whose faults are its own. */

import { GreeumError } from '../../protocol/errors.js';
import { MAX_IMPORT_LINKS, MAX_IMPORT_RECORDS, MAX_ORIGIN_CHARS } from '../../protocol/limits.js';
import { SLOT_NAMES, type SlotName } from '../../protocol/operations.js';
import type { ImportRef } from '../../protocol/transfer.js';
import { readLinkType } from './associations.js';
import { readDate } from './dates.js';
import { defined, isPlainObject, readFields, shown, type Fields } from './fields.js';
import { readMemoryFields } from './memoryFields.js';
import { readForeignMetadata } from './metadata.js';
import { readBlockIndex, readBoolean, readSlot, readStrength } from './numbers.js';
import { readBranch, readName } from './text.js';

/** As Greeum writes times; what has this form is kept to the letter. */
const STORED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/;

const RECORD_FIELDS = [
  ...['content', 'importance', 'tags', 'slot', 'project', 'metadata', 'occurred_at', 'timestamp'],
  ...['branch', 'before', 'supersedes', 'links', 'twin', 'place'],
];

/** @throws GreeumError `invalid_argument` */
export function readRecords(value: unknown): unknown[] {
  if (Array.isArray(value) && value.length <= MAX_IMPORT_RECORDS) return Array.from(value, (item: unknown) => item);
  throw new GreeumError('invalid_argument', `records is a list of at most ${MAX_IMPORT_RECORDS} memories.`, {
    hint: 'Send more in several calls.',
  });
}

/** @throws GreeumError `invalid_argument` */
export function readOrigin(value: unknown): string {
  return readName('origin', value, MAX_ORIGIN_CHARS, 'invalid_argument');
}

/** @throws GreeumError `invalid_argument`, `unknown_slot` */
export function readImportSlots(
  value: unknown,
): { slot: SlotName; memory: ImportRef; pinned: boolean; lastSeen: number }[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > SLOT_NAMES.length) {
    throw new GreeumError('invalid_argument', `slots is a list of at most ${SLOT_NAMES.length} slots.`);
  }
  return value.map((item: unknown) => {
    const fields = readFields('A slot', item, ['slot', 'memory', 'pinned', 'last_seen']);
    const slot = readSlot(fields['slot']);
    if (slot === undefined) throw new GreeumError('unknown_slot', 'There is no slot given.');
    const pinned = readBoolean('pinned', fields['pinned']) ?? false;
    return { slot, memory: readRef('memory', fields['memory']), pinned, lastSeen: readSeconds(fields['last_seen']) };
  });
}

function readSeconds(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new GreeumError('invalid_argument', `last_seen is a number of seconds since 1970, not ${shown(value)}.`);
}

/** @throws GreeumError for a fault of this record */
export function readRecord(value: unknown) {
  if (value === undefined) throw new GreeumError('invalid_argument', 'A record is a JSON object, not undefined.');
  const fields = readFields('A record', value, RECORD_FIELDS);
  return defined({
    ...readMemoryFields(fields),
    metadata: fields['metadata'] === undefined ? undefined : readForeignMetadata(fields['metadata']),
    occurred_at: readTime('occurred_at', fields['occurred_at']),
    timestamp: readTime('timestamp', fields['timestamp']),
    branch: fields['branch'] === null ? null : readBranch(fields['branch']),
    before: isAbsent(fields['before']) ? null : readRef('before', fields['before']),
    supersedes: isAbsent(fields['supersedes']) ? null : readRef('supersedes', fields['supersedes']),
    links: readImportLinks(fields['links']),
    twin: fields['twin'] === undefined ? 0 : readBlockIndex('twin', fields['twin']),
    place:
      fields['place'] === undefined
        ? undefined
        : readName('place', fields['place'], MAX_ORIGIN_CHARS, 'invalid_argument'),
  });
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A local time in the stored form stays as it is, so that what is exported and taken in again has the same hash. */
function readTime(field: string, value: unknown): string | undefined {
  const normal = readDate(field, value);
  return typeof value === 'string' && STORED_TIME.test(value) ? value : normal;
}

function readImportLinks(value: unknown) {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_IMPORT_LINKS) {
    throw new GreeumError('invalid_association', `links is a list of at most ${MAX_IMPORT_LINKS} links.`);
  }
  return value.map((item: unknown) => {
    const fields = readFields('A link', item, ['to', 'from', 'type', 'strength']);
    const leadsThere = fields['to'] !== undefined;
    return {
      other: leadsThere ? readRef('to', fields['to']) : readRef('from', fields['from']),
      leadsThere,
      type: readLinkType(fields['type']),
      strength: readStrength(fields['strength']),
    };
  });
}

function readRef(field: string, value: unknown): ImportRef {
  const fields: Fields = isPlainObject(value) ? value : {};
  if (fields['record'] !== undefined) return { record: readBlockIndex(`record of ${field}`, fields['record']) };
  return { block_index: readBlockIndex(field, fields['block_index']) };
}
