/** JSON Lines: an export of ours, a file of the MCP memory server, or one memory a line as other tools write them. */

import { GreeumError } from '../../protocol/errors.js';
import type { JsonObject, JsonValue } from '../../protocol/json.js';
import type { ImportRecord } from '../../protocol/transfer.js';
import type { Entry } from '../entries.js';
import { entryOfLine, requireKnownVersion, slotOfLine, VERSION_FIELD } from '../exportFormat.js';
import type { Line } from '../lines.js';
import { serverMemoryEntries } from './serverMemory.js';

/** Under which names the text of a memory is found, best first. */
const TEXT_FIELDS = ['content', 'text', 'context', 'memory'] as const;
const TIME_FIELDS = ['timestamp', 'created_at', 'createdAt'] as const;
/** Taken as they are; whatever else a line holds goes into the metadata. */
const KNOWN_FIELDS = ['importance', 'tags', 'project', 'occurred_at', 'slot'] as const;

type Dialect = (line: JsonObject, place: string) => Iterable<Entry>;

/** @throws GreeumError `newer_format` */
export async function* jsonLineEntries(lines: AsyncIterable<Line>): AsyncGenerator<Entry> {
  let dialect: Dialect | null = null;
  for await (const line of lines) {
    const place = `line ${line.number}`;
    if (line.error !== undefined) {
      yield { kind: 'problem', place, error: line.error };
      continue;
    }
    if (line.text.trim() === '') continue;
    const value = parsed(line.text);
    if (value instanceof GreeumError) {
      yield { kind: 'problem', place, error: value };
      continue;
    }
    if (dialect === null) {
      dialect = dialectOf(value);
      if (VERSION_FIELD in value) {
        requireKnownVersion(value[VERSION_FIELD]);
        continue;
      }
    }
    yield* guarded(dialect, value, place);
  }
}

function dialectOf(first: JsonObject): Dialect {
  if (VERSION_FIELD in first) return exportEntries;
  return first['type'] === 'entity' || first['type'] === 'relation' ? serverMemoryEntries : noteEntries;
}

/** A line that is not as its dialect has it is told, and the others go on. */
function guarded(dialect: Dialect, value: JsonObject, place: string): Entry[] {
  try {
    return [...dialect(value, place)];
  } catch (error) {
    return [{ kind: 'problem', place, error: GreeumError.from(error) }];
  }
}

function exportEntries(line: JsonObject, place: string): Entry[] {
  return [('content' in line ? null : slotOfLine(line)) ?? entryOfLine(line, place)];
}

function noteEntries(line: JsonObject, place: string): Entry[] {
  const rest = new Map(Object.entries(line).filter(([, value]) => value !== null));
  const take = (names: readonly string[]): JsonValue | undefined => {
    const name = names.find((candidate) => rest.has(candidate)) ?? '';
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const content = take(TEXT_FIELDS);
  const timestamp = take(TIME_FIELDS);
  const known = Object.fromEntries(KNOWN_FIELDS.map((name) => [name, take([name])]));
  const given = take(['metadata']) ?? {};
  const metadata = {
    ...Object.fromEntries(rest),
    ...(typeof given === 'object' && !Array.isArray(given) ? given : { metadata: given }),
  };
  const record = { content, timestamp, ...known, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
  // Every field is checked by the memory it goes to, which says what is wrong with it.
  return [{ kind: 'memory', place, id: null, record: withoutUndefined(record) as unknown as ImportRecord }];
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function parsed(text: string): JsonObject | GreeumError {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's own sentence quotes the text.
    return new GreeumError('invalid_argument', 'This line is not JSON.', {
      hint: 'JSON Lines has one whole object on each line; jq -c ".[]" makes it from a list.',
    });
  }
  if (typeof value === 'string') return { content: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return new GreeumError('invalid_argument', 'This line holds neither an object nor a text.', {
    hint: 'JSON Lines has one whole object on each line; jq -c ".[]" makes it from a list.',
  });
}
