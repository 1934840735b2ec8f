import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { MAX_QUERY_CHARS } from '../protocol/limits.js';
import type { MemoryRecord } from '../protocol/operations.js';
import { errorModel } from './errorModel.js';
import { LatestOnly } from './latestOnly.js';
import { Disposable } from './lifecycle.js';
import { memoryItem, type MemoryItem } from './memoryItems.js';
import type { Services } from './services.js';

const { l10n } = vscode;

/** Long enough to skip most letters of a word, short enough to feel immediate. */
const TYPING_PAUSE_MS = 120;
const RESULT_COUNT = 50;

/**
 * Searches while typing, in the project of the window or, by its button, in everything.
 * @returns the block that is picked; undefined when the person leaves
 */
export async function pickMemory(services: Services, title: string, query = ''): Promise<number | undefined> {
  const picker = new MemoryPicker(services, title);
  try {
    return await picker.pick(query);
  } finally {
    picker.dispose();
  }
}

class MemoryPicker extends Disposable {
  private readonly quickPick = this._register(vscode.window.createQuickPick<MemoryItem>());
  private readonly latest = new LatestOnly(TYPING_PAUSE_MS);

  constructor(
    private readonly services: Services,
    title: string,
  ) {
    super();
    // Known to every editor but not in its typings: keep the worker's order instead of sorting by likeness of labels.
    Object.assign(this.quickPick, { sortByLabel: false });
    this.quickPick.title = title;
    this._register(this.quickPick.onDidChangeValue((value) => void this.search(value)));
    this._register(this.quickPick.onDidTriggerButton(() => void this.switchScope()));
    this._register({ dispose: () => this.latest.cancel() });
    this.showScope();
  }

  async pick(query: string): Promise<number | undefined> {
    this.quickPick.value = query;
    void this.search(query);
    return new Promise((resolve) => {
      this._register(
        this.quickPick.onDidAccept(() => {
          const [item] = this.quickPick.selectedItems;
          if (item !== undefined && item.blockIndex >= 0) resolve(item.blockIndex);
        }),
      );
      this._register(this.quickPick.onDidHide(() => resolve(undefined)));
      this.quickPick.show();
    });
  }

  private async switchScope(): Promise<void> {
    const { scope } = this.services;
    await scope.choose(scope.mode === 'project' ? 'everything' : 'project');
    this.showScope();
    await this.search(this.quickPick.value);
  }

  /** In words and by the button, which leads to the other one. */
  private showScope(): void {
    const { mode, project } = this.services.scope;
    this.quickPick.placeholder =
      project === undefined
        ? l10n.t('Words to look for; empty shows the newest memories')
        : l10n.t('Words to look for in {0} and in what belongs to no project', project);
    const toEverything = { iconPath: new vscode.ThemeIcon('globe'), tooltip: l10n.t('Search everything') };
    const toProject = { iconPath: new vscode.ThemeIcon('folder'), tooltip: l10n.t('Search this project only') };
    this.quickPick.buttons = [mode === 'project' ? toEverything : toProject];
  }

  private async search(value: string): Promise<void> {
    this.quickPick.busy = true;
    try {
      const found = await this.latest.run((signal) => this.find(value.trim(), signal));
      if (found === null || this.isDisposed) return;
      this.show(found.answer);
    } catch (error) {
      this.showProblem(GreeumError.from(error));
    }
    this.quickPick.busy = false;
  }

  private async find(query: string, signal: AbortSignal): Promise<readonly MemoryRecord[]> {
    const { service } = this.services.session;
    const common = { limit: RESULT_COUNT, detail: 'snippet', ...this.services.scope.filter } as const;
    if (query === '') return (await service.call('list_memories', common, { signal })).memories;
    const input = { query: query.slice(0, MAX_QUERY_CHARS), neighbours: false, ...common };
    return (await service.call('search_memory', input, { signal })).results;
  }

  private show(memories: readonly MemoryRecord[]): void {
    const items = memories.map(memoryItem);
    this.quickPick.items = items.length > 0 ? items : [line(l10n.t('No memory found'))];
  }

  /** In place of the results: a message box at each letter would be in the way. */
  private showProblem(error: GreeumError): void {
    if (this.isDisposed) return;
    this.services.log.failure(error);
    this.quickPick.items = [line(`$(error) ${errorModel(error, false, l10n).message}`)];
  }
}

/** A line that cannot be picked. */
function line(label: string): MemoryItem {
  return { label, detail: '', blockIndex: -1, alwaysShow: true };
}
