/** JSON, with or without comments and trailing commas. jsonc-parser is the editor's own: it edits text, not values. */

import { applyEdits, modify, parse as parseJsonc, type ParseError } from 'jsonc-parser';
import { SERVER_NAME } from './agents.js';

export const empty = '{}\n';

export function parse(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) throw new SyntaxError(`Not JSON: error ${errors[0]?.error} at offset ${errors[0]?.offset}.`);
  return value;
}

export function edit(text: string, serversAt: readonly string[], entry: Record<string, unknown> | null): string {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    keepLines: true,
  };
  return applyEdits(text, modify(text, [...serversAt, SERVER_NAME], entry ?? undefined, { formattingOptions }));
}

export function find(servers: unknown): unknown {
  return (servers as Record<string, unknown> | undefined)?.[SERVER_NAME];
}
