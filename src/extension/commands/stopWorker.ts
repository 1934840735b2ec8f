import * as vscode from 'vscode';
import type { Services } from '../services.js';

/** Stops the worker of this window after what it accepted is on disk; another window may then become the owner. */
export async function stopWorker({ session }: Services): Promise<void> {
  const title = vscode.l10n.t('Greeum: stopping the worker');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => session.stop());
}
