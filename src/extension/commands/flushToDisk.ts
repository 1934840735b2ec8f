import * as vscode from 'vscode';
import type { FlushResult } from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import type { Services } from '../services.js';
import { formatBytes } from '../wording.js';

const { l10n } = vscode;

/** Writes everything into `memory.db` now, for who wants to copy or read the file itself. */
export async function flushToDisk({ session, log }: Services): Promise<FlushResult | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: l10n.t('Greeum: writing memory.db') };
  const result = await tryWithPerson(
    async () => vscode.window.withProgress(options, () => session.service.call('flush', {})),
    log,
  );
  if (result === undefined) return undefined;
  const size = formatBytes(result.database_bytes);
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Greeum: memory.db is up to date ({0})', size)}`, 5000);
  return result;
}
