import type { Memento } from 'vscode';
import type { Grouping } from '../protocol/operations.js';
import type { ViewSettings } from './viewSettings.js';

/** The only door to what the extension remembers between sessions. Names of keys are never reused. */
export class StoredState {
  /**
   * @param memento for all windows
   * @param workspace for this workspace
   */
  constructor(
    private readonly memento: Memento,
    private readonly workspace: Memento,
  ) {}

  /** What a person chose here instead of the setting. */
  get scopeMode(): ViewSettings['scope'] | undefined {
    return this.workspace.get(SCOPE_KEY);
  }

  async setScopeMode(mode: ViewSettings['scope']): Promise<void> {
    await this.workspace.update(SCOPE_KEY, mode);
  }

  /** How memories are grouped here. */
  get grouping(): Grouping {
    return this.workspace.get(GROUPING_KEY, 'day');
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    await this.workspace.update(GROUPING_KEY, grouping);
  }

  /** Notices the person does not want to see again. */
  isMuted(notice: Notice): boolean {
    return this.muted().includes(notice);
  }

  async mute(notice: Notice): Promise<void> {
    await this.memento.update(MUTED_KEY, [...new Set([...this.muted(), notice])]);
  }

  private muted(): string[] {
    return this.memento.get<string[]>(MUTED_KEY, []);
  }
}

export type Notice = 'memoryAdded';

const MUTED_KEY = 'mutedNotices';
const SCOPE_KEY = 'scope';
const GROUPING_KEY = 'grouping';
