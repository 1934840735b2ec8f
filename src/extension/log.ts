import * as vscode from 'vscode';
import type { GreeumError } from '../protocol/errors.js';
import type { HostLog } from '../client/hostState.js';
import { Disposable } from './lifecycle.js';
import { redact } from './redaction.js';

/** The "Greeum" output channel. Lines hold no memory text; what looks like a token is taken out here. */
export class Log extends Disposable {
  private readonly channel = this._register(vscode.window.createOutputChannel('Greeum', { log: true }));

  write(level: HostLog['level'], line: string): void {
    this.channel[level](redact(line));
  }

  info(line: string): void {
    this.write('info', line);
  }

  /** A failure in one line; of an unforeseen one also where it came from. */
  failure(error: GreeumError): void {
    this.write('error', `${error.code} (${error.outcome}): ${error.message}`);
    const { cause } = error;
    if (error.code === 'internal' && cause instanceof Error) this.write('debug', framesOf(cause));
  }

  show(): void {
    this.channel.show(true);
  }
}

/** The stack without its first lines, which repeat a message that may quote anything. */
function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
