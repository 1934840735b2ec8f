/** Reads a request's body into text, up to a bound. */

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Body =
  | { text: string }
  | { problem: 'too_large' | 'not_utf8' | 'no_room' }
  /** The caller went away in the middle: there is nobody to answer. */
  | { problem: 'aborted' };

/** What is still read and thrown away of a body that was refused, so that the caller gets to read the answer. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** What all bodies hold together that are being read. */
export class BodyRoom {
  readonly #most: number;
  #held = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** @returns false, and nothing is taken, when there is not so much left */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Tells a caller that waits for it (`Expect: 100-continue`) to go on, once the announced length is known to fit. */
export function readBody(
  req: IncomingMessage,
  res: ServerResponse,
  { maxBytes, room }: { maxBytes: number; room: BodyRoom },
): Promise<Body> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ problem: 'too_large' });
  if (req.headers.expect !== undefined) res.writeContinue();
  return new Promise((settle) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let bytes = 0;
    let isHeld = true;
    const resolve = (body: Body): void => {
      if (isHeld) room.giveBack(bytes);
      isHeld = false;
      settle(body);
    };
    const stop = (problem: 'too_large' | 'no_room'): void => {
      req.removeAllListeners('data');
      resolve({ problem });
    };
    req.on('data', (chunk: Buffer) => {
      if (!room.take(chunk.length)) return stop('no_room');
      bytes += chunk.length;
      if (bytes > maxBytes) stop('too_large');
      else if (first === undefined) first = chunk;
      else (chunks ??= [first]).push(chunk);
    });
    req.on('end', () => {
      const body = chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes);
      resolve(isUtf8(body) ? { text: body.toString('utf8') } : { problem: 'not_utf8' });
    });
    req.on('close', () => resolve({ problem: 'aborted' }));
    req.on('error', () => resolve({ problem: 'aborted' }));
  });
}

/**
 * Lets the rest of a refused body run through, bounded. Closing at once would reset the connection, and the caller
 * would see that instead of the answer.
 */
export function discardBody(req: IncomingMessage): void {
  if (req.complete) return;
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) req.destroy();
  });
  req.on('error', () => undefined);
}
