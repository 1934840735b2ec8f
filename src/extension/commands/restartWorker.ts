import * as vscode from 'vscode';
import type { Services } from '../services.js';

/** Stops and starts the worker of this window. */
export async function restartWorker({ session }: Services): Promise<void> {
  const title = vscode.l10n.t('Greeum: restarting the worker');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => session.restart());
}
