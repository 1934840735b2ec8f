import type { Memento } from 'vscode';

/** The only door to what the extension remembers between sessions. Names of keys are never reused. */
export class StoredState {
  constructor(private readonly memento: Memento) {}

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
