/**
 * A memory as a read-only Markdown document: what is known about it as front matter, then its text.
 *
 * The text was written by anyone, so it is shown as it is but must not act. A text document runs no HTML and no
 * script; what remains are links that run an editor command, and those are taken out by {@link withoutCommandLinks}.
 */

import type { MemoryDetail } from '../protocol/operations.js';

export function renderMemory(memory: MemoryDetail): string {
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
    ['continues', memory.before],
    ['continued_by', memory.after],
    ['metadata', memory.metadata],
    [
      'associations',
      memory.associations.map(({ source, target, type, strength }) => ({ source, target, type, strength })),
    ],
  ];
  const lines = fields.filter(([, value]) => !isEmpty(value)).map(([name, value]) => `${name}: ${yaml(value)}`);
  return withoutCommandLinks(['---', ...lines, '---', '', memory.context, ''].join('\n'));
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
