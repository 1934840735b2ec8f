import { GreeumError } from '../protocol/errors.js';
import { MAX_CONTENT_BYTES } from '../protocol/limits.js';
import type { System } from './shell.js';

/** Room for the line break that ends most piped text and is not part of it. */
const LINE_BREAK_BYTES = 2;

/** The text itself, or all of stdin for `-`, without its last line break. Touches stdin only then: that costs time. */
export async function readText(given: string, system: Pick<System, 'stdin'>): Promise<string> {
  return given === '-' ? readAll(system.stdin) : given;
}

/**
 * Stops reading where no memory could be that long.
 * @throws GreeumError `content_too_large`, `invalid_text`
 */
async function readAll(stdin: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.length;
    if (bytes > MAX_CONTENT_BYTES + LINE_BREAK_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const text = decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  if (Buffer.byteLength(text) > MAX_CONTENT_BYTES) throw tooLarge();
  return text;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GreeumError('invalid_text', 'What came on stdin is not UTF-8 text.', {
      hint: 'Convert it first, for example with iconv -t utf-8.',
      cause: error,
    });
  }
}

function tooLarge(): GreeumError {
  return new GreeumError('content_too_large', `A memory holds at most ${MAX_CONTENT_BYTES} bytes of text.`, {
    hint: 'Split it, or remember a summary and where the whole is.',
  });
}
