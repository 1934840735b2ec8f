import * as vscode from 'vscode';
import type { AnchorRecord } from '../../protocol/operations.js';
import { COMMANDS, CONTEXT_VALUES, VIEWS } from '../ids.js';
import type { Log } from '../log.js';
import type { WorkerSession } from '../workerSession.js';
import { MEMORY_MIMES, unpackMemories } from './dragging.js';
import { itemOf, reader } from './memoriesView.js';
import { slotRow } from './treeText.js';
import { WorkerTree } from './treeView.js';

/** The three slots; a memory dropped on one becomes what it points at. */
export class SlotsView extends WorkerTree<AnchorRecord> implements vscode.TreeDragAndDropController<AnchorRecord> {
  readonly dropMimeTypes = MEMORY_MIMES;
  readonly dragMimeTypes: readonly string[] = [];
  protected readonly view: vscode.TreeView<AnchorRecord>;

  constructor(session: WorkerSession, log: Log) {
    super(session, log);
    this.view = this.watch(
      vscode.window.createTreeView(VIEWS.slots, { treeDataProvider: this, dragAndDropController: this }),
    );
  }

  getTreeItem(anchor: AnchorRecord): vscode.TreeItem {
    const item = itemOf(slotRow(anchor, reader()), `slot:${anchor.slot}`, vscode.TreeItemCollapsibleState.None);
    item.contextValue = contextOf(anchor);
    item.tooltip = slotTooltip(anchor);
    if (anchor.block_index !== null) {
      item.command = { command: COMMANDS.openMemory, title: vscode.l10n.t('Open'), arguments: [anchor] };
    }
    return item;
  }

  async handleDrop(target: AnchorRecord | undefined, data: vscode.DataTransfer): Promise<void> {
    const dropped = MEMORY_MIMES.map((mime) => data.get(mime)).find((item) => item !== undefined);
    const [blockIndex] = unpackMemories(await dropped?.asString());
    if (target === undefined || blockIndex === undefined) return;
    await vscode.commands.executeCommand(COMMANDS.setSlot, { block_index: blockIndex }, target.slot);
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

/** The summary whole, as plain text: a memory wrote it. */
function slotTooltip({ slot, hash, summary }: AnchorRecord): string {
  if (hash !== null) return `${slot}: ${summary}`;
  return vscode.l10n.t('Drop a memory here to begin searches and new memories at it.');
}

function contextOf({ hash, pinned }: AnchorRecord): string {
  if (hash === null) return CONTEXT_VALUES.emptySlot;
  return pinned ? CONTEXT_VALUES.pinnedSlot : CONTEXT_VALUES.slot;
}
