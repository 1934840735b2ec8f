/** JSON, with or without comments and trailing commas. jsonc-parser is the editor's own: it edits text, not values. */

import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parse as parseJsonc,
  parseTree,
  type FormattingOptions,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { SERVER_NAME } from './agents.js';

export const empty = '{}\n';

export function parse(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) throw new SyntaxError(`Not JSON: error ${errors[0]?.error} at offset ${errors[0]?.offset}.`);
  return value;
}

/** Where an object stands on one line our entry does too: only a formatter would break it, and all around it. */
export function edit(text: string, serversAt: readonly string[], entry: Record<string, unknown> | null): string {
  const options = standsOnOneLine(text, serversAt) ? {} : { formattingOptions: formattingOf(text) };
  return applyEdits(text, modify(text, [...serversAt, SERVER_NAME], entry ?? undefined, options));
}

function formattingOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    keepLines: true,
  };
}

/** Of the object that the entry comes into, or into which the servers come; one that is empty says nothing itself. */
function standsOnOneLine(text: string, serversAt: readonly string[]): boolean {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) return false;
  let found: Node = root;
  for (let depth = 1; depth <= serversAt.length; depth++) {
    const deeper = findNodeAtLocation(root, serversAt.slice(0, depth));
    if (deeper === undefined || isEmpty(deeper)) break;
    found = deeper;
  }
  return !isEmpty(found) && !/[\r\n]/.test(text.slice(found.offset, found.offset + found.length));
}

function isEmpty({ children = [] }: Node): boolean {
  return children.length === 0;
}

export function find(servers: unknown): unknown {
  return (servers as Record<string, unknown> | undefined)?.[SERVER_NAME];
}
