import * as vscode from 'vscode';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Keeps the key of the server for vectors in the editor's secret storage; an empty one is taken away. */
export async function setEmbeddingKey({ secrets }: Services): Promise<void> {
  const title = l10n.t('Key of the embedding server');
  const key = await ask(title, l10n.t('It is kept in the secret storage of the editor. Empty: no key.'));
  if (key !== undefined) await secrets.embeddingKey.store(key.trim());
}

/** The same for the password of the team's database, whose spaces may be meant. */
export async function setStoragePassword({ secrets }: Services): Promise<void> {
  const title = l10n.t("Password of the team's database");
  const password = await ask(title, l10n.t('It is kept in the secret storage of the editor. Empty: no password.'));
  if (password !== undefined) await secrets.storagePassword.store(password);
}

function ask(title: string, prompt: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
}
