/** The part of `bench:views` that runs in the extension host: does what a person does, and says what it cost. */

import type { MemoriesView } from '../../src/extension/views/memoriesView.js';
import { PAGE_ROWS, type MoreNode, type TreeNode } from '../../src/extension/views/memoryTree.js';
import { waitFor } from '../../test/vscode/harness/waitFor.js';
import { run as command, services, waitForStatus } from '../../test/vscode/suite/editor.js';
import { blocksOf, untilQuiet } from '../host/blocks.js';
import { say, telling } from '../host/say.js';

const BUDGET_MS = 15;
const PAGES = 50;
/** A frequent word, so that it finds as many as there can be. */
const FILTER = process.env['GREEUM_BENCH_WORD'] ?? '';

/** Called by the editor. */
export function run(): Promise<void> {
  return telling(bench);
}

async function bench(): Promise<void> {
  await waitForStatus(/^State of this window +owner$/m);
  const { session, views } = await services();
  // The index is what the worker has to do first; what it does with the processor is not the host's.
  await session.service.call('search_memory', { query: FILTER });
  await untilQuiet();
  const shown = watch(views.memories);
  try {
    await measureAll(views.memories, shown);
  } catch (error) {
    say(shown.describe());
    throw error;
  }
}

async function measureAll(view: MemoriesView, shown: Shown): Promise<void> {
  const missed: string[] = [];
  const measure = async (step: string, work: () => Promise<void>): Promise<void> => {
    const { longestMs, longestWallMs, longestGcMs } = await blocksOf(work);
    if (longestMs > BUDGET_MS) missed.push(step);
    const verdict = longestMs <= BUDGET_MS ? 'met' : 'MISSED';
    say(
      `${step.padEnd(44)} ${longestMs.toFixed(1)} ms (wall ${longestWallMs.toFixed(1)} ms, garbage ${longestGcMs.toFixed(1)} ms), budget ${BUDGET_MS}: ${verdict}`,
    );
  };
  const group = (by: string): (() => Promise<void>) => {
    return async () => {
      shown.clear();
      await command(`greeum.groupBy${by}`);
      await waitFor(`the rows by ${by}`, () => shown.isComplete());
    };
  };

  await measure('opening the view (newest day unfolded)', async () => {
    await command('greeum.memories.focus');
    await waitFor('the first rows', () => shown.isComplete());
  });
  await measure(`"Show more…" ${PAGES} times in a day`, () => more(view, shown));
  await measure('grouping by project, every group unfolded', group('Project'));
  await measure('grouping by branch, every group unfolded', group('Branch'));
  await measure(`"Show more…" ${PAGES} times in a branch`, () => more(view, shown));
  await measure('grouping by day', group('Day'));
  await measure('filter', async () => {
    shown.clear();
    await command('greeum.filterMemories', FILTER);
    await waitFor('what was found', () => shown.isComplete());
  });
  await measure('"Show more…" to the end of what was found', () => more(view, shown));
  const found = shown.rows(null).length;
  if (found <= PAGE_ROWS) throw new Error(`The filter should find several pages, and found ${found}.`);
  await measure('clearing the filter', async () => {
    shown.clear();
    await command('greeum.clearFilter');
    await waitFor('the first rows', () => shown.isComplete());
  });
  if (missed.length > 0) throw new Error(`Longer than ${BUDGET_MS} ms: ${missed.join('; ')}`);
}

/** Presses the first row that goes on, again and again. */
async function more(view: MemoriesView, shown: Shown): Promise<void> {
  for (let page = 0; page < PAGES; page++) {
    const node = shown.more();
    if (node === undefined) return;
    const { length } = shown.rows(node.parent);
    const { command: click } = view.getTreeItem(node);
    await command(click?.command ?? '', ...((click?.arguments ?? []) as unknown[]));
    await waitFor(
      'the next page',
      () => shown.isComplete() && (shown.rows(node.parent).length !== length || shown.more() !== node),
    );
  }
}

interface Shown {
  clear(): void;
  /** The editor has asked for the rows of the root, and of every group that it unfolds, and has an item of each. */
  isComplete(): boolean;
  more(): MoreNode | undefined;
  rows(parent: TreeNode | null): readonly TreeNode[];
  /** For whoever looks why a step did not end. */
  describe(): string;
}

/**
 * Listens to what the editor asks of the view, and has it unfold every group at once: the most that can be asked. It counts
 * as it listens, and makes next to nothing: to go through all rows at each look, or to keep a string of each, would be a
 * part of what is measured.
 */
function watch(view: MemoriesView): Shown {
  const getChildren = view.getChildren.bind(view);
  const getTreeItem = view.getTreeItem.bind(view);
  let children = new Map<string, readonly TreeNode[]>();
  let items = new Set<TreeNode>();
  let lists = new Set<string>();
  let mores = new Map<string, MoreNode>();
  const clear = (): void => {
    children = new Map();
    items = new Set();
    lists = new Set();
    mores = new Map();
  };
  const forget = (id: string): void => {
    for (const row of children.get(id) ?? []) {
      items.delete(row);
      lists.delete(row.id);
    }
    mores.delete(id);
  };
  view.getChildren = async (parent) => {
    const rows = await getChildren(parent);
    const id = parent?.id ?? '';
    // Whatever was below the root is shown anew too.
    if (parent === undefined) clear();
    forget(id);
    children.set(id, rows);
    lists.delete(id);
    for (const row of rows) {
      items.add(row);
      if (isUnfolded(row) && !children.has(row.id)) lists.add(row.id);
      if (row.kind === 'more') mores.set(id, row);
    }
    return rows;
  };
  view.getTreeItem = (node) => {
    const item = getTreeItem(node);
    items.delete(node);
    // vscode.TreeItemCollapsibleState.Expanded
    if (isUnfolded(node)) item.collapsibleState = 2;
    return item;
  };
  return {
    clear,
    isComplete: () => children.has('') && items.size === 0 && lists.size === 0,
    more: () => {
      const hasGroups = (children.get('') ?? []).some(({ kind }) => kind === 'group');
      return [...mores.values()].find((node) => node.parent !== null || !hasGroups);
    },
    describe: () =>
      [...children].map(([id, rows]) => `${id}: ${rows.length} rows, the last is ${rows.at(-1)?.id}`).join('\n'),
    rows: (parent) => children.get(parent?.id ?? '') ?? [],
  };
}

const isUnfolded = ({ kind }: TreeNode): boolean => kind === 'group' || kind === 'older';
