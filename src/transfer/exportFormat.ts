/**
 * The form in which memories leave: one JSON object a memory, oldest first, in JSON Lines as it is and in Markdown as a
 * comment before the text.
 *
 *     {"greeum_export":1}
 *     {"id":0,"timestamp":"2026-06-13T10:20:30.123456","content":"…","importance":0.5,"branch":"…"}
 *     {"id":1,"timestamp":"…","content":"…","importance":0.5,"branch":"…","before":0,"links":[{"to":0,"type":"semantic","strength":0.4}]}
 *     {"slot":"A","memory":1,"last_seen":1795460084.015}
 *
 * `id` counts the memories of the file. What refers to another memory names one that came before, so a reader needs one
 * pass. Nothing in it depends on the directory or on the time of the export: the same memories give the same bytes.
 */

import { GreeumError } from '../protocol/errors.js';
import type { JsonObject } from '../protocol/json.js';
import type { AnchorRecord, SlotName } from '../protocol/operations.js';
import type { ExportedMemory, ImportRecord } from '../protocol/transfer.js';
import type { MemoryEntry, SlotEntry, SourceLink } from './entries.js';
import type { Numbering } from './numbering.js';

export const EXPORT_VERSION = 1;
export const VERSION_FIELD = 'greeum_export';

/** A memory in an export; what is absent is empty. */
export interface ExportLine {
  id: number;
  timestamp: string;
  content: string;
  importance: number;
  slot?: SlotName;
  branch?: string;
  before?: number;
  tags?: string[];
  project?: string;
  occurred_at?: string;
  metadata?: JsonObject;
  supersedes?: number;
  links?: SourceLink[];
}

export interface SlotLine {
  slot: SlotName;
  memory: number;
  pinned?: true;
  last_seen: number;
}

/** @param numbering of the memories of this export; this one is added to it */
export function exportLine(memory: ExportedMemory, numbering: Numbering): ExportLine {
  const id = numbering.add(memory.block_index);
  const before = numbering.find(memory.before);
  const supersedes = numbering.find(memory.supersedes);
  const links = memory.links.flatMap((link) => {
    const other = numbering.find('to' in link ? link.to : link.from);
    if (other === null) return [];
    const { type, strength } = link;
    return ['to' in link ? { to: other, type, strength } : { from: other, type, strength }];
  });
  return {
    id,
    timestamp: memory.timestamp,
    content: memory.content,
    importance: memory.importance,
    ...(memory.slot === null ? {} : { slot: memory.slot }),
    ...(memory.branch === null ? {} : { branch: memory.branch }),
    ...(before === null || before === id ? {} : { before }),
    ...(memory.tags.length === 0 ? {} : { tags: memory.tags }),
    ...(memory.project === null ? {} : { project: memory.project }),
    ...(memory.occurred_at === null ? {} : { occurred_at: memory.occurred_at }),
    ...(Object.keys(memory.metadata).length === 0 ? {} : { metadata: memory.metadata }),
    ...(supersedes === null || supersedes === id ? {} : { supersedes }),
    ...(links.length === 0 ? {} : { links }),
  };
}

/** Null for a slot that points at no memory of this export. */
export function slotLine(
  { slot, block_index, pinned, last_seen }: AnchorRecord,
  numbering: Numbering,
): SlotLine | null {
  const memory = numbering.find(block_index);
  return memory === null ? null : { slot, memory, ...(pinned ? { pinned } : {}), last_seen };
}

/** What an import makes of a memory of an export. Its fields are checked by the memory it goes to. */
export function entryOfLine(line: JsonObject, place: string): MemoryEntry {
  const { id, before, supersedes, links, branch, metadata, ...record } = line;
  return {
    kind: 'memory',
    place,
    id: requireId(id),
    before: before === undefined ? null : requireId(before),
    supersedes: supersedes === undefined ? null : requireId(supersedes),
    links: links === undefined ? [] : requireLinks(links),
    record: {
      ...(record as unknown as Pick<ImportRecord, 'content' | 'timestamp'>),
      branch: (branch ?? null) as string | null,
      metadata: (metadata ?? {}) as JsonObject,
    },
  };
}

/** Null: it is no slot. */
export function slotOfLine(line: JsonObject): SlotEntry | null {
  const { slot, memory, pinned, last_seen } = line;
  if (slot === undefined || memory === undefined) return null;
  return {
    kind: 'slot',
    slot: slot as SlotName,
    memory: requireId(memory),
    pinned: pinned === true,
    last_seen: Number(last_seen ?? 0),
  };
}

/** @throws GreeumError `newer_format` */
export function requireKnownVersion(version: unknown): void {
  if (version === EXPORT_VERSION) return;
  throw new GreeumError('newer_format', 'This export was written by a newer Greeum.', {
    hint: 'Update Greeum, then import it again. Nothing was imported.',
  });
}

function requireLinks(value: unknown): SourceLink[] {
  if (!Array.isArray(value)) throw malformed('links is no list');
  return value.map((item: unknown) => {
    const { to, from, type, strength } = (item ?? {}) as Record<string, unknown>;
    const end = to === undefined ? { from: requireId(from) } : { to: requireId(to) };
    return { ...end, type: type as string, strength: strength as number };
  });
}

function requireId(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw malformed('a memory is named by its number in the file');
}

function malformed(why: string): GreeumError {
  return new GreeumError('invalid_argument', `This is not as Greeum exports it: ${why}.`);
}
