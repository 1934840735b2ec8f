import * as vscode from 'vscode';
import type { Services } from '../services.js';

/** Starts the worker of this window, or joins the one that runs. What keeps it from starting is told by `Troubles`. */
export async function startWorker({ session }: Services): Promise<void> {
  const title = vscode.l10n.t('Greeum: starting the worker');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => session.start());
}
