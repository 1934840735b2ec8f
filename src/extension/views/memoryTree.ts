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
/** Rows fetched again when something was written: what is below them loads again as it is asked for. */
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

/** What one list has by now, and where it goes on; null: that is all. */
interface Rows<T, Cursor> {
  rows: T[];
  next: Cursor | null;
}

type Groups = Rows<MemoryGroup, number>;
type Members = Rows<MemoryRecord, number>;
type Found = Rows<MemoryRecord, string>;

/** Everything that was fetched for one question. */
class Fetched {
  groups: Groups | null = null;
  found: Found | null = null;
  readonly members = new Map<string, Members>();

  constructor(readonly query: TreeQuery) {}

  rowCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    if (this.groups !== null) counts.set(ROOT, this.groups.rows.length);
    if (this.found !== null) counts.set(foundId(this.query), this.found.rows.length);
    for (const [id, { rows }] of this.members) counts.set(id, rows.length);
    return counts;
  }
}

/** The rows under one node are fetched once and kept until {@link forget}; how many there were is remembered longer. */
export class MemoryTree {
  private fetched: Fetched | null = null;
  private rowCounts = new Map<string, number>();

  constructor(
    private readonly service: () => MemoryService,
    private readonly query: () => TreeQuery,
  ) {}

  /** @throws GreeumError when the worker cannot be asked */
  async children(parent: TreeNode | null): Promise<TreeNode[]> {
    // What is forgotten while it is on its way belongs to nobody, and is not taken for an answer to the next question.
    const fetched = this.now();
    if (parent === null) return fetched.query.filter === '' ? this.groupNodes(fetched) : this.foundNodes(fetched);
    if (parent.kind !== 'group') return [];
    const { rows, next } = await this.membersOnce(fetched, parent);
    const nodes: TreeNode[] = rows.map((memory) => memoryNode(memory, parent));
    return next === null ? nodes : [...nodes, moreNode(parent)];
  }

  /**
   * Fetches the next page below a node; the caller shows it. What was forgotten since the node was shown is fetched
   * first, or the page would be the one that is there.
   */
  async loadMore({ parent }: MoreNode): Promise<void> {
    const fetched = this.now();
    if (parent !== null) {
      await this.fetchMembers(fetched, parent, await this.membersOnce(fetched, parent));
    } else if (fetched.query.filter === '') {
      await this.fetchGroups(fetched, await this.groupsOnce(fetched));
    } else {
      await this.fetchFound(fetched, await this.foundOnce(fetched));
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

  private async groupNodes(fetched: Fetched): Promise<TreeNode[]> {
    const { rows, next } = await this.groupsOnce(fetched);
    const { by } = fetched.query;
    const nodes: TreeNode[] = rows.map((group, index) => ({
      kind: 'group',
      id: `${by}:${group.key === null ? '' : `=${group.key}`}`,
      by,
      group,
      isNewest: index === 0,
    }));
    return next === null ? nodes : [...nodes, moreNode(null)];
  }

  private async foundNodes(fetched: Fetched): Promise<TreeNode[]> {
    const { rows, next } = await this.foundOnce(fetched);
    const nodes: TreeNode[] = rows.map((memory) => memoryNode(memory, null));
    return next === null ? nodes : [...nodes, moreNode(null)];
  }

  private async groupsOnce(fetched: Fetched): Promise<Groups> {
    return fetched.groups ?? this.fetchGroups(fetched);
  }

  private async membersOnce(fetched: Fetched, parent: GroupNode): Promise<Members> {
    return fetched.members.get(parent.id) ?? this.fetchMembers(fetched, parent);
  }

  /** By pages, also where more rows were shown than one has: the worker limits what one search returns. */
  private async foundOnce(fetched: Fetched): Promise<Found> {
    const wanted = this.wanted(foundId(fetched.query));
    let found = fetched.found ?? (await this.fetchFound(fetched));
    while (found.next !== null && found.rows.length < wanted) found = await this.fetchFound(fetched, found);
    return found;
  }

  private async fetchGroups(fetched: Fetched, previous: Groups | null = null): Promise<Groups> {
    if (previous?.next === null) return previous;
    const { by, scope } = fetched.query;
    const limit = previous === null ? this.wanted(ROOT) : PAGE_ROWS;
    const input = { by, limit, ...scope, ...before(previous?.next) };
    const { groups, next_before } = await this.service().call('list_groups', input);
    fetched.groups = append(previous, { rows: groups, next: next_before });
    return fetched.groups;
  }

  private async fetchMembers(fetched: Fetched, parent: GroupNode, previous: Members | null = null): Promise<Members> {
    if (previous?.next === null) return previous;
    const { memories, next_before } = await this.service().call('list_memories', {
      ...fetched.query.scope,
      ...membersOf(parent),
      detail: 'snippet',
      limit: previous === null ? this.wanted(parent.id) : PAGE_ROWS,
      ...before(previous?.next),
    });
    const page = append(previous, { rows: memories, next: next_before });
    fetched.members.set(parent.id, page);
    return page;
  }

  private async fetchFound(fetched: Fetched, previous: Found | null = null): Promise<Found> {
    if (previous?.next === null) return previous;
    const { filter, scope } = fetched.query;
    const cursor = previous === null ? {} : { cursor: previous.next };
    const input = { query: filter, limit: PAGE_ROWS, neighbours: false, ...scope, ...cursor };
    const { results, next_cursor } = await this.service().call('search_memory', input);
    // What was written meanwhile may move a memory down to this page; a tree takes each row once.
    const shown = new Set(previous?.rows.map(({ block_index }) => block_index));
    const rows = results.filter(({ block_index }) => !shown.has(block_index));
    fetched.found = append(previous, { rows, next: next_cursor ?? null });
    return fetched.found;
  }

  private wanted(id: string): number {
    return Math.min(Math.max(this.rowCounts.get(id) ?? 0, PAGE_ROWS), MAX_RELOADED_ROWS);
  }
}

const ROOT = '';

/** Another filter begins with one page, however many rows of this one were shown. */
function foundId({ filter }: TreeQuery): string {
  return `found:${filter}`;
}

function append<T, C>(previous: Rows<T, C> | null, { rows, next }: Rows<T, C>): Rows<T, C> {
  return { rows: [...(previous?.rows ?? []), ...rows], next };
}

function before(next: number | null | undefined): { before?: number } {
  return next === null || next === undefined ? {} : { before: next };
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
