import assert from 'node:assert/strict';
import {
  MAX_ROWS_TOGETHER,
  MemoryTree,
  type MoreNode,
  PAGE_ROWS,
  type TreeNode,
  type TreeQuery,
} from '../../../../src/extension/views/memoryTree.js';
import type { MemoryService } from '../../../../src/protocol/memoryService.js';
import type { ListGroupsInput, ListMemoriesInput, SearchMemoryInput } from '../../../../src/protocol/operations.js';
import { memoryGroup, memoryRecord } from './rows.js';

type Asked = Pick<ListMemoriesInput, 'before' | 'limit'> & Pick<SearchMemoryInput, 'cursor'> & Partial<ListGroupsInput>;

/** Two pages and a half. */
const MEMORIES = 2.5 * PAGE_ROWS;

/**
 * A day of so many memories and one without a project, and a list of what was asked. A search finds them all, each page
 * after the first with the last memory of the one before once more.
 */
function service(asked: { operation: string; input: unknown }[]): MemoryService {
  const answer = (operation: string, input: Asked): unknown => {
    asked.push({ operation, input });
    if (operation === 'search_memory') return found(Number(input.cursor ?? 0), input.limit ?? 5);
    if (operation === 'list_groups') {
      const isFirst = input.before === undefined;
      const groups = isFirst ? [memoryGroup('2026-11-24', { blocks: MEMORIES })] : [memoryGroup(null, { blocks: 1 })];
      return { groups, next_before: isFirst ? 2 : null };
    }
    const newest = (input.before ?? MEMORIES) - 1;
    const count = Math.min(input.limit ?? 20, newest + 1);
    const memories = Array.from({ length: count }, (_, index) => memoryRecord(newest - index));
    return { memories, next_before: newest - count >= 0 ? newest - count + 1 : null };
  };
  return { call: (operation, input) => Promise.resolve(answer(operation, input as never) as never) };
}

function found(offset: number, limit: number, all = MEMORIES): unknown {
  const first = Math.max(0, offset - 1);
  const end = Math.min(offset + limit, all);
  const results = Array.from({ length: end - first }, (_, at) => ({ ...memoryRecord(first + at), score: 1 }));
  return { results, ...(end < all ? { next_cursor: String(end) } : {}), took_ms: 1 };
}

function longService(groups: number, memories: number): MemoryService {
  const page = <T>(
    all: number,
    { before = all, limit = 20 }: Asked,
    row: (index: number) => T,
  ): [T[], number | null] => {
    const rows = Array.from({ length: Math.min(limit, before) }, (_, at) => row(before - 1 - at));
    return [rows, before > limit ? before - limit : null];
  };
  const answer = (operation: string, input: Asked): unknown => {
    if (operation === 'search_memory') return found(Number(input.cursor ?? 0), input.limit ?? 5, 1_000);
    if (operation === 'list_groups') {
      const [rows, next_before] = page(groups, input, (newest) => memoryGroup(`day ${newest}`, { newest }));
      return { groups: rows, next_before };
    }
    const [rows, next_before] = page(memories, input, (index) => memoryRecord(index));
    return { memories: rows, next_before };
  };
  return { call: (operation, input) => Promise.resolve(answer(operation, input as never) as never) };
}

/** All rows of a list, as a person sees them who presses and unfolds whatever goes on. */
async function walk(tree: MemoryTree, parent: TreeNode | null): Promise<TreeNode[]> {
  for (;;) {
    const nodes = await tree.children(parent);
    assert.ok(nodes.length <= MAX_ROWS_TOGETHER + 1);
    const last = nodes.at(-1);
    if (last?.kind === 'more') await tree.loadMore(last);
    else if (last?.kind === 'older') return [...nodes.slice(0, -1), ...(await walk(tree, last))];
    else return nodes;
  }
}

describe('MemoryTree', () => {
  let asked: { operation: string; input: unknown }[];
  let query: TreeQuery;
  let tree: MemoryTree;

  beforeEach(() => {
    asked = [];
    query = { by: 'day', scope: { project: 'app', include_global: true }, filter: '' };
    const memory = service(asked);
    tree = new MemoryTree(
      () => memory,
      () => query,
    );
  });

  const kinds = (nodes: readonly TreeNode[]): string =>
    nodes.map(({ kind }) => (kind === 'more' ? '+' : kind[0])).join('');
  const lastOf = (nodes: readonly TreeNode[]): MoreNode => nodes.at(-1) as MoreNode;

  it('begins with groups of the scope, and fetches the next ones when asked for more', async () => {
    const groups = await tree.children(null);
    assert.equal(kinds(groups), 'g+');
    assert.deepEqual(asked, [{ operation: 'list_groups', input: { by: 'day', limit: PAGE_ROWS, ...query.scope } }]);
    await tree.loadMore(lastOf(groups));
    const all = await tree.children(null);
    assert.equal(kinds(all), 'gg');
    assert.equal(new Set(all.map(({ id }) => id)).size, 2);
  });

  it('lists a group page by page, and only the beginnings of texts', async () => {
    const [day] = await tree.children(null);
    assert.ok(day);
    const first = await tree.children(day);
    assert.equal(first.length, PAGE_ROWS + 1);
    const { input } = asked.at(-1) ?? {};
    assert.deepEqual(input, { ...query.scope, day: '2026-11-24', detail: 'snippet', limit: PAGE_ROWS });
    await tree.loadMore(lastOf(first));
    await tree.loadMore(lastOf(first));
    const all = await tree.children(day);
    assert.equal(kinds(all), 'm'.repeat(MEMORIES));
    assert.equal(new Set(all.map(({ id }) => id)).size, MEMORIES);
    assert.equal(asked.length, 4);
  });

  it('asks again for as many rows as were there, after something was written', async () => {
    const [day] = await tree.children(null);
    assert.ok(day);
    await tree.loadMore(lastOf(await tree.children(day)));
    tree.forget();
    assert.equal((await tree.children(day)).length, 2 * PAGE_ROWS + 1);
    assert.equal((asked.at(-1)?.input as ListMemoriesInput).limit, 2 * PAGE_ROWS);
  });

  it('lists a project as itself, and what belongs to none only where that is asked for', async () => {
    query = { ...query, by: 'project' };
    const groups = await tree.children(null);
    await tree.loadMore(lastOf(groups));
    for (const group of await tree.children(null)) await tree.children(group);
    const lists = asked.filter(({ operation }) => operation === 'list_memories').map(({ input }) => input);
    assert.deepEqual(
      lists.map((input) => (input as ListMemoriesInput).project),
      ['2026-11-24', null],
    );
    for (const input of lists) assert.equal((input as ListMemoriesInput).include_global, false);
  });

  it('shows what a filter finds instead of groups', async () => {
    query = { ...query, filter: 'queue' };
    const nodes = await tree.children(null);
    assert.deepEqual([nodes[0]?.id, kinds(nodes)], ['found#0', `${'m'.repeat(PAGE_ROWS)}+`]);
    assert.deepEqual(asked[0]?.input, { query: 'queue', limit: PAGE_ROWS, neighbours: false, ...query.scope });
  });

  it('goes on with what a filter found, page by page to the end, and each memory once', async () => {
    query = { ...query, filter: 'queue' };
    await tree.loadMore(lastOf(await tree.children(null)));
    const second = await tree.children(null);
    assert.equal(second.length, 2 * PAGE_ROWS + 1);
    await tree.loadMore(lastOf(second));
    const all = await tree.children(null);
    assert.equal(kinds(all), 'm'.repeat(MEMORIES));
    assert.deepEqual(
      all.map(({ id }) => id),
      Array.from({ length: MEMORIES }, (_, at) => `found#${at}`),
    );
    const cursors = asked.map(({ input }) => (input as SearchMemoryInput).cursor);
    assert.deepEqual(cursors, [undefined, String(PAGE_ROWS), String(2 * PAGE_ROWS)]);
    assert.ok(asked.every(({ operation }) => operation === 'search_memory'));
  });

  it('finds as many rows again after something was written, and one page for another filter', async () => {
    query = { ...query, filter: 'queue' };
    await tree.loadMore(lastOf(await tree.children(null)));
    tree.forget();
    assert.equal((await tree.children(null)).length, 2 * PAGE_ROWS + 1);
    query = { ...query, filter: 'journal' };
    tree.forget();
    assert.equal((await tree.children(null)).length, PAGE_ROWS + 1);
  });

  it('has nothing to add when "more" is pressed after the last page', async () => {
    const [day] = await tree.children(null);
    assert.ok(day);
    const more = lastOf(await tree.children(day));
    for (let press = 0; press < 4; press++) await tree.loadMore(more);
    assert.equal(kinds(await tree.children(day)), 'm'.repeat(MEMORIES));
    query = { ...query, filter: 'queue' };
    tree.forget();
    const moreFound = lastOf(await tree.children(null));
    for (let press = 0; press < 4; press++) await tree.loadMore(moreFound);
    assert.equal(kinds(await tree.children(null)), 'm'.repeat(MEMORIES));
    const long = longService(2, 5 * MAX_ROWS_TOGETHER);
    tree = new MemoryTree(
      () => long,
      () => ({ ...query, filter: '' }),
    );
    const [longDay] = await tree.children(null);
    assert.ok(longDay);
    const moreOfLong = lastOf(await tree.children(longDay));
    for (let press = 0; press < 6; press++) await tree.loadMore(moreOfLong);
    assert.equal((await tree.children(longDay)).length, MAX_ROWS_TOGETHER + 1);
  });

  it('goes on below a row of its own where a list is long, so that no list grows without end', async () => {
    const days = 2 * MAX_ROWS_TOGETHER + 10;
    const memories = 2 * MAX_ROWS_TOGETHER + 10;
    const memory = longService(days, memories);
    tree = new MemoryTree(
      () => memory,
      () => query,
    );
    const groups = await walk(tree, null);
    assert.deepEqual(
      groups.map((node) => (node.kind === 'group' ? node.group.newest : NaN)),
      Array.from({ length: days }, (_, at) => days - 1 - at),
    );
    assert.deepEqual(
      groups.filter((node) => node.kind === 'group' && node.isNewest),
      groups.slice(0, 1),
    );
    const members = await walk(tree, groups[0] ?? null);
    assert.deepEqual(
      members.map((node) => (node.kind === 'memory' ? node.memory.block_index : NaN)),
      Array.from({ length: memories }, (_, at) => memories - 1 - at),
    );
    query = { ...query, filter: 'queue' };
    tree.forget();
    const foundNodes = await walk(tree, null);
    assert.deepEqual(
      foundNodes.map((node) => (node.kind === 'memory' ? node.memory.block_index : NaN)),
      Array.from({ length: 1_000 }, (_, at) => at),
    );
    for (const nodes of [groups, members, foundNodes]) {
      assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length);
    }
  });

  it('loads the next page also when the rows were forgotten after "more" was shown', async () => {
    const [day] = await tree.children(null);
    assert.ok(day);
    const more = lastOf(await tree.children(day));
    tree.forget();
    const [sameDay] = await tree.children(null);
    // The editor has another object for the day by now, and knows no other.
    assert.equal(await tree.loadMore(more), sameDay);
    assert.notEqual(sameDay, day);
    assert.equal((await tree.children(day)).length, 2 * PAGE_ROWS + 1);
    query = { ...query, filter: 'queue' };
    tree.forget();
    const moreFound = lastOf(await tree.children(null));
    tree.forget();
    await tree.loadMore(moreFound);
    assert.equal((await tree.children(null)).length, 2 * PAGE_ROWS + 1);
  });

  it('loads the next page also when the rows are forgotten while it is on its way', async () => {
    const [day] = await tree.children(null);
    assert.ok(day);
    const loading = tree.loadMore(lastOf(await tree.children(day)));
    tree.forget();
    await Promise.all([tree.children(null), tree.children(day), loading]);
    assert.equal((await tree.children(day)).length, 2 * PAGE_ROWS + 1);
  });

  it('never takes the answer to an earlier question for one to the next', async () => {
    let answer: () => void = () => assert.fail('Nothing was asked.');
    const memory = service(asked);
    const held = new Promise<void>((resolve) => (answer = resolve));
    let isFirst = true;
    const slow: MemoryService = {
      call: async (operation, input) => {
        const isHeld = isFirst;
        isFirst = false;
        if (isHeld) await held;
        return memory.call(operation, input);
      },
    };
    tree = new MemoryTree(
      () => slow,
      () => query,
    );
    const early = tree.children(null);
    query = { ...query, by: 'branch' };
    tree.forget();
    const branches = await tree.children(null);
    answer();
    assert.match((await early)[0]?.id ?? '', /^day:/);
    assert.deepEqual(await tree.children(null), branches);
    assert.match(branches[0]?.id ?? '', /^branch:/);
  });
});
