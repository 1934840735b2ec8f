import * as vscode from 'vscode';
import { registerCommands } from './commandRegistry.js';
import { CONTEXT_KEYS, VIEWS } from './ids.js';

const { l10n } = vscode;

/**
 * The extension where there is no Node: an editor that runs in a browser alone (`package.json`, `browser`). It says so
 * when somebody wants something of it, and in its views.
 */
export function activate(context: vscode.ExtensionContext): void {
  const nothing: vscode.TreeDataProvider<never> = { getChildren: () => [], getTreeItem: (none) => none };
  context.subscriptions.push(
    registerCommands(sayWhy),
    ...Object.values(VIEWS).map((view) => vscode.window.registerTreeDataProvider(view, nothing)),
  );
  void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.workerState, 'web');
}

async function sayWhy(): Promise<void> {
  await vscode.window.showInformationMessage(
    l10n.t(
      'Greeum keeps memories in files of a machine, and this editor runs in a browser without one. Open the folder in VS Code on a desktop, over SSH, in a container or in a codespace.',
    ),
  );
}
