import * as vscode from 'vscode';
import { COMMANDS, CONTEXT_VALUES, VIEWS } from '../ids.js';
import type { Log } from '../log.js';
import type { WorkerSession } from '../workerSession.js';
import { itemOf } from './treeItems.js';
import { WorkerTree } from './treeView.js';
import { workerRows, type WorkerRow } from './workerRows.js';

/** The worker's numbers, while somebody looks at them. */
export class WorkerView extends WorkerTree<WorkerRow> {
  protected readonly view: vscode.TreeView<WorkerRow>;

  constructor(session: WorkerSession, log: Log) {
    super(session, log);
    this.view = this.watch(vscode.window.createTreeView(VIEWS.worker, { treeDataProvider: this }));
  }

  getTreeItem(row: WorkerRow): vscode.TreeItem {
    const shown = { ...row, spoken: `${row.label}: ${row.description}` };
    const item = itemOf(shown, `worker:${row.id}`, vscode.TreeItemCollapsibleState.None);
    item.tooltip = row.description;
    item.contextValue = CONTEXT_VALUES.workerRow;
    if (row.id === 'folder') {
      item.command = { command: COMMANDS.openDataFolder, title: vscode.l10n.t('Open Data Folder') };
    }
    return item;
  }

  protected rows(parent: WorkerRow | undefined): Promise<WorkerRow[]> {
    return Promise.resolve(parent === undefined ? workerRows(this.session.state, vscode.l10n) : []);
  }

  protected forget(): void {
    // Nothing is kept: the session has the latest status.
  }

  protected stateKey(): string {
    return JSON.stringify(workerRows(this.session.state, vscode.l10n));
  }
}
