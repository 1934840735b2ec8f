import * as vscode from 'vscode';
import { StatusHistory } from '../../dashboard/history.js';
import { DASHBOARD_VIEW_TYPE } from '../ids.js';
import { Disposable, type DisposableLike } from '../lifecycle.js';
import type { WorkerSession } from '../workerSession.js';

/** Fills a panel and keeps it up to date until what it returns is disposed of. */
export type ConnectPanel = (panel: vscode.WebviewPanel, history: StatusHistory) => DisposableLike;

/**
 * The dashboard of this window: one panel at most. Its history is written from the start of the window on, so that it
 * has something to show when it is opened.
 */
export class Dashboard extends Disposable implements vscode.WebviewPanelSerializer {
  private readonly history = new StatusHistory();
  private panel: vscode.WebviewPanel | null = null;

  constructor(
    session: WorkerSession,
    private readonly connect: ConnectPanel,
  ) {
    super();
    this._register(
      session.onDidChange(({ status, role }) => this.history.record(role === null ? null : status, Date.now())),
    );
    this._register({ dispose: () => void this.panel?.dispose() });
  }

  /** From then on the editor restores a panel that was open when its window was closed. */
  registerSerializer(): DisposableLike {
    return vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, this);
  }

  open(): void {
    if (this.panel !== null) return this.panel.reveal();
    const title = vscode.l10n.t('Greeum Dashboard');
    this.adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, title, vscode.ViewColumn.Active));
  }

  /** The page keeps its own state, and asks for the rest of it as a new one does. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const connection = this.connect(panel, this.history);
    panel.onDidDispose(() => {
      connection.dispose();
      if (this.panel === panel) this.panel = null;
    });
  }
}
