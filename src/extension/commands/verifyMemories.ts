import * as vscode from 'vscode';
import type { VerifyResult } from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import { COMMANDS } from '../ids.js';
import { longWork } from '../longWork.js';
import { verifyPage } from '../reports.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Every hash of many memories takes a while. */
const TIMEOUT_MS = 10 * 60_000;

/** Checks every hash and every reference. @returns undefined when the person stopped it or it failed */
export async function verifyMemories({ session, documents, log }: Services): Promise<VerifyResult | undefined> {
  const title = l10n.t('Greeum: verifying memories');
  const verify = (signal: AbortSignal): Promise<VerifyResult> =>
    session.service.call('verify', {}, { signal, timeoutMs: TIMEOUT_MS });
  const result = await tryWithPerson(() => longWork(title, ({ signal }) => verify(signal)), log);
  if (result !== undefined) void tell(result, documents);
  return result;
}

async function tell(result: VerifyResult, documents: Services['documents']): Promise<void> {
  const { ok, blocks, problems } = result;
  if (ok) {
    const message = l10n.t('All good: {0} memories, one unbroken chain, every reference leads somewhere.', blocks);
    await vscode.window.showInformationMessage(message);
    return;
  }
  const show = l10n.t('Show Report');
  const check = l10n.t('Check Data Folder');
  const message = l10n.t('Greeum: {0} problems in {1} memories.', problems.length, blocks);
  const pressed = await vscode.window.showWarningMessage(message, show, check);
  if (pressed === show) await documents.openPage(l10n.t('Verification'), verifyPage(result, l10n));
  if (pressed === check) await vscode.commands.executeCommand(COMMANDS.checkDataFolder);
}
