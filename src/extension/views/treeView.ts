import * as vscode from 'vscode';
import { GreeumError } from '../../protocol/errors.js';
import { messageOf } from '../errorModel.js';
import { Disposable } from '../lifecycle.js';
import type { Log } from '../log.js';
import type { WorkerSession } from '../workerSession.js';

/** Views that are open show what was written so soon after. */
const REFRESH_AFTER_MS = 400;

/**
 * A tree whose rows come from the worker. It asks for nothing while it is hidden, asks again when something was
 * written, and says in its message what keeps it from showing.
 */
export abstract class WorkerTree<T> extends Disposable implements vscode.TreeDataProvider<T> {
  private readonly changed = this._register(new vscode.EventEmitter<T | undefined>());
  private timer: NodeJS.Timeout | undefined;
  private shownState = '';
  private isStale = false;
  /** The first rows, when they were fetched before the editor asked for them. */
  private fetched: T[] | undefined;
  protected abstract readonly view: vscode.TreeView<T>;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    protected readonly session: WorkerSession,
    private readonly log: Log,
  ) {
    super();
    this._register(session.onDidChange(() => this.look()));
    this._register({ dispose: () => clearTimeout(this.timer) });
  }

  abstract getTreeItem(node: T): vscode.TreeItem;
  protected abstract rows(parent: T | undefined): Promise<T[]>;
  /** What was fetched is not true any more. */
  protected abstract forget(): void;
  /** Changes when the rows may have changed. */
  protected abstract stateKey(): string;

  get selection(): readonly T[] {
    return this.view.selection;
  }

  /** A view that throws shows an error of the editor's own; ours says what helps, and stays until things are well. */
  async getChildren(parent?: T): Promise<T[]> {
    const { fetched } = this;
    if (parent === undefined && fetched !== undefined) {
      this.fetched = undefined;
      return fetched;
    }
    return this.fetch(parent);
  }

  private async fetch(parent?: T): Promise<T[]> {
    if (this.session.state.phase === 'stopped' || this.session.state.phase === 'failed') return [];
    try {
      const rows = await this.rows(parent);
      this.say(this.message());
      return rows;
    } catch (thrown) {
      const error = GreeumError.from(thrown);
      this.log.failure(error);
      this.say(messageOf(error, vscode.l10n));
      return [];
    }
  }

  private say(message: string | undefined): void {
    if (message === undefined) delete this.view.message;
    else this.view.message = message;
  }

  /** Shows everything anew, now or when the view is opened. */
  refresh(): void {
    this.forget();
    this.isStale = false;
    this.fetched = undefined;
    this.changed.fire(undefined);
  }

  protected message(): string | undefined {
    return undefined;
  }

  protected showChildren(parent: T | null): void {
    this.fetched = undefined;
    this.changed.fire(parent ?? undefined);
  }

  /** To be called once by who made the view. */
  protected watch<V extends vscode.TreeView<T>>(view: V): V {
    this._register(view.onDidChangeVisibility(() => this.isStale && this.whenVisible()));
    return this._register(view);
  }

  /**
   * The editor forgets its rows when it is told of new ones, and a menu that is open then loses the row it is about.
   * So it is told when the new ones are at hand.
   */
  private async refreshByItself(): Promise<void> {
    this.forget();
    this.isStale = false;
    this.fetched = await this.fetch();
    this.changed.fire(undefined);
  }

  private look(): void {
    const state = this.stateKey();
    if (state === this.shownState) return;
    this.shownState = state;
    this.isStale = true;
    this.whenVisible();
  }

  private whenVisible(): void {
    if (!this.view.visible) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.view.visible) void this.refreshByItself();
    }, REFRESH_AFTER_MS);
  }
}
