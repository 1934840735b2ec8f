import * as vscode from 'vscode';
import { COMMANDS, type CommandId } from './ids.js';
import { DisposableStore, type DisposableLike } from './lifecycle.js';

/** Registers every command. What one does is asked for when it is first used. */
export function registerCommands(run: (id: CommandId, args: unknown[]) => unknown): DisposableLike {
  const store = new DisposableStore();
  for (const id of Object.values(COMMANDS)) {
    store.add(vscode.commands.registerCommand(id, (...args: unknown[]) => run(id, args)));
  }
  return store;
}
