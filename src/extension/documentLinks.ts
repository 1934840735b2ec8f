/** What in the document of a memory leads elsewhere. Pure; only the front matter is ours, the rest is foreign text. */

export interface TextSpan {
  line: number;
  start: number;
  length: number;
}

export interface MemoryReference extends TextSpan {
  blockIndex: number;
}

export interface PlaceReference extends TextSpan {
  /** Path in a workspace folder, or a whole path. */
  file: string;
  /** From 1. */
  startLine: number;
  endLine: number;
}

/** `#12` wherever {@link renderMemory} put it: after the quote that begins a value. */
export function memoryReferences(text: string): MemoryReference[] {
  return frontMatter(text).flatMap((content, line) => {
    if (!/^(continues|continued_by|associations): |^ {2}- /.test(content)) return [];
    return Array.from(content.matchAll(/"#(\d{1,15})(?=[ "])/g), (match) => ({
      line,
      start: match.index + 1,
      length: match[0].length - 1,
      blockIndex: Number(match[1]),
    }));
  });
}

/** The line `noted: "src/a.ts:3-5"`. */
export function placeReference(text: string): PlaceReference | null {
  for (const [line, content] of frontMatter(text).entries()) {
    const value = /^noted: (".*")$/.exec(content)?.[1];
    const match = value === undefined ? null : /^(.+):(\d+)(?:-(\d+))?$/s.exec(JSON.parse(value) as string);
    if (value === undefined || match?.[1] === undefined) continue;
    const [, file, start, end = start] = match;
    const span = { line, start: 'noted: "'.length, length: value.length - 2 };
    return { ...span, file, startLine: Number(start), endLine: Number(end) };
  }
  return null;
}

/**
 * Whether a link may lead to a file that a memory names: anybody can have written it. A path that climbs out of its
 * folder, and a share of another machine, which would be told who opens it, lead nowhere.
 */
export function isSafePath(file: string): boolean {
  const parts = file.split(/[\\/]/);
  return file !== '' && !parts.includes('..') && !/^[\\/]{2}/.test(file) && !file.includes('\0');
}

/** Lines between the first two `---`. A value never holds a line break, so nothing foreign can end it. */
function frontMatter(text: string): string[] {
  const end = text.indexOf('\n---\n');
  return text.startsWith('---\n') && end >= 0 ? text.slice(0, end).split('\n') : [];
}
