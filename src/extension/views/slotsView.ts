import * as vscode from 'vscode';
import type { AnchorRecord } from '../../protocol/operations.js';
import { COMMANDS, CONTEXT_VALUES, VIEWS } from '../ids.js';
import type { Log } from '../log.js';
import type { WorkerSession } from '../workerSession.js';
import { dropOnSlot } from './dragToSlot.js';
import { itemOf, reader } from './treeItems.js';
import { slotRow } from './treeText.js';
import { WorkerTree } from './treeView.js';

/** The three slots. */
export class SlotsView extends WorkerTree<AnchorRecord> {
  protected readonly view: vscode.TreeView<AnchorRecord>;

  constructor(session: WorkerSession, log: Log) {
    super(session, log);
    this.view = this.watch(
      vscode.window.createTreeView(VIEWS.slots, { treeDataProvider: this, dragAndDropController: dropOnSlot }),
    );
  }

  getTreeItem(anchor: AnchorRecord): vscode.TreeItem {
    const item = itemOf(slotRow(anchor, reader()), `slot:${anchor.slot}`, vscode.TreeItemCollapsibleState.None);
    item.contextValue = contextOf(anchor);
    // The summary whole, as plain text: a memory wrote it.
    if (anchor.hash !== null) item.tooltip = `${anchor.slot}: ${anchor.summary}`;
    if (anchor.block_index !== null) {
      item.command = { command: COMMANDS.openMemory, title: vscode.l10n.t('Open'), arguments: [anchor] };
    }
    return item;
  }

  protected async rows(parent: AnchorRecord | undefined): Promise<AnchorRecord[]> {
    if (parent !== undefined) return [];
    return (await this.session.service.call('list_anchors', {})).anchors;
  }

  protected forget(): void {
    // Nothing is kept.
  }

  protected stateKey(): string {
    const { role, status } = this.session.state;
    return JSON.stringify([role, status?.epoch, status?.last_sequence]);
  }
}

function contextOf({ hash, pinned }: AnchorRecord): string {
  if (hash === null) return CONTEXT_VALUES.emptySlot;
  return pinned ? CONTEXT_VALUES.pinnedSlot : CONTEXT_VALUES.slot;
}
