/**
 * `index.db`: which blocks have which tokens, an inverted index in typed arrays. Derived: it can be deleted at any
 * time and is rebuilt from the image. We change no block, so the index only grows; when Python has changed one in place
 * (a "knowledge update" keeps its number and hash), the whole index is built again.
 *
 * Rejected: FTS4 in sql.js (3 µs for each matching row: 100 ms for a question of ten words at 100 000 memories, and no
 * way to weigh a word by more than its count), FTS5 (not in sql.js), a library's index (100 000 memories take 8 s to
 * build and half a gigabyte).
 */

import { SLOT_NAMES } from '../protocol/operations.js';
import type { SearchCorpus, SearchDocument } from '../protocol/search.js';
import { localTimeMs } from '../text/localTime.js';
import { searchTokens } from '../text/searchTokens.js';
import { integer, text, textOrNull, type Cell, type Sql } from './engine.js';
import type { Files } from './files.js';
import { Documents } from './index/documents.js';
import {
  inMemory,
  readIndex,
  readPosition,
  writeIndex,
  type IndexSections,
  type IndexSource,
} from './index/indexFile.js';
import { MAX_DOCUMENTS, Postings } from './index/postings.js';
import { TermTable } from './index/termTable.js';
import { toTheEnd } from './steps.js';

const TOKENS_VERSION = 3;
const READ_BATCH = 200;
/** Rows between two yields: about 2 ms. */
const MARKED_AT_ONCE = 4_000;
const EMPTY = -1;

/** No token begins with a space, so these are terms of their own. */
const TAG_MARK = ' #';
const PROJECT_MARK = ' @';

const NEXT_BLOCKS = `
SELECT b.block_index, b.context, b.hash, b.timestamp, b.importance, b.slot, g.project, g.occurred_at,
  (SELECT p.block_index FROM blocks p WHERE p.hash = b.before AND p.block_index < b.block_index LIMIT 1),
  (SELECT json_group_array(t.tag) FROM block_tags t WHERE t.block_index = b.block_index)
FROM blocks b LEFT JOIN greeum_blocks g ON g.block_index = b.block_index
WHERE b.block_index > ? ORDER BY b.block_index LIMIT ?`;

export class SearchIndex implements SearchCorpus {
  readonly #image: Sql;
  readonly #terms: TermTable;
  readonly #postings = new Postings();
  readonly #documents: Documents;
  #lastBlock: number;
  #lastHash: string;

  private constructor(image: Sql, terms: TermTable, stored: Stored | null) {
    this.#image = image;
    this.#terms = terms;
    this.#documents = new Documents(stored?.sections);
    if (stored !== null) this.#postings.import(stored.sections.counts, stored.sections.postings);
    this.#lastBlock = stored?.lastBlock ?? EMPTY;
    this.#lastHash = stored?.lastHash ?? '';
  }

  /**
   * Opens the stored index when it belongs to this image, else a new one.
   * @param bytes of `index.db`, or null
   */
  static open(bytes: Uint8Array | null, image: Sql): SearchIndex {
    return toTheEnd(SearchIndex.#opened(bytes === null ? null : inMemory(bytes), image));
  }

  /** The same from the file at `path`, which may be missing. */
  static openFile(files: Files, path: string, image: Sql): SearchIndex {
    return toTheEnd(SearchIndex.opening(files, path, image));
  }

  /** The same a few milliseconds' work at a time, for who has others to serve; writes may come in between. */
  static *opening(files: Files, path: string, image: Sql): Generator<void, SearchIndex> {
    const file = openSource(files, path);
    try {
      return yield* SearchIndex.#opened(file, image);
    } finally {
      file?.close();
    }
  }

  static *#opened(source: IndexSource | null, image: Sql): Generator<void, SearchIndex> {
    const stored = source === null ? null : yield* readStored(source, image);
    if (stored === null) return new SearchIndex(image, TermTable.empty(), null);
    const terms = yield* TermTable.load(stored.sections);
    return new SearchIndex(image, terms, stored);
  }

  /** Largest block index that the index holds; -1 when it is empty. */
  get lastBlock(): number {
    return this.#lastBlock;
  }

  /**
   * Brings the index up to the image, at most `limit` blocks.
   * @returns whether it is complete now
   */
  catchUp(limit = Number.MAX_SAFE_INTEGER): boolean {
    for (let left = limit; left > 0;) {
      const rows = this.#image.all(NEXT_BLOCKS, [this.#lastBlock, Math.min(left, READ_BATCH)]);
      if (rows.length === 0) return true;
      for (const row of rows) this.#add(row);
      left -= rows.length;
    }
    return this.#image.get('SELECT 1 FROM blocks WHERE block_index > ? LIMIT 1', [this.#lastBlock]) === undefined;
  }

  export(): Uint8Array {
    const [lastBlock, lastHash] = [this.#lastBlock, this.#lastHash];
    const contents = toTheEnd(contentsMark(this.#image, lastBlock));
    const position = { tokensVersion: TOKENS_VERSION, lastBlock, lastHash, contents };
    return writeIndex(position, {
      ...this.#documents.export(),
      ...this.#terms.export(),
      ...this.#postings.export(this.#terms.size),
    });
  }

  get documentCount(): number {
    return this.#documents.count;
  }

  get averageLength(): number {
    return this.#documents.averageLength;
  }

  get lengths(): Uint16Array {
    return this.#documents.lengths;
  }

  get whensMs(): Float64Array {
    return this.#documents.whensMs;
  }

  find(token: string): number {
    return this.#terms.find(token);
  }

  token(term: number): string {
    return this.#terms.term(term);
  }

  findTag(tag: string): number {
    return this.#terms.find(TAG_MARK + tag);
  }

  findProject(project: string): number {
    return this.#terms.find(PROJECT_MARK + project);
  }

  documentFrequency(term: number): number {
    return this.#postings.count(term);
  }

  each(term: number, visit: (document: number, frequency: number) => void): void {
    this.#postings.each(term, visit);
  }

  withPrefix(prefix: string, max: number): number[] {
    return this.#terms.withPrefix(prefix, max);
  }

  similarTo(token: string, max: number): number[] {
    const edits = token.length < 8 ? 1 : 2;
    const found = this.#terms.near(token, edits).map((near) => ({ ...near, count: this.#postings.count(near.number) }));
    found.sort((a, b) => a.distance - b.distance || b.count - a.count || a.number - b.number);
    return found.slice(0, max).map(({ number }) => number);
  }

  soundingLike(token: string): number[] {
    return this.#terms.soundingLike(token);
  }

  documentOf(blockIndex: number): number {
    return this.#documents.find(blockIndex);
  }

  blockOf(document: number): number {
    return this.#documents.blocks[document] ?? -1;
  }

  document(number: number): SearchDocument {
    return this.#documents.get(number);
  }

  children(document: number): number[] {
    return this.#documents.children(document);
  }

  #add(row: readonly Cell[]): void {
    const blockIndex = integer(row[0]);
    const project = textOrNull(row[6]);
    const tags = JSON.parse(text(row[9])) as string[];
    const body = searchTokens(text(row[1]));
    // What a memory is filed under is part of what it says.
    const labels = [...tags, ...(project === null ? [] : [project])].flatMap((label) => searchTokens(label));
    const document = this.#documents.add({
      blockIndex,
      length: body.length,
      whenMs: localTimeMs(textOrNull(row[7]) ?? text(row[3])),
      importance: Number(row[4] ?? 0),
      slot: SLOT_NAMES.findIndex((name) => name === row[5]),
      parent: typeof row[8] === 'number' ? this.#documents.find(row[8]) : -1,
      project: project === null ? -1 : this.#terms.add(PROJECT_MARK + project),
    });
    if (document >= MAX_DOCUMENTS) throw new RangeError('The search index is full.');
    const counts = new Map<string, number>();
    for (const token of body) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const token of labels) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const tag of tags) counts.set(TAG_MARK + tag, 1);
    if (project !== null) counts.set(PROJECT_MARK + project, 1);
    for (const [token, count] of counts) this.#postings.add(this.#terms.add(token), document, count);
    this.#lastBlock = blockIndex;
    this.#lastHash = text(row[2]);
  }
}

interface Stored {
  readonly sections: IndexSections;
  readonly lastBlock: number;
  readonly lastHash: string;
}

/** Null when it is damaged, from another version, or of another memory. */
function* readStored(source: IndexSource, image: Sql): Generator<void, Stored | null> {
  const position = readPosition(source);
  if (position?.tokensVersion !== TOKENS_VERSION) return null;
  const { lastBlock, lastHash, contents } = position;
  const block = image.get('SELECT hash FROM blocks WHERE block_index = ?', [lastBlock]);
  if (block === undefined || text(block[0]) !== lastHash) return null;
  if ((yield* contentsMark(image, lastBlock)) !== contents) return null;
  const sections = yield* readIndex(source);
  return sections === null ? null : { sections, lastBlock, lastHash };
}

const MARKS = `SELECT count(*), total(visit_count), total(importance), total(octet_length(context)), max(block_index)
FROM (SELECT * FROM blocks WHERE block_index > ? AND block_index <= ? ORDER BY block_index LIMIT ${MARKED_AT_ONCE})`;

/**
 * Differs when a block was taken away, or changed in place: Python counts a visit with each such change, and what it
 * changes are text and importance. One pass over the rows, without their long texts.
 */
function* contentsMark(image: Sql, lastBlock: number): Generator<void, string> {
  const totals = [0, 0, 0, 0];
  for (let after = EMPTY; ;) {
    const row = (image.get(MARKS, [after, lastBlock]) ?? []).map(Number);
    const [count = 0] = row;
    if (count === 0) return totals.join(' ');
    for (const at of totals.keys()) totals[at] = (totals[at] ?? 0) + (row[at] ?? 0);
    after = row[4] ?? lastBlock;
    yield;
  }
}

/** Whatever is wrong with a derived file, the answer is to build it again: null where it cannot be opened, and no bytes. */
function openSource(files: Files, path: string): (IndexSource & { close(): void }) | null {
  try {
    const size = files.stat(path)?.size ?? 0;
    if (size === 0) return null;
    const fd = files.open(path, 'r');
    const read = (into: Uint8Array, position: number): number => {
      try {
        return files.read(fd, into, position);
      } catch {
        return 0;
      }
    };
    return { size, read, close: () => files.close(fd) };
  } catch {
    return null;
  }
}
