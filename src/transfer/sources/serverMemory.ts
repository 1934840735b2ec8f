/**
 * The file of `@modelcontextprotocol/server-memory`: entities with observations, and relations. An entity becomes a
 * memory, each of its observations one that is linked to it, so that a search finds what was observed and a file that
 * grew adds what is new only. Relations become links.
 */

import { GreeumError } from '../../protocol/errors.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import type { Entry, MemoryEntry, SourceId } from '../entries.js';

const OBSERVATION = 'observation';
/** As the memory takes it. */
const MAX_TYPE_CHARS = 50;

export function serverMemoryEntries(line: JsonObject, place: string): Entry[] {
  switch (line['type']) {
    case 'entity':
      return entityEntries(line, place);
    case 'relation':
      return [relationEntry(line, place)];
    default:
      throw malformed('its type is neither entity nor relation');
  }
}

function entityEntries(line: JsonObject, place: string): MemoryEntry[] {
  const name = requireText(line['name'], 'name');
  const entityType = requireText(line['entityType'], 'entityType');
  const { observations } = line;
  if (!Array.isArray(observations)) throw malformed('observations is no list');
  const id = idOf(name);
  const metadata = { entity: name, entity_type: entityType };
  const record = { content: `${name} (${entityType})`, metadata };
  const entity: MemoryEntry = { kind: 'memory', place, id, before: null, record };
  const observed = observations.map((observation: JsonValue): MemoryEntry => {
    const content = `${name}: ${requireText(observation, 'an observation')}`;
    const links = [{ to: id, type: OBSERVATION, strength: 1 }];
    return { kind: 'memory', place, id: null, before: id, links, record: { content, metadata } };
  });
  return [entity, ...observed];
}

function relationEntry(line: JsonObject, place: string): Entry {
  const from = idOf(requireText(line['from'], 'from'));
  const to = idOf(requireText(line['to'], 'to'));
  const type = requireText(line['relationType'], 'relationType');
  if (type.length > MAX_TYPE_CHARS || /[\0\p{Cs}]/u.test(type)) {
    throw malformed(`relationType is no name of at most ${MAX_TYPE_CHARS} characters`);
  }
  return { kind: 'link', place, from, to, type };
}

function idOf(entity: string): SourceId {
  return `entity ${entity}`;
}

function requireText(value: JsonValue | undefined, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw malformed(`${what} is no text`);
}

function malformed(why: string): GreeumError {
  return new GreeumError('invalid_argument', `This is no line of an MCP memory server: ${why}.`);
}
