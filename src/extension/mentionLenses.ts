import path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from './ids.js';
import { mentioning, mentionQuery } from './mentionQuery.js';
import type { Scope } from './scope.js';
import type { WorkerSession } from './workerSession.js';

const { l10n } = vscode;

/** More are not counted, only said to be there. */
const MAX_COUNTED = 20;

/** A line above the file that says how many memories mention it, and searches for them when it is pressed. */
export async function mentionLenses(
  { fileName }: vscode.TextDocument,
  session: WorkerSession,
  scope: Scope,
  signal: AbortSignal,
): Promise<vscode.CodeLens[]> {
  const name = path.basename(fileName);
  const query = mentionQuery(name);
  if (query === null || session.state.role === null) return [];
  const input = { query, limit: MAX_COUNTED, neighbours: false, ...scope.filter };
  const { results } = await session.service.call('search_memory', input, { signal });
  const count = mentioning(results, name).length;
  if (count === 0) return [];
  const title =
    count === 1 ? l10n.t('1 memory mentions this file') : l10n.t('{0} memories mention this file', countInWords(count));
  const command = { title: `$(note) ${title}`, command: COMMANDS.searchMemories, arguments: [query] };
  return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
}

function countInWords(count: number): string {
  return count < MAX_COUNTED ? String(count) : `${MAX_COUNTED}+`;
}
