/** What a tree of memories shows: groups, their memories page by page, or what a filter found. Knows no editor. */

import type { MemoryService } from '../../protocol/memoryService.js';
import type {
  Grouping,
  ListGroupsInput,
  ListMemoriesInput,
  MemoryGroup,
  MemoryRecord,
} from '../../protocol/operations.js';

/** Rows fetched at a time: more than a screen, and few enough that the host is not held up by them. */
export const PAGE_ROWS = 50;
/**
 * What goes on below that is a node of its own. The editor takes all rows of a node again when one more comes: with
 * 5 000 of them that held up the extension host for 30 ms at each press (`npm run bench:views`).
 */
export const MAX_ROWS_TOGETHER = 150;

export interface GroupNode {
  kind: 'group';
  id: string;
  by: Grouping;
  group: MemoryGroup;
  isNewest: boolean;
}

/** What a row needs of its memory. The rest is let go at once: what thousands of rows keep, the host's collector copies. */
export type ShownMemory = Pick<
  MemoryRecord,
  'block_index' | 'timestamp' | 'context' | 'importance' | 'tags' | 'project' | 'slot'
>;

export interface MemoryNode {
  kind: 'memory';
  id: string;
  memory: ShownMemory;
  /** Null for what a filter found. */
  parent: ListNode | null;
}

/** The last row of a list that goes on: shows the next ones above itself. */
export interface MoreNode {
  kind: 'more';
  id: string;
  /** Null: the root. */
  parent: ListNode | null;
}

/** The last row of a list that is long and goes on: has what comes next below itself. */
export interface OlderNode {
  kind: 'older';
  id: string;
  /** The list that goes on here; null: that of the root. */
  list: GroupNode | null;
  /** Where: a block index, or the cursor of a search. */
  start: number | string;
}

export type ListNode = GroupNode | OlderNode;
export type TreeNode = ListNode | MemoryNode | MoreNode;

/** Whose memories: those of a project and those of none, or all. */
export type ScopeFilter = Pick<ListGroupsInput, 'project' | 'include_global'>;

export interface TreeQuery {
  by: Grouping;
  scope: ScopeFilter;
  /** Words to search for instead of grouping; empty: none. */
  filter: string;
}

/** What one list has by now, and where it goes on; null: that is all. */
interface Rows<T, Cursor> {
  rows: T[];
  next: Cursor | null;
}

type Groups = Rows<MemoryGroup, number>;
type Members = Rows<MemoryNode, number>;
type Found = Rows<MemoryNode, string>;

/** Everything that was fetched for one question. */
class Fetched {
  /** Under the root and where it goes on, by the id of the node. */
  readonly found = new Map<string, Found>();
  readonly groups = new Map<string, Groups>();
  readonly members = new Map<string, Members>();

  constructor(readonly query: TreeQuery) {}

  rowCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [id, { rows }] of [...this.groups, ...this.members, ...this.found]) counts.set(id, rows.length);
    return counts;
  }
}

/** The rows under one node are fetched once and kept until {@link forget}; how many there were is remembered longer. */
export class MemoryTree {
  private fetched: Fetched | null = null;
  private rowCounts = new Map<string, number>();
  /** The nodes that were given last, by id: the editor knows a node by the very object. */
  private readonly latest = new Map<string, ListNode>();

  constructor(
    private readonly service: () => MemoryService,
    private readonly query: () => TreeQuery,
  ) {}

  /** @throws GreeumError when the worker cannot be asked */
  async children(parent: TreeNode | null): Promise<TreeNode[]> {
    const nodes = await this.childNodes(parent);
    if (parent === null) this.latest.clear();
    for (const node of nodes) if (isList(node)) this.latest.set(node.id, node);
    return nodes;
  }

  private async childNodes(parent: TreeNode | null): Promise<TreeNode[]> {
    // What is forgotten while it is on its way belongs to nobody, and is not taken for an answer to the next question.
    const fetched = this.now();
    if (parent !== null && !isList(parent)) return [];
    const group = groupOf(parent);
    if (parent === null || group === null) {
      return isFound(fetched, parent) ? this.foundNodes(fetched, parent) : this.groupNodes(fetched, parent);
    }
    const page = await this.membersOnce(fetched, parent, group);
    return [...page.rows, ...ending(page, parent)];
  }

  /**
   * Fetches the next page below a node. What was forgotten since the node was shown is fetched
   * first, or the page would be the one that is there.
   * @returns whose rows to show anew; null: those of the root
   */
  async loadMore({ parent }: MoreNode): Promise<ListNode | null> {
    let fetched: Fetched;
    do {
      fetched = this.now();
      await this.fetchNext(fetched, parent);
      // What was forgotten while the page was on its way took the page with it.
    } while (fetched !== this.fetched);
    return parent === null ? null : (this.latest.get(parent.id) ?? parent);
  }

  private async fetchNext(fetched: Fetched, parent: ListNode | null): Promise<void> {
    const group = groupOf(parent);
    if (parent !== null && group !== null) {
      await this.fetchMembers(fetched, parent, group, await this.membersOnce(fetched, parent, group));
    } else if (isFound(fetched, parent)) {
      await this.fetchFound(fetched, parent, await this.foundOnce(fetched, parent));
    } else {
      await this.fetchGroups(fetched, parent, await this.groupsOnce(fetched, parent));
    }
  }

  /** Everything is asked for anew, as many rows as were there. */
  forget(): void {
    this.rowCounts = this.fetched?.rowCounts() ?? new Map<string, number>();
    this.fetched = null;
  }

  private now(): Fetched {
    this.fetched ??= new Fetched(this.query());
    return this.fetched;
  }

  private async groupNodes(fetched: Fetched, parent: ListNode | null): Promise<TreeNode[]> {
    const page = await this.groupsOnce(fetched, parent);
    const { by } = fetched.query;
    const nodes: TreeNode[] = page.rows.map((group, index) => ({
      kind: 'group',
      id: `${by}:${group.key === null ? '' : `=${group.key}`}`,
      by,
      group,
      isNewest: parent === null && index === 0,
    }));
    return [...nodes, ...ending(page, parent)];
  }

  private async foundNodes(fetched: Fetched, parent: ListNode | null): Promise<TreeNode[]> {
    const page = await this.foundOnce(fetched, parent);
    return [...page.rows, ...ending(page, parent)];
  }

  private async groupsOnce(fetched: Fetched, parent: ListNode | null): Promise<Groups> {
    return fetched.groups.get(idOf(parent)) ?? this.fetchGroups(fetched, parent);
  }

  private async membersOnce(fetched: Fetched, parent: ListNode, group: GroupNode): Promise<Members> {
    return fetched.members.get(parent.id) ?? this.fetchMembers(fetched, parent, group);
  }

  /** By pages, also where more rows were shown than one has: the worker limits what one search returns. */
  private async foundOnce(fetched: Fetched, parent: ListNode | null): Promise<Found> {
    const wanted = this.wanted(foundId(fetched, parent));
    let found = fetched.found.get(foundId(fetched, parent)) ?? (await this.fetchFound(fetched, parent));
    while (found.next !== null && found.rows.length < wanted) found = await this.fetchFound(fetched, parent, found);
    return found;
  }

  private async fetchGroups(
    fetched: Fetched,
    parent: ListNode | null,
    previous: Groups | null = null,
  ): Promise<Groups> {
    if (previous !== null && isFull(previous)) return previous;
    const { by, scope } = fetched.query;
    const limit = previous === null ? this.wanted(idOf(parent)) : PAGE_ROWS;
    const input = { by, limit, ...scope, ...before(previous, parent) };
    const { groups, next_before } = await this.service().call('list_groups', input);
    const page = append(previous, { rows: groups, next: next_before });
    fetched.groups.set(idOf(parent), page);
    return page;
  }

  private async fetchMembers(
    fetched: Fetched,
    parent: ListNode,
    group: GroupNode,
    previous: Members | null = null,
  ): Promise<Members> {
    if (previous !== null && isFull(previous)) return previous;
    const { memories, next_before } = await this.service().call('list_memories', {
      ...fetched.query.scope,
      ...membersOf(group),
      detail: 'snippet',
      limit: previous === null ? this.wanted(parent.id) : PAGE_ROWS,
      ...before(previous, parent),
    });
    const page = append(previous, { rows: memories.map((memory) => memoryNode(memory, parent)), next: next_before });
    fetched.members.set(parent.id, page);
    return page;
  }

  private async fetchFound(fetched: Fetched, parent: ListNode | null, previous: Found | null = null): Promise<Found> {
    if (previous !== null && isFull(previous)) return previous;
    const { filter, scope } = fetched.query;
    const start = parent?.kind === 'older' && typeof parent.start === 'string' ? parent.start : undefined;
    const next = previous?.next ?? start;
    const cursor = next === undefined ? {} : { cursor: next };
    const input = { query: filter, limit: PAGE_ROWS, neighbours: false, ...scope, ...cursor };
    const { results, next_cursor } = await this.service().call('search_memory', input);
    // What was written meanwhile may move a memory down to this page; a tree takes each row once.
    const others = [...fetched.found].filter(([id]) => id !== foundId(fetched, parent)).map(([, { rows }]) => rows);
    const shown = new Set([...others, previous?.rows ?? []].flat().map(({ memory }) => memory.block_index));
    const rows = results.filter(({ block_index }) => !shown.has(block_index));
    const nodes = rows.map((memory) => memoryNode(memory, null));
    const page = append(previous, { rows: nodes, next: next_cursor ?? null });
    fetched.found.set(foundId(fetched, parent), page);
    return page;
  }

  private wanted(id: string): number {
    return Math.min(Math.max(this.rowCounts.get(id) ?? 0, PAGE_ROWS), MAX_ROWS_TOGETHER);
  }
}

const ROOT = 'root';

/** Another filter begins with one page, however many rows of this one were shown. */
function foundId({ query }: Fetched, parent: ListNode | null): string {
  return `found:${query.filter}:${idOf(parent)}`;
}

/** What is below the root, or goes on from there, is what a filter found. */
function isFound({ query }: Fetched, parent: ListNode | null): boolean {
  return parent?.kind === 'older' ? typeof parent.start === 'string' : query.filter !== '';
}

function append<T, C>(previous: Rows<T, C> | null, { rows, next }: Rows<T, C>): Rows<T, C> {
  return { rows: [...(previous?.rows ?? []), ...rows], next };
}

function before(previous: Rows<unknown, number> | null, parent: ListNode | null): { before?: number } {
  const start = parent?.kind === 'older' && typeof parent.start === 'number' ? parent.start : undefined;
  const next = previous?.next ?? start;
  return next === undefined ? {} : { before: next };
}

function isList(node: TreeNode): node is ListNode {
  return node.kind === 'group' || node.kind === 'older';
}

function idOf(parent: ListNode | null): string {
  return parent?.id ?? ROOT;
}

/** Null: the list is that of the root. */
function groupOf(parent: ListNode | null): GroupNode | null {
  return parent?.kind === 'older' ? parent.list : parent;
}

/** Nothing more comes into this list: there is nothing, or it comes below a node of its own. */
function isFull({ rows, next }: Rows<unknown, number | string>): boolean {
  return next === null || rows.length >= MAX_ROWS_TOGETHER;
}

/** The row after the last one, where the list goes on. */
function ending({ rows, next }: Rows<unknown, number | string>, parent: ListNode | null): TreeNode[] {
  if (next === null) return [];
  if (rows.length < MAX_ROWS_TOGETHER) return [moreNode(parent)];
  const list = groupOf(parent);
  return [{ kind: 'older', id: `${idOf(list)}<${next}`, list, start: next }];
}

type GroupMembers = Pick<ListMemoriesInput, 'branch' | 'project' | 'include_global' | 'day'>;

/** What `list_memories` takes to list the members of a group. */
function membersOf({ by, group }: GroupNode): GroupMembers {
  switch (by) {
    case 'day':
      return group.key === null ? {} : { day: group.key };
    case 'branch':
      return { branch: group.key };
    case 'project':
      // The group is the scope; with what belongs to no project beside it, that would be listed in every group.
      return { project: group.key, include_global: false };
  }
}

function memoryNode(record: MemoryRecord, parent: ListNode | null): MemoryNode {
  const { block_index, timestamp, context, importance, tags, project, slot } = record;
  const memory = { block_index, timestamp, context, importance, tags, project, slot };
  return { kind: 'memory', id: `${parent?.id ?? 'found'}#${block_index}`, memory, parent };
}

function moreNode(parent: ListNode | null): MoreNode {
  return { kind: 'more', id: `${idOf(parent)}…`, parent };
}
