import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';

/**
 * Path of a file that a dialog, a menu or a key binding names; undefined when it names none.
 * @throws GreeumError `invalid_argument` for one that is not on the machine of the worker
 */
export function localPath(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (!(given instanceof vscode.Uri)) return undefined;
  if (given.scheme === 'file') return given.fsPath;
  throw new GreeumError('invalid_argument', `${given.toString()} is not on the machine on which Greeum runs.`, {
    hint: 'Choose a file of that machine.',
  });
}
