import * as vscode from 'vscode';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Shows the data directory in the system's file manager, or in a window where there is none to show it in. */
export async function openDataFolder({ settings }: Services): Promise<void> {
  const folder = vscode.Uri.file(settings.current.dataDir);
  if (!(await isFolder(folder))) {
    const message = l10n.t('There is no folder {0} yet; the worker makes it at its first start.', folder.fsPath);
    void vscode.window.showInformationMessage(message);
    return;
  }
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (isHere) await vscode.commands.executeCommand('revealFileInOS', folder);
  else await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.Directory) !== 0;
  } catch {
    // Not there, or not readable: either way there is nothing to show.
    return false;
  }
}
