import * as vscode from 'vscode';
import type { Grouping } from '../../protocol/operations.js';
import { COMMANDS, CONTEXT_KEYS, CONTEXT_VALUES, type VIEWS } from '../ids.js';
import type { Log } from '../log.js';
import type { Scope } from '../scope.js';
import type { StoredState } from '../state.js';
import type { WorkerSession } from '../workerSession.js';
import { dragMemory } from './dragToSlot.js';
import { MemoryTree, type MemoryNode, type MoreNode, type OlderNode, type TreeNode } from './memoryTree.js';
import { itemOf, reader } from './treeItems.js';
import { groupRow, memoryRow, memoryTooltip } from './treeText.js';
import { WorkerTree } from './treeView.js';

const { l10n } = vscode;

export interface MemoriesViewOptions {
  id: typeof VIEWS.memories | typeof VIEWS.branches;
  /** What groups are made by; undefined: what the person chose. */
  by?: Grouping;
}

/** Memories by day, branch or project, or those that a filter finds; also the view of branches. */
export class MemoriesView extends WorkerTree<TreeNode> {
  protected readonly view: vscode.TreeView<TreeNode>;
  private readonly tree: MemoryTree;
  private filter = '';
  /** The editor asks for all items of a list again when it goes on; making them anew is garbage for nothing. */
  private readonly memoryItems = new WeakMap<TreeNode, vscode.TreeItem>();

  constructor(
    session: WorkerSession,
    private readonly scope: Scope,
    private readonly state: StoredState,
    log: Log,
    private readonly options: MemoriesViewOptions,
  ) {
    super(session, log);
    this.tree = new MemoryTree(
      () => session.service,
      () => ({ by: this.grouping, scope: scope.filter, filter: this.filter }),
    );
    this.view = this.watch(
      vscode.window.createTreeView(options.id, {
        treeDataProvider: this,
        canSelectMany: true,
        dragAndDropController: dragMemory,
        showCollapseAll: true,
      }),
    );
    this._register(scope.onDidChange(() => this.refresh()));
    this.describe();
  }

  get grouping(): Grouping {
    return this.options.by ?? this.state.grouping;
  }

  async group(by: Grouping): Promise<void> {
    await this.state.setGrouping(by);
    this.refresh();
  }

  get filterText(): string {
    return this.filter;
  }

  setFilter(words: string): void {
    this.filter = words;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.isFiltered, words !== '');
    this.refresh();
  }

  async loadMore(node: MoreNode): Promise<void> {
    this.showChildren(await this.tree.loadMore(node));
  }

  override refresh(): void {
    this.describe();
    super.refresh();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return this.groupItem(node);
      case 'memory':
        return this.memoryItem(node);
      case 'more':
        return moreItem(node, this.options.id);
      case 'older':
        return olderItem(node);
    }
  }

  /** Asked for when the pointer rests on a row, so that no row pays for it before. */
  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    if (node.kind === 'memory') item.tooltip = new vscode.MarkdownString(memoryTooltip(node.memory, reader()));
    return item;
  }

  protected rows(parent: TreeNode | undefined): Promise<TreeNode[]> {
    return this.tree.children(parent ?? null);
  }

  protected forget(): void {
    this.tree.forget();
  }

  protected stateKey(): string {
    const { role, status } = this.session.state;
    return JSON.stringify([role, status?.epoch, status?.blocks]);
  }

  protected override message(): string | undefined {
    return this.filter === '' ? undefined : l10n.t('Memories that match "{0}", the best first', this.filter);
  }

  private groupItem(node: Extract<TreeNode, { kind: 'group' }>): vscode.TreeItem {
    const row = groupRow(node, reader());
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = itemOf(row, node.id, node.by === 'day' && node.isNewest ? Expanded : Collapsed);
    item.contextValue = CONTEXT_VALUES.group;
    return item;
  }

  private memoryItem(node: MemoryNode): vscode.TreeItem {
    const item = this.memoryItems.get(node) ?? memoryItem(node);
    this.memoryItems.set(node, item);
    return item;
  }

  /** Whose memories these are, beside the name of the view. */
  private describe(): void {
    this.view.description = this.scope.project ?? l10n.t('everything');
    if (this.options.by !== undefined) return;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.grouping, this.grouping);
  }
}

function memoryItem(node: MemoryNode): vscode.TreeItem {
  const item = itemOf(memoryRow(node.memory, reader()), node.id, vscode.TreeItemCollapsibleState.None);
  item.contextValue = CONTEXT_VALUES.memory;
  item.command = { command: COMMANDS.openMemory, title: l10n.t('Open'), arguments: [node] };
  return item;
}

function moreItem(node: MoreNode, view: string): vscode.TreeItem {
  const label = l10n.t('Show more…');
  const row = { label, description: '', spoken: label, icon: 'ellipsis' };
  const item = itemOf(row, node.id, vscode.TreeItemCollapsibleState.None);
  item.command = { command: COMMANDS.showMore, title: label, arguments: [view, node] };
  return item;
}

function olderItem(node: OlderNode): vscode.TreeItem {
  const label = l10n.t('What came before');
  const row = { label, description: '', spoken: label, icon: 'history' };
  return itemOf(row, node.id, vscode.TreeItemCollapsibleState.Collapsed);
}
