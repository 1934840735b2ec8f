/** What an operation is given, checked and completed with defaults. Every way in passes here, so all give the same errors. */

import { GreeumError } from '../protocol/errors.js';
import { MAX_GRAPH_NODES, MAX_LIST_RESULTS, MAX_SEARCH_RESULTS } from '../protocol/limits.js';
import type { OperationName } from '../protocol/operations.js';
import { readLinks, readPairs } from './input/associations.js';
import { readDate, readDateEnd, readDay } from './input/dates.js';
import { defined, readFields, type Fields } from './input/fields.js';
import { readMemoryFields } from './input/memoryFields.js';
import { readMetadata } from './input/metadata.js';
import { readImportSlots, readOrigin, readRecords } from './input/transfer.js';
import {
  readBlockIndex,
  readBoolean,
  readDiversity,
  readMaxTokens,
  readDetail,
  readGrouping,
  readLimit,
  readSlot,
} from './input/numbers.js';
import {
  readBranch,
  readCursorText,
  readHash,
  readIdempotencyKey,
  readProject,
  readQuery,
  readTags,
} from './input/text.js';

const DEFAULT_SEARCH_LIMIT = 5;
const DEFAULT_LIST_LIMIT = 20;
const DEFAULT_ASSOCIATION_LIMIT = 100;
const DEFAULT_GROUP_LIMIT = 100;
const DEFAULT_GRAPH_NODES = 500;

const PARSERS = {
  add_memory: parseAddMemory,
  search_memory: parseSearchMemory,
  get_memory: parseGetMemory,
  list_memories: parseListMemories,
  update_associations: parseUpdateAssociations,
  anchor_update: parseAnchorUpdate,
  get_memory_stats: (input: unknown) => readFields('get_memory_stats', input, []),
  worker_status: (input: unknown) => readFields('worker_status', input, []),
  list_associations: parseListAssociations,
  list_anchors: (input: unknown) => readFields('list_anchors', input, []),
  list_tags: parseListTags,
  list_groups: parseListGroups,
  memory_graph: parseMemoryGraph,
  import_memories: parseImportMemories,
  preview_import: parsePreviewImport,
  export_memories: parseExportMemories,
  verify: (input: unknown) => readFields('verify', input, []),
  reindex: (input: unknown) => readFields('reindex', input, []),
  reembed: (input: unknown) => readFields('reembed', input, []),
  flush: (input: unknown) => readFields('flush', input, []),
  stop: (input: unknown) => readFields('stop', input, []),
  rotate_token: (input: unknown) => readFields('rotate_token', input, []),
} satisfies { [K in OperationName]: (input: unknown, nowMs?: number) => object };

export type ParsedInput<K extends OperationName> = ReturnType<(typeof PARSERS)[K]>;

/**
 * @returns a copy: what is absent and has a default is there, dates are local timestamps (`since` the first moment of
 * what was named, `until` the last), names are trimmed
 * @param nowMs as `localTimeMs` gives it; without it dates in words are not understood
 * @throws GreeumError for anything that is not as `protocol/operations.ts` says
 */
export function parseInput<K extends OperationName>(operation: K, input: unknown, nowMs?: number): ParsedInput<K> {
  return PARSERS[operation](input, nowMs) as ParsedInput<K>;
}

function parseAddMemory(input: unknown) {
  const allowed = [
    ...['content', 'importance', 'tags', 'slot', 'project', 'metadata', 'occurred_at'],
    ...['allow_duplicate', 'supersedes', 'idempotency_key'],
  ];
  const fields = readFields('add_memory', input, allowed);
  return defined({
    ...readMemoryFields(fields),
    metadata: readMetadata(fields['metadata']),
    occurred_at: readDate('occurred_at', fields['occurred_at']),
    allow_duplicate: readBoolean('allow_duplicate', fields['allow_duplicate']),
    supersedes: fields['supersedes'] === undefined ? undefined : readBlockIndex('supersedes', fields['supersedes']),
    idempotency_key: readIdempotencyKey(fields['idempotency_key']),
  });
}

function parseSearchMemory(input: unknown, nowMs?: number) {
  const allowed = [
    ...['query', 'limit', 'slot', 'project', 'include_global', 'tags', 'since', 'until', 'detail', 'neighbours'],
    ...['cursor', 'max_tokens', 'diversity', 'duplicates', 'explain'],
  ];
  const fields = readFields('search_memory', input, allowed);
  const parsed = defined({
    query: readQuery(fields['query']),
    limit: readLimit(fields['limit'], DEFAULT_SEARCH_LIMIT, MAX_SEARCH_RESULTS),
    slot: readSlot(fields['slot']),
    ...readScope(fields),
    tags: readTags(fields['tags']),
    since: readDate('since', fields['since'], nowMs),
    until: readDateEnd('until', fields['until'], nowMs),
    detail: readDetail(fields['detail']),
    neighbours: readBoolean('neighbours', fields['neighbours']),
    cursor: readCursorText(fields['cursor']),
    max_tokens: readMaxTokens(fields['max_tokens']),
    diversity: readDiversity(fields['diversity']),
    duplicates: readBoolean('duplicates', fields['duplicates']),
    explain: readBoolean('explain', fields['explain']),
  });
  requireOrder(parsed);
  return parsed;
}

function requireOrder({ since, until }: { since?: string; until?: string }): void {
  if (since === undefined || until === undefined || since <= until) return;
  throw new GreeumError('invalid_date', 'since is later than until.', { hint: 'Exchange the two.' });
}

function parseGetMemory(input: unknown) {
  const fields = readFields('get_memory', input, ['block_index', 'hash']);
  if ((fields['block_index'] === undefined) === (fields['hash'] === undefined)) {
    throw new GreeumError('invalid_argument', 'get_memory takes block_index or hash, exactly one of them.', {
      hint: 'block_index is the number after # in search results.',
    });
  }
  return defined({
    block_index: fields['block_index'] === undefined ? undefined : readBlockIndex('block_index', fields['block_index']),
    hash: readHash(fields['hash']),
  });
}

function parseListMemories(input: unknown, nowMs?: number) {
  const allowed = [
    ...['limit', 'before', 'project', 'include_global', 'slot', 'branch', 'day', 'since', 'until', 'detail'],
  ];
  const fields = readFields('list_memories', input, allowed);
  const parsed = defined({
    limit: readLimit(fields['limit'], DEFAULT_LIST_LIMIT, MAX_LIST_RESULTS),
    before: readCursor(fields['before']),
    ...(fields['project'] === null ? { project: null, include_global: undefined } : readScope(fields)),
    slot: readSlot(fields['slot']),
    branch: fields['branch'] === null ? null : readBranch(fields['branch']),
    day: readDay('day', fields['day']),
    detail: fields['detail'] === undefined ? 'full' : readDetail(fields['detail']),
    since: readDate('since', fields['since'], nowMs),
    until: readDateEnd('until', fields['until'], nowMs),
  });
  requireOrder(parsed);
  return parsed;
}

function parseListTags(input: unknown) {
  const fields = readFields('list_tags', input, ['limit']);
  return { limit: readLimit(fields['limit'], MAX_LIST_RESULTS, MAX_LIST_RESULTS) };
}

function parseListGroups(input: unknown) {
  const fields = readFields('list_groups', input, ['by', 'limit', 'before', 'project', 'include_global']);
  return defined({
    by: readGrouping(fields['by']),
    limit: readLimit(fields['limit'], DEFAULT_GROUP_LIMIT, MAX_LIST_RESULTS),
    before: readCursor(fields['before']),
    ...readScope(fields),
  });
}

function parseMemoryGraph(input: unknown) {
  const fields = readFields('memory_graph', input, ['limit']);
  return { limit: readLimit(fields['limit'], DEFAULT_GRAPH_NODES, MAX_GRAPH_NODES) };
}

function readCursor(value: unknown): number | undefined {
  return value === undefined ? undefined : readBlockIndex('before', value);
}

/** @throws GreeumError `invalid_argument` when what belongs to no project is asked for besides no project */
function readScope(fields: Fields): { project: string | undefined; include_global: boolean | undefined } {
  const project = readProject(fields['project']);
  const includeGlobal = readBoolean('include_global', fields['include_global']);
  if (includeGlobal === true && project === undefined) {
    throw new GreeumError('invalid_argument', 'include_global adds to a project, and none is given.', {
      hint: 'Give project too, or leave both out for everything.',
    });
  }
  return { project, include_global: includeGlobal };
}

function parseUpdateAssociations(input: unknown) {
  const fields = readFields('update_associations', input, ['add', 'remove', 'idempotency_key']);
  const add = readLinks('add', fields['add']);
  const remove = readPairs('remove', fields['remove']);
  if (add.length + remove.length === 0) {
    throw new GreeumError('invalid_argument', 'There is no link to add and none to remove.', {
      hint: 'Give add, remove or both a link, such as {"source": 7, "target": 3}.',
    });
  }
  return defined({ add, remove, idempotency_key: readIdempotencyKey(fields['idempotency_key']) });
}

function parseAnchorUpdate(input: unknown) {
  const fields = readFields('anchor_update', input, ['slot', 'block_index', 'pinned', 'idempotency_key']);
  const slot = readSlot(fields['slot']);
  if (slot === undefined) {
    throw new GreeumError('unknown_slot', 'There is no slot given.', { hint: 'The slots are A, B, C.' });
  }
  const blockIndex = fields['block_index'];
  if (blockIndex === undefined && fields['pinned'] === undefined) {
    throw new GreeumError('invalid_argument', 'anchor_update has nothing to change.', {
      hint: 'Give block_index (null clears the slot), pinned or both.',
    });
  }
  return defined({
    slot,
    block_index:
      blockIndex === undefined || blockIndex === null ? blockIndex : readBlockIndex('block_index', blockIndex),
    pinned: readBoolean('pinned', fields['pinned']),
    idempotency_key: readIdempotencyKey(fields['idempotency_key']),
  });
}

/** Its records are not read yet: a fault of one is no fault of the others. */
function parseImportMemories(input: unknown) {
  const fields = readFields('import_memories', input, ['records', 'slots', 'origin', 'idempotency_key']);
  return defined({
    records: readRecords(fields['records']),
    slots: readImportSlots(fields['slots']),
    origin: readOrigin(fields['origin']),
    idempotency_key: readIdempotencyKey(fields['idempotency_key']),
  });
}

function parsePreviewImport(input: unknown) {
  const fields = readFields('preview_import', input, ['records', 'origin']);
  return { records: readRecords(fields['records']), origin: readOrigin(fields['origin']) };
}

function parseExportMemories(input: unknown) {
  const fields = readFields('export_memories', input, ['after', 'limit', 'project']);
  return defined({
    after: fields['after'] === undefined ? undefined : readBlockIndex('after', fields['after']),
    limit: readLimit(fields['limit'], MAX_LIST_RESULTS, MAX_LIST_RESULTS),
    project: readProject(fields['project']),
  });
}

function parseListAssociations(input: unknown) {
  const fields = readFields('list_associations', input, ['block_index', 'limit']);
  return defined({
    block_index: fields['block_index'] === undefined ? undefined : readBlockIndex('block_index', fields['block_index']),
    limit: readLimit(fields['limit'], DEFAULT_ASSOCIATION_LIMIT, MAX_LIST_RESULTS),
  });
}
