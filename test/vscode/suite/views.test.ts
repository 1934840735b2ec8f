import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { WorkerTree } from '../../../src/extension/views/treeView.js';
import type { MemoriesView } from '../../../src/extension/views/memoriesView.js';
import { PAGE_ROWS, type TreeNode } from '../../../src/extension/views/memoryTree.js';
import { waitFor } from '../harness/waitFor.js';
import { run, services, waitForStatus } from './editor.js';

const QUOKKAS = 2.5 * PAGE_ROWS;

describe('the sidebar', () => {
  before(async () => {
    await waitForStatus(/^State of this window +owner$/m);
    const { session } = await services();
    const contents = Array.from({ length: QUOKKAS }, (_, at) => `Quokka ${at} smiles at the camera.`);
    const add = (content: string): Promise<unknown> =>
      session.service.call('add_memory', { content, allow_duplicate: true });
    await Promise.all(contents.map(add));
  });

  it('goes on with what a filter found, to the end of it', async () => {
    const { views } = await services();
    const rows = watchRows(views.memories);
    try {
      await run('greeum.memories.focus');
      await run('greeum.filterMemories', 'quokka');
      for (const count of [PAGE_ROWS, 2 * PAGE_ROWS, QUOKKAS]) {
        await waitFor(`${count} rows`, () => rows.found() === count);
        if (rows.more() !== undefined) await click(views.memories, rows.more());
      }
      assert.equal(rows.more(), undefined);
      assert.equal(new Set(rows.texts()).size, QUOKKAS);
    } finally {
      rows.stop();
      await run('greeum.clearFilter');
    }
  });

  it('says every row to a screen reader, and what a click on it does', async () => {
    const { session, views } = await services();
    await session.service.call('anchor_update', { slot: 'A', block_index: 0, pinned: true });
    const silent: string[] = [];
    let count = 0;
    const look = async <T>(view: WorkerTree<T>, parent?: T): Promise<void> => {
      for (const row of await view.getChildren(parent)) {
        const item = view.getTreeItem(row);
        count += 1;
        const { accessibilityInformation, command, collapsibleState } = item;
        const label = accessibilityInformation?.label ?? '';
        const isSaid = label.trim() !== '' && !/undefined|\$\(|\{\d\}/.test(label);
        if (!isSaid || command?.title === '') silent.push(`${item.id}: ${label}`);
        if (collapsibleState !== vscode.TreeItemCollapsibleState.None) await look(view, row);
      }
    };
    for (const by of ['Branch', 'Project', 'Day']) {
      await run(`greeum.groupBy${by}`);
      await look(views.memories);
    }
    await run('greeum.filterMemories', 'quokka');
    await look(views.memories);
    await run('greeum.clearFilter');
    await look(views.branches);
    await look(views.slots);
    await look(views.worker);
    assert.deepEqual(silent, []);
    // Five lists of memories of which each goes on, three slots, the worker's numbers.
    assert.ok(count > 5 * (PAGE_ROWS + 1) + 3 + 5, String(count));
  });
});

/** Does what the editor does when a row is clicked. */
async function click(view: MemoriesView, node: TreeNode | undefined): Promise<void> {
  assert.ok(node);
  const { command } = view.getTreeItem(node);
  assert.ok(command);
  await run(command.command, ...((command.arguments ?? []) as unknown[]));
}

interface Rows {
  found(): number;
  more(): TreeNode | undefined;
  texts(): string[];
  stop(): void;
}

/** What the editor shows of a view: it asks for the children of the root, and turns each of them into an item. */
function watchRows(view: MemoriesView): Rows {
  const getChildren = view.getChildren.bind(view);
  let nodes: readonly TreeNode[] = [];
  view.getChildren = async (parent) => {
    const children = await getChildren(parent);
    if (parent === undefined) nodes = children;
    return children;
  };
  const memories = (): Extract<TreeNode, { kind: 'memory' }>[] => nodes.filter((node) => node.kind === 'memory');
  return {
    found: () => memories().length,
    more: () => nodes.find(({ kind }) => kind === 'more'),
    texts: () => memories().map(({ memory }) => memory.context),
    stop: () => (view.getChildren = getChildren),
  };
}
