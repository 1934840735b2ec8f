import * as vscode from 'vscode';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Keeps the key of the server for vectors in the editor's secret storage; an empty one is taken away. */
export async function setEmbeddingKey({ embeddingKey }: Services): Promise<void> {
  const key = await vscode.window.showInputBox({
    title: l10n.t('Key of the embedding server'),
    prompt: l10n.t('It is kept in the secret storage of the editor. Empty: no key.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  await embeddingKey.store(key.trim());
}
