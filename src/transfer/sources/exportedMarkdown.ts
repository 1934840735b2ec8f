/** An export of ours in Markdown, see `markdownFormat.ts`. */

import { GreeumError } from '../../protocol/errors.js';
import type { JsonObject } from '../../protocol/json.js';
import { MAX_CONTENT_BYTES } from '../../protocol/limits.js';
import type { Entry } from '../entries.js';
import { entryOfLine, requireKnownVersion, slotOfLine } from '../exportFormat.js';
import type { Line } from '../lines.js';
import { commentIn, MARKDOWN_STARTS, unescapedLine } from '../markdownFormat.js';

/** Heading and empty line between the comment and the text. */
const LINES_BEFORE_TEXT = 2;

interface Open {
  readonly place: string;
  readonly json: string;
  readonly lines: string[];
  chars: number;
  /** A line of its text that cannot be read. */
  error: GreeumError | null;
}

/** @throws GreeumError `newer_format` */
export async function* exportedMarkdownEntries(lines: AsyncIterable<Line>): AsyncGenerator<Entry> {
  let open: Open | null = null;
  for await (const line of lines) {
    const text = line.error === undefined ? line.text : '';
    if (line.number === 1) requireKnownVersion(Number(MARKDOWN_STARTS.exec(text)?.[1]));
    const json = commentIn(text);
    if (json !== null) {
      if (open !== null) yield entryOf(open);
      open = { place: `line ${line.number}`, json, lines: [], chars: 0, error: null };
    } else if (open !== null) {
      open.error ??= line.error ?? null;
      // One line too many says already that it is too long.
      if (open.chars <= MAX_CONTENT_BYTES) open.lines.push(unescapedLine(text));
      open.chars += text.length + 1;
    }
  }
  if (open !== null) yield entryOf(open);
}

function entryOf({ place, json, lines, error }: Open): Entry {
  try {
    if (error !== null) throw error;
    const fields = parsed(json);
    const slot = slotOfLine(fields);
    if (slot !== null) return slot;
    const content = lines.slice(LINES_BEFORE_TEXT).join('\n');
    // The empty line behind it is not part of it.
    return entryOfLine({ ...fields, content: content.endsWith('\n') ? content.slice(0, -1) : content }, place);
  } catch (caught) {
    return { kind: 'problem', place, error: GreeumError.from(caught) };
  }
}

function parsed(json: string): JsonObject {
  try {
    return JSON.parse(json) as JsonObject;
  } catch {
    // The parser's own sentence quotes the text.
    throw new GreeumError('invalid_argument', 'The comment before this memory is not as Greeum wrote it.', {
      hint: 'Change texts in an export, and leave the comments as they are.',
    });
  }
}
