import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

export interface LineHandlers {
  line(text: string): void;
  tooLong(): void;
  /** Once; the last line, which need not end in a newline, came before it. */
  end(): void;
}

/** Reads a stream line by line. @param most characters of a line */
export function onLines(stream: Readable, most: number, handlers: LineHandlers): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  const hold = (text: string): void => {
    length += text.length;
    if (length <= most) parts.push(text);
    else parts = [];
  };
  const endLine = (): void => {
    const line = parts.join('').trim();
    const isTooLong = length > most;
    parts = [];
    length = 0;
    if (isTooLong) handlers.tooLong();
    else if (line !== '') handlers.line(line);
  };
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    hold(decoder.end());
    endLine();
    handlers.end();
  };
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...lines] = decoder.write(chunk).split('\n');
    hold(first);
    for (const line of lines) {
      endLine();
      hold(line);
    }
  });
  stream.on('end', end);
  stream.on('close', end);
  stream.on('error', end);
  // Handed over paused, so that nothing was lost on the way.
  stream.resume();
}
