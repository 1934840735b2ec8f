/** What the tests of sources share. */

import type { Entry, MemoryEntry } from '../../../src/transfer/entries.js';
import { readLines, type Line } from '../../../src/transfer/lines.js';

/** The bytes in pieces that end anywhere. */
export async function* chunksOf(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  await Promise.resolve();
}

export function linesOf(text: string): AsyncGenerator<Line> {
  return readLines(chunksOf(Buffer.from(text)));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function memoriesOf(entries: readonly Entry[]): MemoryEntry[] {
  return entries.filter((entry) => entry.kind === 'memory');
}

/** Place and code of what could not be read. */
export function problemsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === 'problem' ? [`${entry.place}: ${entry.error.code}`] : []));
}
