/** Fields that are text. */

import { GreeumError, type ErrorCode } from '../../protocol/errors.js';
import {
  MAX_BRANCH_CHARS,
  MAX_CONTENT_BYTES,
  MAX_KEY_CHARS,
  MAX_PROJECT_CHARS,
  MAX_QUERY_CHARS,
  MAX_TAG_CHARS,
  MAX_TAGS,
} from '../../protocol/limits.js';
import { utf8Length } from '../../protocol/location.js';
import { shown } from './fields.js';

/** Something a reader would see: no space, no control and no format character. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/** @throws GreeumError `invalid_text` for what cannot be stored as it is */
export function requireStorable(field: string, text: string): void {
  if (LONE_SURROGATE.test(text)) {
    throw new GreeumError('invalid_text', `${field} has half of a character (a lone surrogate) in it.`, {
      hint: 'Send well-formed Unicode: a text was probably cut in the middle of a character.',
    });
  }
  if (text.includes('\0')) {
    throw new GreeumError('invalid_text', `${field} has a NUL character (U+0000) in it.`, {
      hint: 'Remove it: programs that read the database would see the text end there.',
    });
  }
}

/** @throws GreeumError `empty_content`, `content_too_large`, `invalid_text`, `invalid_argument` when it is no string */
export function readContent(value: unknown): string {
  if (value !== undefined && typeof value !== 'string') {
    throw new GreeumError('invalid_argument', `content is text, not ${shown(value)}.`, {
      hint: 'Send it as a string.',
    });
  }
  if (value === undefined || !VISIBLE.test(value)) {
    throw new GreeumError('empty_content', 'There is no text to remember.', {
      hint: 'Give content with at least one visible character.',
    });
  }
  requireStorable('content', value);
  const bytes = value.length > MAX_CONTENT_BYTES / 3 ? utf8Length(value) : 0;
  if (bytes > MAX_CONTENT_BYTES) {
    throw new GreeumError(
      'content_too_large',
      `A memory holds at most 1 MiB of text (UTF-8); this has ${bytes} bytes.`,
      {
        hint: 'Split it into several memories, or keep it in a file and remember where that is.',
      },
    );
  }
  return value;
}

/** @throws GreeumError `empty_query`, `invalid_text`, `invalid_argument` when it is no string or too long */
export function readQuery(value: unknown): string {
  if (value !== undefined && typeof value !== 'string') {
    throw new GreeumError('invalid_argument', `query is text, not ${shown(value)}.`, { hint: 'Send it as a string.' });
  }
  if (value === undefined || !VISIBLE.test(value)) {
    throw new GreeumError('empty_query', 'There is nothing to search for.', { hint: 'Give query a few words.' });
  }
  requireStorable('query', value);
  if (isLonger(value, MAX_QUERY_CHARS)) {
    throw new GreeumError('invalid_argument', `query is longer than ${MAX_QUERY_CHARS} characters.`, {
      hint: 'Search for a few distinctive words.',
    });
  }
  return value;
}

/** Without surrounding spaces. @throws GreeumError `invalid_project`, `invalid_text` */
export function readProject(value: unknown): string | undefined {
  return value === undefined ? undefined : readName('project', value, MAX_PROJECT_CHARS, 'invalid_project').trim();
}

/** Exactly as given: other programs choose roots of their own. @throws GreeumError `invalid_argument`, `invalid_text` */
export function readBranch(value: unknown): string | undefined {
  return value === undefined ? undefined : readName('branch', value, MAX_BRANCH_CHARS, 'invalid_argument');
}

/** Exactly as given. @throws GreeumError `invalid_idempotency_key`, `invalid_text` */
export function readIdempotencyKey(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return readName('idempotency_key', value, MAX_KEY_CHARS, 'invalid_idempotency_key');
}

/** Distinct, without surrounding spaces. @throws GreeumError `invalid_tags`, `invalid_text` */
export function readTags(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    throw new GreeumError('invalid_tags', `tags is a list of words, not ${shown(value)}.`, {
      hint: 'Send for example ["database", "decision"].',
    });
  }
  if (value.length > MAX_TAGS) {
    throw new GreeumError('invalid_tags', `There are ${value.length} tags; a memory takes ${MAX_TAGS}.`, {
      hint: 'Keep those it should be found by.',
    });
  }
  // Not `map`, which would skip the holes of a sparse list.
  return [
    ...new Set(Array.from(value, (tag: unknown) => readName('a tag', tag, MAX_TAG_CHARS, 'invalid_tags').trim())),
  ];
}

/** 64 hex digits, in lower case. @throws GreeumError `invalid_argument` */
export function readHash(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new GreeumError('invalid_argument', `hash is not 64 hex digits but ${shown(value)}.`, {
    hint: 'Copy the whole hash of a memory, or use block_index.',
  });
}

/** A short text that is not blank. @throws GreeumError with the given code, and `invalid_text` */
export function readName(field: string, value: unknown, maxChars: number, code: ErrorCode): string {
  if (typeof value === 'string' && VISIBLE.test(value) && !isLonger(value, maxChars)) {
    requireStorable(field, value);
    return value;
  }
  const problem =
    typeof value !== 'string' ? `not ${shown(value)}` : value.length > maxChars ? 'not longer' : 'not blank';
  throw new GreeumError(code, `${field} is text of 1 to ${maxChars} characters, ${problem}.`, {
    hint: `Change ${field}, or leave it out.`,
  });
}

/** Counts code points, as JSON Schema does. */
function isLonger(text: string, maxChars: number): boolean {
  return text.length > maxChars && (text.length > 2 * maxChars || Array.from(text).length > maxChars);
}

/** Its form is checked where it is used. @throws GreeumError `invalid_argument` */
export function readCursorText(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new GreeumError('invalid_argument', `cursor is text, not ${shown(value)}.`, {
    hint: 'Pass the next_cursor of the same search, or leave it out.',
  });
}
