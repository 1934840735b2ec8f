import * as vscode from 'vscode';
import { name, publisher } from '../../../package.json';
import type { Services } from '../../../src/extension/services.js';
import type { AddMemoryResult } from '../../../src/protocol/operations.js';
import { waitFor } from '../harness/waitFor.js';

/** Runs one of our commands with arguments, as a key binding would. */
export async function run<T = unknown>(command: string, ...args: unknown[]): Promise<T> {
  return vscode.commands.executeCommand<T>(command, ...args);
}

/** The parts of the running extension. */
export async function services(): Promise<Services> {
  const extension = vscode.extensions.getExtension<Services>(`${publisher}.${name}`);
  if (extension === undefined) throw new Error('The extension is not installed.');
  return extension.activate();
}

/** Adds a memory through the command and the worker. */
export async function addMemory(input: unknown): Promise<AddMemoryResult> {
  const result = await run<AddMemoryResult | undefined>('greeum.addMemory', input);
  if (result === undefined) throw new Error('The command added nothing.');
  return result;
}

/** Waits for the status document to say something. */
export async function waitForStatus(text: RegExp): Promise<string> {
  return waitFor(`status that matches ${String(text)}`, async () => {
    await run('greeum.showWorkerStatus');
    const document = vscode.window.activeTextEditor?.document;
    const shown = document?.uri.path === '/Greeum Worker.md' ? document.getText() : '';
    return text.test(shown) && shown;
  });
}

/** Presses Enter in the box that a command under way opens; resolves with the command's result. */
export async function pressEnterUntil<T>(what: string, command: Thenable<T>): Promise<T> {
  const done = Promise.resolve(command).then((result) => ({ result }));
  const ended = await waitFor(what, async () => {
    // A box that is not open yet ignores it.
    await run('workbench.action.acceptSelectedQuickOpenItem');
    return Promise.race([done, new Promise<false>((resolve) => setTimeout(resolve, 100, false))]);
  });
  return ended.result;
}

/** A file of the workspace, open in the editor. @param of name of the folder; default: the first one */
export async function openFile(name: string, text: string, of?: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.find((each) => of === undefined || each.name === of);
  if (folder === undefined) throw new Error('The suite runs in a window with a folder.');
  const uri = vscode.Uri.joinPath(folder.uri, name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return vscode.window.showTextDocument(uri);
}
