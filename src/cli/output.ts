/**
 * What goes where. With `--json`: exactly one JSON object on stdout, the result or `{"error":…}`. Without: the result
 * in words on stdout. Warnings, progress and errors in words always go to stderr.
 */

import type { GreeumError } from '../protocol/errors.js';

export interface TextSink {
  write(text: string): unknown;
  once?(event: 'drain' | 'close', listener: () => void): unknown;
  readonly isTTY?: boolean;
}

export class Output {
  readonly #stdout: TextSink;
  readonly #stderr: TextSink;
  readonly isJson: boolean;

  constructor(stdout: TextSink, stderr: TextSink, isJson: boolean) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.isJson = isJson;
  }

  /** The answer of a command, once. @param words only called where they are shown */
  result(json: object, words: () => string): void {
    this.#stdout.write(`${this.isJson ? JSON.stringify(json) : printable(words())}\n`);
  }

  error(error: GreeumError): void {
    if (this.isJson) this.#stdout.write(`${JSON.stringify({ error })}\n`);
    else this.note(`greeum: ${error.message}`, error.hint);
  }

  /** A line for people, and what they can do about it. */
  note(text: string, hint?: string): void {
    this.#stderr.write(`${printable(text)}\n${hint === undefined ? '' : `  ${printable(hint)}\n`}`);
  }
}

/** Memories come from anywhere: escape sequences in them shall not steer the terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
