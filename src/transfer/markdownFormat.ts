/**
 * An export in Markdown, for people to read and for Greeum to take in again:
 *
 *     <!-- greeum_export 1 -->
 *
 *     <!-- greeum {"id":0,"timestamp":"2026-06-13T10:20:30.123456","importance":0.5,…} -->
 *     ## 2026-06-13 10:20
 *
 *     The text of the memory, as it is.
 *
 * The comment holds everything but the text; the heading is for the eye. A line of a text that looks like such a
 * comment gets a backslash before it.
 */

import type { ExportLine, SlotLine } from './exportFormat.js';

export const MARKDOWN_START = '<!-- greeum_export 1 -->';
/** Of any version. */
export const MARKDOWN_STARTS = /^<!-- greeum_export (\d+) -->\r?$/;
const COMMENT = /^<!-- greeum (\{.*\}) -->\r?$/;
const LIKE_COMMENT = /^\\*<!-- greeum /;

export function markdownOf({ content, ...rest }: ExportLine): string {
  const heading = `## ${rest.timestamp.slice(0, 16).replace('T', ' ')}${(rest.tags ?? []).map((tag) => ` #${tag}`).join('')}`;
  return `${commentOf(rest)}\n${oneLine(heading)}\n\n${escaped(content)}\n\n`;
}

export function slotMarkdown(slot: SlotLine): string {
  return `${commentOf(slot)}\n\n`;
}

/** The JSON in the comment, or null for another line. */
export function commentIn(line: string): string | null {
  return COMMENT.exec(line)?.[1] ?? null;
}

/** A line of a text as it was. */
export function unescapedLine(line: string): string {
  return line.startsWith('\\') && LIKE_COMMENT.test(line) ? line.slice(1) : line;
}

/** A `>` in it could end the comment. */
function commentOf(fields: object): string {
  return `<!-- greeum ${JSON.stringify(fields).replaceAll('>', '\\u003e')} -->`;
}

function escaped(content: string): string {
  return content
    .split('\n')
    .map((line) => (LIKE_COMMENT.test(line) ? `\\${line}` : line))
    .join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
