/**
 * Notes for agents: `AGENTS.md`, `CLAUDE.md`, and a `MEMORY.md` whose bullets lead to other notes in its folder. Those
 * are read too, if they are plain files beside it; a note leads nowhere else.
 */

import path from 'node:path';
import type { Entry } from '../entries.js';
import { readLines, type Line } from '../lines.js';
import { isPlainFile, readSource } from '../sourceFile.js';
import { markdownEntries } from './markdown.js';

/** `[Title](topic.md)`, or `@topic.md` alone on a line. */
const NAMED = /\]\(([^()/\\]{1,200}\.md)\)|^@([^/\\\s]{1,200}\.md)\s*$/g;
const MOST_NAMED = 1_000;

export async function* noteEntries(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Entry> {
  const named = new Set<string>();
  yield* markdownEntries(withNames(readLines(readSource(file, onBytes)), named));
  named.delete(path.basename(file));
  for (const name of named) {
    const beside = path.join(path.dirname(file), name);
    if (isPlainFile(beside)) yield* markdownEntries(readLines(readSource(beside, onBytes)), name);
  }
}

async function* withNames(lines: AsyncIterable<Line>, named: Set<string>): AsyncGenerator<Line> {
  for await (const line of lines) {
    for (const [, linked, imported] of line.error === undefined ? line.text.matchAll(NAMED) : []) {
      const name = linked ?? imported ?? '';
      if (named.size < MOST_NAMED) named.add(name);
    }
    yield line;
  }
}
