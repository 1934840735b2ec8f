/**
 * TOML, as text: our tables are replaced where they stand or put at the end, so that nothing else moves. No library
 * of this size edits TOML and keeps comments; smol-toml reads the result, which is how a mistake would be noticed.
 */

import { parse as parseToml } from 'smol-toml';
import { SERVER_NAME } from './agents.js';

export const empty = '';

export function parse(text: string): unknown {
  // Its objects have no prototype and its dates a class of their own; as JSON they compare like any others.
  return JSON.parse(JSON.stringify(parseToml(text)));
}

export function edit(text: string, serversAt: readonly string[], entry: Record<string, unknown> | null): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const name = [...serversAt, SERVER_NAME].join('.');
  const { before, after } = withoutTables(text.split(/\r?\n/), name);
  const head = trimEnd(before);
  const ours = entry === null ? [] : [...(head.length > 0 ? [''] : []), ...tableLines(name, entry), ''];
  // What follows keeps its distance; at the end of the file one line break is enough.
  const tail = after.length > 0 && head.length > 0 && entry === null ? ['', ...after] : after;
  return [...head, ...ours, ...tail].join(eol).replace(/(\r?\n)*$/, eol);
}

export function find(servers: unknown): unknown {
  return (servers as Record<string, unknown> | undefined)?.[SERVER_NAME];
}

/** Lines around our table and those below it; the text after it begins with the next table that is not ours. */
function withoutTables(lines: readonly string[], name: string): { before: string[]; after: string[] } {
  const isOurs = (line: string): boolean => tableOf(line) === name || tableOf(line)?.startsWith(`${name}.`) === true;
  const start = lines.findIndex(isOurs);
  if (start < 0) return { before: [...lines], after: [] };
  const next = lines.findIndex((line, index) => index > start && tableOf(line) !== null && !isOurs(line));
  const end = next < 0 ? lines.length : next - leadingComments(lines, next, start);
  return { before: lines.slice(0, start), after: lines.slice(end) };
}

/** Comments right above a table belong to it. */
function leadingComments(lines: readonly string[], table: number, after: number): number {
  let count = 0;
  while (table - count - 1 > after && /^\s*#/.test(lines[table - count - 1] ?? '')) count += 1;
  return count;
}

/** `a.b` of a line `[a.b]` or `[[a.b]]`, quoted or spaced in any way; null for other lines. */
function tableOf(line: string): string | null {
  const header = /^\s*\[{1,2}([^\]#]+)\]{1,2}\s*(#.*)?$/.exec(line)?.[1];
  return (
    header
      ?.split('.')
      .map((part) => part.trim().replace(/^["']|["']$/g, ''))
      .join('.') ?? null
  );
}

function tableLines(name: string, entry: Record<string, unknown>): string[] {
  const tables = Object.entries(entry).filter(([, value]) => isTable(value));
  const values = Object.entries(entry).filter(([, value]) => !isTable(value));
  return [
    `[${name}]`,
    ...values.map(([key, value]) => `${key} = ${tomlValue(value)}`),
    ...tables.flatMap(([key, value]) => ['', ...tableLines(`${name}.${key}`, value as Record<string, unknown>)]),
  ];
}

function isTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON string is a basic string of TOML, but for DEL, which TOML wants escaped. */
function tomlValue(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}

function trimEnd(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  return lines.slice(0, end);
}
