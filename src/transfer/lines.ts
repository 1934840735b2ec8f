/** Text of any length, one line at a time, in bounded memory. */

import { GreeumError } from '../protocol/errors.js';
import { MAX_REQUEST_BYTES } from '../protocol/limits.js';

/** A line without its line feed; `error` in place of one that cannot be read. */
export type Line = { readonly number: number } & (
  { readonly text: string; readonly error?: undefined } | { readonly text?: undefined; readonly error: GreeumError }
);

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/** @param maxBytes longer lines are skipped to their end, and told */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = MAX_REQUEST_BYTES,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let number = 1;
  const add = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes > maxBytes) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const end = (): Line => {
    const line =
      bytes > maxBytes ? { number, error: tooLong(maxBytes) } : decoded(decoder, Buffer.concat(parts), number);
    [parts, bytes, number] = [[], 0, number + 1];
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, at));
      yield end();
      start = at + 1;
    }
    add(chunk.subarray(start));
  }
  if (bytes > 0) yield end();
}

function decoded(decoder: { decode(bytes: Uint8Array): string }, bytes: Uint8Array, number: number): Line {
  try {
    const text = decoder.decode(bytes);
    return { number, text: number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
  } catch (cause) {
    const hint = 'Convert the file first, for example with iconv -t utf-8.';
    return { number, error: new GreeumError('invalid_text', 'This line is not UTF-8 text.', { hint, cause }) };
  }
}

function tooLong(maxBytes: number): GreeumError {
  return new GreeumError('content_too_large', `This line is longer than ${maxBytes} bytes.`, {
    hint: 'A memory holds at most 1 MiB of text.',
  });
}
