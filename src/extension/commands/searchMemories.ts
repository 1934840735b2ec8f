import * as vscode from 'vscode';
import { pickMemory } from '../memoryPicker.js';
import type { Services } from '../services.js';

/** Searches while typing; what is picked opens as a document. A key binding may give the query. */
export async function searchMemories(services: Services, query?: unknown): Promise<void> {
  const title = vscode.l10n.t('Greeum: Search Memories');
  const blockIndex = await pickMemory(services, title, typeof query === 'string' ? query : '');
  if (blockIndex !== undefined) await services.documents.openMemory(blockIndex);
}
