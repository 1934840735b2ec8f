/**
 * A memory as a read-only Markdown document: what is known about it as front matter, then its text.
 *
 * The text was written by anyone, so it is shown as it is but must not act. A text document runs no HTML and no
 * script; what remains are links that run an editor command, and those are taken out by {@link withoutCommandLinks}.
 */

import type { JsonObject } from '../protocol/json.js';
import type { MemoryDetail } from '../protocol/operations.js';
import { oneLine } from './wording.js';

/** First words of the memories around one, by block index, and which of them it continues and is continued by. */
export interface Neighbours {
  titles: ReadonlyMap<number, string>;
  continues: number | null;
  continuedBy: readonly number[];
}

export const NO_NEIGHBOURS: Neighbours = { titles: new Map(), continues: null, continuedBy: [] };

const TITLE_CHARS = 80;

/** References to other memories are written `#12 first words`; `documentLinks.ts` finds them again. */
export function renderMemory(memory: MemoryDetail, neighbours: Neighbours = NO_NEIGHBOURS): string {
  const reference = (block: number): string => `#${block} ${oneLine(neighbours.titles.get(block) ?? '', TITLE_CHARS)}`;
  const fields: [string, unknown][] = [
    ['block', memory.block_index],
    ['written', memory.timestamp],
    ['occurred', memory.occurred_at],
    ['importance', memory.importance],
    ['project', memory.project],
    ['slot', memory.slot],
    ['tags', memory.tags],
    ['keywords', memory.keywords],
    ['branch', memory.branch],
    ['hash', memory.hash],
    ['noted', placeOf(memory.metadata)],
    ['continues', neighbours.continues === null ? memory.before : reference(neighbours.continues)],
    ['continued_by', neighbours.continuedBy.length === 0 ? memory.after : neighbours.continuedBy.map(reference)],
    ['metadata', memory.metadata],
    [
      'associations',
      memory.associations.map(({ source, target, type, strength }) => {
        const other = source === memory.block_index ? target : source;
        return `${reference(other).trim()} (${oneLine(type, 40)}, ${strength.toFixed(2)})`;
      }),
    ],
  ];
  const lines = fields.filter(([, value]) => !isEmpty(value)).map(([name, value]) => `${name}: ${yamlField(value)}`);
  return withoutCommandLinks(['---', ...lines, '---', '', memory.context, ''].join('\n'));
}

/** File and lines of a memory that was made from a selection, `src/a.ts:3-5`; null for others. */
function placeOf({ file, start_line: start, end_line: end }: JsonObject): string | null {
  if (typeof file !== 'string' || typeof start !== 'number') return null;
  return typeof end === 'number' && end > start ? `${file}:${start}-${end}` : `${file}:${start}`;
}

/** A list of several has a line for each. */
function yamlField(value: unknown): string {
  const isLong = Array.isArray(value) && value.length > 1 && value.some((item) => String(item).length > 20);
  return isLong ? value.map((item) => `\n  - ${yaml(item)}`).join('') : yaml(value);
}

/** JSON is YAML, and its strings have no line breaks: nothing in a value can end the front matter. */
function yaml(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]/g, escapeUnit);
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * Breaks the scheme of `command:` links with a word joiner (U+2060, invisible), so that neither the editor's links nor
 * the Markdown preview see a command in it. Everything else stays byte for byte.
 */
export function withoutCommandLinks(text: string): string {
  return text.replace(/command(?=:|&|\\|%3a)/gi, (scheme) => `${scheme}\u2060`);
}
