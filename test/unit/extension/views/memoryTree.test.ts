import assert from 'node:assert/strict';
import {
  MemoryTree,
  type MoreNode,
  PAGE_ROWS,
  type TreeNode,
  type TreeQuery,
} from '../../../../src/extension/views/memoryTree.js';
import type { MemoryService } from '../../../../src/protocol/memoryService.js';
import type { ListGroupsInput, ListMemoriesInput } from '../../../../src/protocol/operations.js';
import { memoryGroup, memoryRecord } from './rows.js';

/** A day of 250 memories and one without a project, and a list of what was asked. */
function service(asked: { operation: string; input: unknown }[]): MemoryService {
  const answer = (operation: string, input: ListMemoriesInput & ListGroupsInput): unknown => {
    asked.push({ operation, input });
    if (operation === 'search_memory') return { results: [{ ...memoryRecord(7), score: 1 }], took_ms: 1 };
    if (operation === 'list_groups') {
      const isFirst = input.before === undefined;
      const groups = isFirst ? [memoryGroup('2026-11-24', { blocks: 250 })] : [memoryGroup(null, { blocks: 1 })];
      return { groups, next_before: isFirst ? 2 : null };
    }
    const newest = (input.before ?? 250) - 1;
    const count = Math.min(input.limit ?? 20, newest + 1);
    const memories = Array.from({ length: count }, (_, index) => memoryRecord(newest - index));
    return { memories, next_before: newest - count >= 0 ? newest - count + 1 : null };
  };
  return { call: (operation, input) => Promise.resolve(answer(operation, input as never) as never) };
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

  const kinds = (nodes: readonly TreeNode[]): string => nodes.map(({ kind }) => kind[0]).join('');
  const lastOf = (nodes: readonly TreeNode[]): MoreNode => nodes.at(-1) as MoreNode;

  it('begins with groups of the scope, and fetches the next ones when asked for more', async () => {
    const groups = await tree.children(null);
    assert.equal(kinds(groups), 'gm');
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
    assert.equal(kinds(all), 'm'.repeat(250));
    assert.equal(new Set(all.map(({ id }) => id)).size, 250);
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
    assert.deepEqual(
      (await tree.children(null)).map(({ id }) => id),
      ['found#7'],
    );
    assert.deepEqual(asked[0]?.input, { query: 'queue', limit: PAGE_ROWS, neighbours: false, ...query.scope });
  });
});
