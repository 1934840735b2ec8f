/** From one record of an import to the memory it becomes: checked, cleaned of secrets, with its ids. */

import type { ImportedMemory } from '../protocol/commands.js';
import type { SecretPolicy } from '../protocol/environment.js';
import { GreeumError, type SerializedError } from '../protocol/errors.js';
import type { JsonObject } from '../protocol/json.js';
import { IMPORTED_FROM, type ImportRef } from '../protocol/transfer.js';
import { keywords } from '../text/keywords.js';
import { readRecord } from './input/transfer.js';
import { randomIds, type ResolvePorts } from './randomIds.js';
import { signed, type Provenance } from './author.js';
import { requireClean, storable, textIn } from './secrets.js';

/** What is the same for all records of a call: who imports, and how. */
export interface ImportCircumstances extends Provenance {
  /** What the records come from. */
  readonly origin: string;
  readonly policy: SecretPolicy;
  /** Of records that bring no time. */
  readonly timestamp: string;
}

/** What a record says, without the ids that a write of it needs. */
export type CheckedRecord = Omit<ImportedMemory, 'keywords' | 'newRoot' | 'nodeId' | 'links'> & {
  readonly links: readonly Omit<ImportedMemory['links'][number], 'associationId' | 'otherNodeId'>[];
};

/** @param position of the record in its call: it can refer to those before it only */
export function checkRecord(
  record: unknown,
  position: number,
  circumstances: ImportCircumstances,
): CheckedRecord | { error: SerializedError } {
  try {
    return checked(record, position, circumstances);
  } catch (error) {
    return { error: GreeumError.from(error).toJSON() };
  }
}

/** The same with what a write needs: keywords, and every choice of chance. */
export function resolveRecord(
  record: unknown,
  position: number,
  circumstances: ImportCircumstances,
  ports: ResolvePorts,
): ImportedMemory | { error: SerializedError } {
  const memory = checkRecord(record, position, circumstances);
  if ('error' in memory) return memory;
  const ids = randomIds(1 + 2 * memory.links.length, ports);
  return {
    ...memory,
    keywords: keywords(memory.content),
    newRoot: ports.randomUuid(),
    nodeId: `node_${ids[0] ?? ''}`,
    links: memory.links.map((link, index) => ({
      ...link,
      associationId: `assoc_${ids[2 * index + 1] ?? ''}`,
      otherNodeId: `node_${ids[2 * index + 2] ?? ''}`,
    })),
  };
}

function checked(record: unknown, position: number, circumstances: ImportCircumstances): CheckedRecord {
  const { origin, policy } = circumstances;
  const { metadata: given, place, importance, ...parsed } = readRecord(record);
  const refs = [parsed.before, parsed.supersedes, ...parsed.links.map(({ other }) => other)];
  for (const ref of refs) if (ref !== null) requireEarlier(ref, position);
  const { project, occurred_at, timestamp } = parsed;
  const metadata: JsonObject = {
    ...withAuthor(given ?? {}, timestamp !== undefined, circumstances),
    ...(project === undefined ? {} : { project }),
    ...(occurred_at === undefined ? {} : { occurred_at }),
    [IMPORTED_FROM]: place === undefined ? origin : `${origin}, ${place}`,
  };
  for (const { type } of parsed.links) requireClean('The type of a link', type, policy);
  const { value, leftOut } = storable({ content: parsed.content, tags: parsed.tags, metadata }, policy);
  return {
    content: value.content,
    importance,
    tags: value.tags,
    slot: parsed.slot ?? null,
    project: project === undefined ? null : textIn(value.metadata, 'project'),
    metadata: value.metadata,
    occurredAt: occurred_at ?? null,
    timestamp: timestamp ?? circumstances.timestamp,
    hasOwnTime: timestamp !== undefined,
    twin: parsed.twin,
    branch: parsed.branch,
    before: parsed.before,
    supersedes: parsed.supersedes,
    links: parsed.links,
    leftOut,
  };
}

/**
 * Who wrote it. The user's own import, from the command line or a window, takes the word of the record, so that a
 * memory keeps its author in another directory. An agent could say anything.
 */
function withAuthor(given: JsonObject, hasOwnTime: boolean, circumstances: ImportCircumstances): JsonObject {
  const isOurs = circumstances.source === 'cli' || circumstances.source === 'vscode';
  return isOurs && (hasOwnTime || Object.hasOwn(given, 'source')) ? given : signed(given, circumstances);
}

function requireEarlier(ref: ImportRef, position: number): void {
  if (!('record' in ref) || ref.record < position) return;
  throw new GreeumError('invalid_argument', 'A record refers to one that does not come before it.', {
    hint: 'Send first what others refer to.',
  });
}
