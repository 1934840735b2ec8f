/** A source that its caller holds in its hands: no path leads anywhere from it. */

import type { Entry } from './entries.js';
import { readLines } from './lines.js';
import { MARKDOWN_STARTS } from './markdownFormat.js';
import type { Source } from './source.js';
import { exportedMarkdownEntries } from './sources/exportedMarkdown.js';
import { jsonLineEntries } from './sources/jsonLines.js';
import { markdownEntries } from './sources/markdown.js';

export const TEXT_FORMATS = ['jsonl', 'markdown'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** Small, so that how much was read says how much was taken in. */
const CHUNK_BYTES = 1024;

/** @param origin kept with what is imported */
export function textSource(text: string, { format, origin }: { format: TextFormat; origin: string }): Source {
  const bytes = Buffer.from(text);
  let readBytes = 0;
  const lines = readLines(chunksOf(bytes, (read) => (readBytes = read)));
  const isExport = MARKDOWN_STARTS.test(text.slice(0, 64).split('\n')[0] ?? '');
  const entries: Record<TextFormat, () => AsyncIterable<Entry>> = {
    jsonl: () => jsonLineEntries(lines),
    markdown: () => (isExport ? exportedMarkdownEntries(lines) : markdownEntries(lines)),
  };
  return { origin, totalBytes: bytes.length, readBytes: () => readBytes, entries: entries[format]() };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a source is asynchronous; this one has it all already
async function* chunksOf(bytes: Buffer, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const end = Math.min(start + CHUNK_BYTES, bytes.length);
    onRead(end);
    yield bytes.subarray(start, end);
  }
}
