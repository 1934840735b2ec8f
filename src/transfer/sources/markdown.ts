/**
 * Notes in Markdown: each bullet of a list is a memory, and so is the text of each section that is in no list. The
 * headings above it, but for the document's title, are put before its text, so that it can be understood alone.
 */

import type { JsonObject } from '../../protocol/json.js';
import { MAX_CONTENT_BYTES } from '../../protocol/limits.js';
import type { Entry, MemoryEntry } from '../entries.js';
import type { Line } from '../lines.js';

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const BULLET = /^( {0,1})(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const FENCE = /^[ \t]*(```+|~~~+)/;
const COMMENT = /^[ \t]*<!--.*-->[ \t]*$/;
const FIELD = /^([\w-]{1,50}):[ \t]*(.*)$/;
const FRONT_MATTER = '---';
const JOINT = ' › ';

/** @param file put before the line in the places, where several files are one source */
export async function* markdownEntries(lines: AsyncIterable<Line>, file?: string): AsyncGenerator<Entry> {
  const notes = new Notes(file === undefined ? '' : `${file}, `);
  for await (const line of lines) yield* notes.take(line);
  yield* notes.end();
}

class Notes {
  readonly #where: string;
  /** Headings above the text, by their level. */
  readonly #headings: (string | undefined)[] = [];
  #title: string | undefined;
  #hasHeading = false;
  readonly #fields: Record<string, string> = {};
  #isInFrontMatter = false;
  #fence: string | null = null;
  #lines: string[] = [];
  #chars = 0;
  #firstLine = 0;
  #isBullet = false;
  #wasBlank = false;

  constructor(where: string) {
    this.#where = where;
  }

  *take(line: Line): Generator<Entry> {
    if (line.error !== undefined) {
      yield { kind: 'problem', place: this.#place(line.number), error: line.error };
      return;
    }
    const text = line.text.replace(/\r$/, '');
    if (this.#takesFrontMatter(text, line.number)) return;
    if (this.#fence === null && this.#isBoundary(text)) {
      yield* this.end();
      this.#enter(text);
      return;
    }
    const bullet = this.#fence === null ? BULLET.exec(text) : null;
    if (bullet !== null || this.#endsBullet(text)) {
      yield* this.end();
      this.#isBullet = bullet !== null;
    }
    this.#add(bullet?.[2] ?? text, line.number);
  }

  /** What was gathered, as a memory. */
  *end(): Generator<MemoryEntry> {
    const text = this.#lines.join('\n').trim();
    const place = this.#place(this.#firstLine);
    const isBullet = this.#isBullet;
    [this.#lines, this.#chars, this.#isBullet, this.#wasBlank] = [[], 0, false, false];
    if (text === '') return;
    const above = this.#headings.filter((heading) => heading !== undefined);
    const prefix = above.length === 0 ? '' : above.join(JOINT) + (isBullet ? ': ' : '\n\n');
    const heading = [this.#title, ...above].filter((part) => part !== undefined).join(JOINT);
    const metadata: JsonObject = { ...this.#fields, ...(heading === '' ? {} : { heading }) };
    const content = prefix + text;
    const record = Object.keys(metadata).length === 0 ? { content } : { content, metadata };
    yield { kind: 'memory', place, id: null, record };
  }

  #place(line: number): string {
    return `${this.#where}line ${line}`;
  }

  /** Fields between two lines of dashes at the very beginning. */
  #takesFrontMatter(text: string, line: number): boolean {
    if (line === 1 && text.trimEnd() === FRONT_MATTER) {
      this.#isInFrontMatter = true;
      return true;
    }
    if (!this.#isInFrontMatter) return false;
    if (text.trimEnd() === FRONT_MATTER) {
      this.#isInFrontMatter = false;
      return true;
    }
    const [, name = '', value = ''] = FIELD.exec(text) ?? [];
    if (name === '' && text.trim() !== '' && !/^[ \t-]/.test(text)) {
      // Not what it looked like: text after a rule.
      this.#isInFrontMatter = false;
      return false;
    }
    if (name !== '' && value !== '') this.#fields[name] = value.replace(/^(["'])(.*)\1$/, '$2');
    return true;
  }

  #isBoundary(text: string): boolean {
    return HEADING.test(text) || RULE.test(text) || COMMENT.test(text);
  }

  #enter(text: string): void {
    const [, marks = '', words = ''] = HEADING.exec(text) ?? [];
    if (words === '') return;
    if (marks.length === 1 && !this.#hasHeading) {
      this.#title = words;
    } else {
      this.#headings.length = marks.length - 1;
      this.#headings[marks.length - 1] = words;
    }
    this.#hasHeading = true;
  }

  /** Text that is not indented, after an empty line, belongs to no bullet any more. */
  #endsBullet(text: string): boolean {
    return this.#fence === null && this.#isBullet && this.#wasBlank && text.trim() !== '' && !/^[ \t]/.test(text);
  }

  #add(text: string, line: number): void {
    const fence = FENCE.exec(text)?.[1] ?? null;
    if (this.#fence === null) this.#fence = fence;
    else if (fence?.startsWith(this.#fence) === true) this.#fence = null;
    this.#wasBlank = text.trim() === '';
    if (this.#lines.length === 0 && this.#wasBlank) return;
    if (this.#lines.length === 0) this.#firstLine = line;
    // One line too many says already that it is too long; more of it would only take room.
    if (this.#chars <= MAX_CONTENT_BYTES) this.#lines.push(this.#isBullet ? text.replace(/^ {1,4}|^\t/, '') : text);
    this.#chars += text.length + 1;
  }
}
