/** How memories read in a tool's text: one line each, in the form that Python Greeum prints. */

import type { MemoryRecord, SearchHit } from '../../protocol/operations.js';

/** Longest passage of a memory in a list, in UTF-16 units. */
const MAX_LINE_CHARS = 200;

/**
 * `1. [timestamp] text [#12, slot A, project shop, by claude-code 2.1]`: what it says, and where it comes from.
 * `full`: the whole text instead of a line of it.
 */
export function memoryLine(memory: MemoryRecord | SearchHit, position: number, full = false): string {
  const text = full ? memory.context : oneLine(memory.context);
  return `${position}. [${memory.timestamp}] ${text === '' ? '' : `${text} `}[${origin(memory)}]`;
}

function origin(memory: MemoryRecord | SearchHit): string {
  const { block_index: index, slot, project } = memory;
  const author = authorOf(memory);
  return [
    `#${index}`,
    ...(slot === null ? [] : [`slot ${slot}`]),
    ...(project === null ? [] : [`project ${oneLine(project)}`]),
    ...(author === null ? [] : [`by ${author}`]),
    ...('neighbour' in memory ? ['beside a match'] : []),
  ].join(', ');
}

/** The agent that wrote it, else the way it came in; on one line, whatever another program has stored there. */
export function authorOf({ client, source }: Pick<MemoryRecord, 'client' | 'source'>): string | null {
  const author = oneLine(client ?? source ?? '');
  return author === '' ? null : author;
}

/** The beginning of a text, without line breaks, never cutting a character in two. */
export function oneLine(text: string): string {
  // Whitespace may shrink, so look at somewhat more than will be shown, and not at a megabyte.
  const line = text
    .slice(0, 4 * MAX_LINE_CHARS)
    .replace(/\s+/gu, ' ')
    .trim();
  if (line.length <= MAX_LINE_CHARS && text.length <= 4 * MAX_LINE_CHARS) return line;
  return `${line.slice(0, MAX_LINE_CHARS).replace(/[\uD800-\uDBFF]$/, '')}...`;
}
