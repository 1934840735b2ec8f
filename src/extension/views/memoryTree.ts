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
export const PAGE_ROWS = 100;
/** Rows fetched again at once when something was written: what is below them loads again as it is asked for. */
const MAX_RELOADED_ROWS = 500;

export interface GroupNode {
  kind: 'group';
  id: string;
  by: Grouping;
  group: MemoryGroup;
  isNewest: boolean;
}

export interface MemoryNode {
  kind: 'memory';
  id: string;
  memory: MemoryRecord;
  /** Null for what a filter found. */
  parent: GroupNode | null;
}

/** The last row of a list that goes on. */
export interface MoreNode {
  kind: 'more';
  id: string;
  parent: GroupNode | null;
}

export type TreeNode = GroupNode | MemoryNode | MoreNode;

/** Whose memories: those of a project and those of none, or all. */
export type ScopeFilter = Pick<ListGroupsInput, 'project' | 'include_global'>;

export interface TreeQuery {
  by: Grouping;
  scope: ScopeFilter;
  /** Words to search for instead of grouping; empty: none. */
  filter: string;
}

interface Rows<T> {
  rows: T[];
  nextBefore: number | null;
}

/** The rows under one node are fetched once and kept until {@link forget}; how many there were is remembered longer. */
export class MemoryTree {
  private groups: Rows<MemoryGroup> | null = null;
  private readonly pages = new Map<string, Rows<MemoryRecord>>();
  private readonly rowCounts = new Map<string, number>();

  constructor(
    private readonly service: () => MemoryService,
    private readonly query: () => TreeQuery,
  ) {}

  /** @throws GreeumError when the worker cannot be asked */
  async children(parent: TreeNode | null): Promise<TreeNode[]> {
    if (parent === null) return this.query().filter === '' ? this.groupNodes() : this.foundNodes();
    if (parent.kind !== 'group') return [];
    const { rows, nextBefore } = this.pages.get(parent.id) ?? (await this.loadPage(parent));
    const nodes: TreeNode[] = rows.map((memory) => memoryNode(memory, parent));
    return nextBefore === null ? nodes : [...nodes, moreNode(parent)];
  }

  /** Fetches the next page below a node; the caller shows it. */
  async loadMore({ parent }: MoreNode): Promise<void> {
    if (parent === null) {
      this.groups = append(this.groups, await this.fetchGroups(this.groups?.nextBefore ?? undefined, PAGE_ROWS));
    } else {
      const page = this.pages.get(parent.id);
      await this.loadPage(parent, page);
    }
  }

  /** Everything is asked for anew, as many rows as were there. */
  forget(): void {
    this.rowCounts.clear();
    if (this.groups !== null) this.rowCounts.set(ROOT, this.groups.rows.length);
    for (const [id, { rows }] of this.pages) this.rowCounts.set(id, rows.length);
    this.groups = null;
    this.pages.clear();
  }

  private async groupNodes(): Promise<TreeNode[]> {
    this.groups ??= await this.fetchGroups(undefined, this.wanted(ROOT));
    const { by } = this.query();
    const nodes: TreeNode[] = this.groups.rows.map((group, index) => ({
      kind: 'group',
      id: `${by}:${group.key === null ? '' : `=${group.key}`}`,
      by,
      group,
      isNewest: index === 0,
    }));
    return this.groups.nextBefore === null ? nodes : [...nodes, moreNode(null)];
  }

  private async foundNodes(): Promise<TreeNode[]> {
    const { filter, scope } = this.query();
    const input = { query: filter, limit: PAGE_ROWS, neighbours: false, ...scope };
    const { results } = await this.service().call('search_memory', input);
    return results.map((memory) => memoryNode(memory, null));
  }

  private async loadPage(parent: GroupNode, previous: Rows<MemoryRecord> | null = null): Promise<Rows<MemoryRecord>> {
    const before = previous?.nextBefore ?? undefined;
    const { memories, next_before: nextBefore } = await this.service().call('list_memories', {
      ...this.query().scope,
      ...membersOf(parent),
      detail: 'snippet',
      limit: previous === null ? this.wanted(parent.id) : PAGE_ROWS,
      ...(before === undefined ? {} : { before }),
    });
    const page = append(previous, { rows: memories, nextBefore });
    this.pages.set(parent.id, page);
    return page;
  }

  private async fetchGroups(before: number | undefined, limit: number): Promise<Rows<MemoryGroup>> {
    const { by, scope } = this.query();
    const cursor = before === undefined ? {} : { before };
    const { groups, next_before } = await this.service().call('list_groups', { by, limit, ...scope, ...cursor });
    return { rows: groups, nextBefore: next_before };
  }

  private wanted(id: string): number {
    return Math.min(Math.max(this.rowCounts.get(id) ?? 0, PAGE_ROWS), MAX_RELOADED_ROWS);
  }
}

const ROOT = '';

function append<T>(previous: Rows<T> | null, next: Rows<T>): Rows<T> {
  return { rows: [...(previous?.rows ?? []), ...next.rows], nextBefore: next.nextBefore };
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

function memoryNode(memory: MemoryRecord, parent: GroupNode | null): MemoryNode {
  return { kind: 'memory', id: `${parent?.id ?? 'found'}#${memory.block_index}`, memory, parent };
}

function moreNode(parent: GroupNode | null): MoreNode {
  return { kind: 'more', id: `${parent?.id ?? 'root'}…`, parent };
}
