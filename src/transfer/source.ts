/** Finding out what is to be imported, and reading it. */

import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { MemoryLocation } from '../client/dataDirectory.js';
import { GreeumError } from '../protocol/errors.js';
import type { Entry } from './entries.js';
import { readLines } from './lines.js';
import { MARKDOWN_STARTS } from './markdownFormat.js';
import { readSource, statSource } from './sourceFile.js';
import { exportedMarkdownEntries } from './sources/exportedMarkdown.js';
import { greeumDirectoryEntries } from './sources/greeumDirectory.js';
import { jsonLineEntries } from './sources/jsonLines.js';
import { markdownEntries } from './sources/markdown.js';
import { noteEntries } from './sources/notes.js';

export const IMPORT_FORMATS = ['jsonl', 'markdown', 'notes', 'greeum'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface Source {
  /** Kept with what is imported: the path, or `standard input`. */
  readonly origin: string;
  /** Null: not known before the end. */
  readonly totalBytes: number | null;
  /** How much of it was read. */
  readBytes(): number;
  readonly entries: AsyncIterable<Entry>;
}

export interface SourceOptions {
  /** A path, or `-`. */
  readonly given: string;
  readonly format: ImportFormat | undefined;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly target: MemoryLocation;
}

/** @throws GreeumError `read_failed`, `invalid_argument` */
export function openSource({ given, format, stdin, target }: SourceOptions): Source {
  let bytes = 0;
  const count = (more: number): void => {
    bytes += more;
  };
  const isStdin = given === '-';
  const file = path.resolve(given);
  const stat = isStdin ? null : statSource(file);
  const chosen = format ?? (isStdin ? 'jsonl' : guessFormat(file));
  if (chosen === null) throw saysNothing(file);
  if (isStdin && (chosen === 'greeum' || chosen === 'notes')) {
    throw new GreeumError('invalid_argument', `Standard input cannot be read as ${chosen}.`, {
      hint: 'Give the path instead of -.',
    });
  }
  const lines = () => readLines(isStdin ? stdin : readSource(file, count));
  const entries = {
    jsonl: () => jsonLineEntries(lines()),
    markdown: () => (!isStdin && isExport(file) ? exportedMarkdownEntries(lines()) : markdownEntries(lines())),
    notes: () => noteEntries(file, count),
    greeum: () => greeumDirectoryEntries(file, target, () => count(1)),
  }[chosen]();
  const isCounted = stat !== null && chosen !== 'greeum' && chosen !== 'notes';
  return {
    origin: isStdin ? 'standard input' : file,
    totalBytes: isCounted ? stat.size : null,
    readBytes: () => bytes,
    entries,
  };
}

/** What a file or folder is by its name; null where that says nothing. @throws GreeumError `read_failed` */
export function guessFormat(file: string): ImportFormat | null {
  if (statSource(file).isDirectory()) return 'greeum';
  const name = path.basename(file).toLowerCase();
  if (['memory.md', 'agents.md', 'claude.md'].includes(name)) return 'notes';
  if (/\.(md|markdown)$/.test(name)) return 'markdown';
  if (/\.(jsonl|ndjson|json)$/.test(name)) return 'jsonl';
  return null;
}

function saysNothing(file: string): GreeumError {
  return new GreeumError('invalid_argument', `${file} does not say what it is. Nothing was imported.`, {
    hint: `Name it with --format ${IMPORT_FORMATS.join('|')}.`,
  });
}

function isExport(file: string): boolean {
  if (!statSource(file).isFile()) return false;
  const start = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return MARKDOWN_STARTS.test(start.toString('latin1').split('\n')[0] ?? '');
}
