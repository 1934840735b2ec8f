import * as vscode from 'vscode';
import { MAX_QUERY_CHARS } from '../../protocol/limits.js';
import type { Grouping } from '../../protocol/operations.js';
import type { ScopeMode } from '../scope.js';
import type { Services } from '../services.js';
import type { MoreNode } from '../views/memoryTree.js';

const { l10n } = vscode;

/** Shows in the view only what matches words; a key binding may give them. */
export async function filterMemories({ views }: Services, given?: unknown): Promise<void> {
  const words = typeof given === 'string' ? given : await askForWords(views.memories.filterText);
  if (words !== undefined) views.memories.setFilter(words.trim());
}

async function askForWords(value: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: l10n.t('Greeum: Filter Memories'),
    prompt: l10n.t('Words to look for; empty shows all'),
    value,
    validateInput: (text) => (text.length > MAX_QUERY_CHARS ? l10n.t('Use a few distinctive words.') : null),
  });
}

export function clearFilter({ views }: Services): void {
  views.memories.setFilter('');
}

export function groupBy(grouping: Grouping): (services: Services) => Promise<void> {
  return ({ views }) => views.memories.group(grouping);
}

export function chooseScope(mode: ScopeMode): (services: Services) => Promise<void> {
  return ({ scope }) => scope.choose(mode);
}

export function refreshViews({ views }: Services): void {
  views.refresh();
}

/** Of the last row of a list that goes on; nothing else calls it. */
export async function showMore({ views }: Services, view?: unknown, node?: unknown): Promise<void> {
  if (isMoreNode(node)) await views.memoriesOf(view).loadMore(node);
}

function isMoreNode(node: unknown): node is MoreNode {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'more';
}
