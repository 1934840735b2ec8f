/** Opening what is to be imported: a file that can be read to its end, or standard input. */

import { createReadStream, lstatSync, statSync, type Stats } from 'node:fs';
import { GreeumError } from '../protocol/errors.js';

/** Stat of what the path leads to; links are followed, because the user named it. @throws GreeumError `read_failed` */
export function statSource(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be looked at (${String(code)})`;
    throw new GreeumError('read_failed', `${path} ${problem}. Nothing was imported.`, { cause });
  }
}

/**
 * The bytes of a regular file.
 * @param onBytes called with the number of bytes of each chunk
 * @throws GreeumError `read_failed`, also for devices and pipes, which may never end
 */
export function readSource(path: string, onBytes: (bytes: number) => void): AsyncIterable<Uint8Array> {
  if (!statSource(path).isFile()) {
    throw new GreeumError('read_failed', `${path} is no file and no folder. Nothing was imported.`, {
      hint: 'To import what another program writes, pipe it in: greeum import - --format jsonl',
    });
  }
  return counted(createReadStream(path), onBytes, path);
}

/** A file that the source itself names: only a regular file, and no link, so that a source leads nowhere else. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof GreeumError) throw cause;
    throw new GreeumError('read_failed', `${path} could not be read to its end.`, {
      hint: 'What came before is imported. Import it again when it can be read: nothing is imported twice.',
      cause,
    });
  }
}
