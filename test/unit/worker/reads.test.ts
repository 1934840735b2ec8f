import assert from 'node:assert/strict';

import type {
  AddMemoryInput,
  ListGroupsInput,
  ListMemoriesInput,
  SearchMemoryInput,
} from '../../../src/protocol/operations.js';
import { isReadOperation, Reads } from '../../../src/worker/reads.js';
import { emptyDisk, TestMemory } from '../../support/memory.js';

const FILES = { data_dir: '/memory', database: '/memory/memory.db', database_bytes: 1, journal_bytes: 2 };

describe('reading', () => {
  let memory: TestMemory;
  let reads: Reads;
  let clockMs: number;

  beforeEach(async () => {
    memory = await TestMemory.open(emptyDisk());
    clockMs = 0;
    reads = new Reads({
      queries: memory.store.queries,
      index: () => memory.store.index,
      files: () => FILES,
      monotonicMs: () => (clockMs += 1.23456),
      nowMs: () => Date.UTC(2026, 5, 30),
    });
  });

  afterEach(() => memory.store.close());

  function add(...inputs: readonly AddMemoryInput[]): Promise<unknown> {
    return memory.add(...inputs);
  }

  function search(input: SearchMemoryInput): number[] {
    return reads.run('search_memory', input).results.map((hit) => hit.block_index);
  }

  it('knows its own operations', () => {
    assert.deepEqual(
      (['search_memory', 'list_anchors', 'add_memory', 'flush', 'verify'] as const).map(isReadOperation),
      [true, true, false, false, false],
    );
  });

  it('finds what has the words, the best first, and says how long it took', async () => {
    await add(
      { content: 'cold cache' },
      { content: 'cache of cold food, cold drinks and more' },
      { content: 'bridge', project: 'another' },
    );
    const { results, took_ms } = reads.run('search_memory', { query: 'cold cache' });
    assert.deepEqual(
      results.map((hit) => hit.block_index),
      [0, 1],
    );
    assert.ok((results[0]?.score ?? 0) > (results[1]?.score ?? 0) && took_ms === 1.235);
  });

  it('puts what another memory replaces below it', async () => {
    const newer = 'billing belongs to Carla since the team was reorganised last spring, as everybody was told by mail';
    await add({ content: 'billing: Anna' }, { content: newer, supersedes: 0 });
    assert.deepEqual(search({ query: 'billing' }), [1, 0]);
  });

  it('marks what only stands beside a match, and leaves it out when asked to', async () => {
    await add({ content: 'Redis was too slow for the queue.' }, { content: 'The logo is green.' });
    const { results } = reads.run('search_memory', { query: 'queue' });
    assert.deepEqual(
      results.map(({ block_index, neighbour }) => [block_index, neighbour]),
      [
        [0, undefined],
        [1, true],
      ],
    );
    assert.deepEqual(search({ query: 'queue', neighbours: false }), [0]);
  });

  it('finds at most as many as it is asked for', async () => {
    await add(...Array.from({ length: 9 }, (_, index) => ({ content: `cache number ${index}` })));
    assert.deepEqual([search({ query: 'cache' }).length, search({ query: 'cache', limit: 7 }).length], [5, 7]);
  });

  it('finds only what the filters let through, however many do not come through', async () => {
    const of = (content: string, more: Partial<AddMemoryInput>): AddMemoryInput => ({
      content: `cache ${content}`,
      ...more,
    });
    await add(
      of('one', { slot: 'A', project: 'p', tags: ['x', 'y'] }),
      of('two', { slot: 'B', project: 'q', tags: ['x'] }),
      of('three', { slot: 'A', project: 'p', occurred_at: '2020-02-02' }),
      ...Array.from({ length: 30 }, () => of('cache cache', { slot: 'C' })),
    );
    const query = 'cache';
    assert.deepEqual(search({ query, slot: 'A' }).sort(), [0, 2]);
    assert.deepEqual(search({ query, project: 'q' }), [1]);
    assert.deepEqual(search({ query, tags: ['y', 'x'] }), [0]);
    assert.deepEqual(search({ query, until: '2020-02-03' }), [2]);
    assert.deepEqual(search({ query, since: '2020-02-02', until: '2020-02-02T23:59:59' }), [2]);
    assert.deepEqual(search({ query, since: '2999-01-01' }), []);
  });

  it('shows a passage, all of it, or nothing', async () => {
    const content = `${'long before it. '.repeat(40)}The cache is cold. ${'Long after it. '.repeat(40)}`.trim();
    await add({ content });
    const shown = (detail?: 'snippet' | 'full' | 'ids'): string =>
      reads.run('search_memory', { query: 'cache', ...(detail === undefined ? {} : { detail }) }).results[0]?.context ??
      '';
    assert.equal(shown('full'), content);
    assert.equal(shown('ids'), '');
    assert.ok(shown().includes('cache is cold') && shown().length < 300);
    assert.equal(shown('snippet'), shown());
  });

  it('says which projects there are when one is unknown', async () => {
    assert.throws(() => search({ query: 'x', project: 'nobody’s' }), {
      code: 'unknown_project',
      hint: 'No project has memories yet.',
    });
    await add({ content: 'x', project: 'greeum' });
    assert.throws(() => reads.run('list_memories', { project: 'nobody’s' }), { hint: /: greeum\.$/ });
  });

  it('adds what belongs to no project to a project, which then need not be known', async () => {
    await add(
      { content: 'cache one', project: 'p' },
      { content: 'cache two' },
      { content: 'cache three', project: 'q' },
    );
    const scope = { project: 'p', include_global: true };
    const listed = (input: ListMemoriesInput): number[] =>
      reads.run('list_memories', input).memories.map((each) => each.block_index);
    assert.deepEqual(
      [search({ query: 'cache', ...scope }).sort(), listed(scope)],
      [
        [0, 1],
        [1, 0],
      ],
    );
    assert.deepEqual(listed({ project: 'new', include_global: true }), [1]);
    assert.deepEqual(listed({ project: null }), [1]);
    assert.throws(() => listed({ include_global: true }), { code: 'invalid_argument' });
  });

  it('lists a branch, a day, and the beginnings of texts', async () => {
    await add({ content: 'x'.repeat(1000), slot: 'A' }, { content: 'two', slot: 'B' });
    const { memories } = reads.run('list_memories', { detail: 'snippet' });
    const [newest, oldest] = memories;
    assert.deepEqual([newest?.context, oldest?.context], ['two', 'x'.repeat(240)]);
    const listed = (input: ListMemoriesInput): number[] =>
      reads.run('list_memories', input).memories.map((each) => each.block_index);
    assert.deepEqual(listed({ branch: oldest?.branch ?? '' }), [0]);
    assert.deepEqual(listed({ branch: null }), []);
    const day = oldest?.timestamp.slice(0, 10) ?? '';
    assert.deepEqual([listed({ day }), listed({ day: '1999-01-01' })], [[1, 0], []]);
    assert.throws(() => listed({ day: '2026-05-12T10:00' }), { code: 'invalid_date' });
  });

  it('groups memories by day, branch and project, newest group first, in pages', async () => {
    await add(
      { content: 'one', slot: 'A', project: 'p' },
      { content: 'two', slot: 'A' },
      { content: 'three', slot: 'B', project: 'q' },
    );
    const groups = (input: ListGroupsInput): (string | number | null)[][] =>
      reads.run('list_groups', input).groups.map(({ key, blocks, newest, title }) => [key, blocks, newest, title]);
    assert.deepEqual(groups({ by: 'project' }), [
      ['q', 1, 2, 'three'],
      [null, 1, 1, 'two'],
      ['p', 1, 0, 'one'],
    ]);
    assert.deepEqual(
      groups({ by: 'day' }).map(([, blocks, newest]) => [blocks, newest]),
      [[3, 2]],
    );
    const { memories } = reads.run('list_memories', {});
    assert.deepEqual(
      groups({ by: 'branch' }).map(([key]) => key),
      [...new Set(memories.map(({ branch }) => branch))],
    );
    assert.deepEqual(groups({ by: 'branch', project: 'p' }).length, 1);
    assert.deepEqual(groups({ by: 'project', project: 'p', include_global: true }).length, 2);
    const first = reads.run('list_groups', { by: 'project', limit: 2 });
    assert.equal(first.next_before, 1);
    assert.deepEqual(
      reads.run('list_groups', { by: 'project', limit: 2, before: 1 }).groups.map(({ key }) => key),
      ['p'],
    );
    assert.throws(() => reads.run('list_groups', { by: 'colour' }), { code: 'invalid_argument' });
  });

  it('draws the newest memories, what each continues, and the links among them', async () => {
    await add({ content: 'one', slot: 'A' }, { content: 'two', slot: 'A' }, { content: 'three', slot: 'B' });
    await memory.write(memory.command('update_associations', { add: [{ source: 2, target: 0, strength: 0.9 }] }));
    const { nodes, associations } = reads.run('memory_graph', {});
    assert.deepEqual(
      nodes.map(({ block_index, slot, title, continues }) => [block_index, slot, title, continues]),
      [
        [2, 'B', 'three', null],
        [1, 'A', 'two', 0],
        [0, 'A', 'one', null],
      ],
    );
    assert.deepEqual(associations, [{ source: 2, target: 0, type: 'semantic', strength: 0.9 }]);
    const part = reads.run('memory_graph', { limit: 2 });
    assert.deepEqual([part.nodes.length, part.nodes[1]?.continues, part.associations], [2, 0, []]);
  });

  it('tells where the next page begins, and that there is none', async () => {
    await add({ content: 'one' }, { content: 'two' }, { content: 'three' });
    const first = reads.run('list_memories', { limit: 2 });
    assert.deepEqual([first.memories.map((each) => each.block_index), first.next_before], [[2, 1], 1]);
    const second = reads.run('list_memories', { limit: 2, before: 1 });
    assert.deepEqual([second.memories.map((each) => each.block_index), second.next_before], [[0], null]);
    assert.equal(reads.run('list_memories', { limit: 3 }).next_before, null);
  });

  it('shows one memory, links, anchors and numbers', async () => {
    await add({ content: 'one' });
    assert.equal(reads.run('get_memory', { block_index: 0 }).memory.context, 'one');
    assert.deepEqual(reads.run('list_associations', {}), { associations: [] });
    assert.equal(reads.run('list_anchors', {}).anchors.length, 3);
    const stats = reads.run('get_memory_stats', {});
    assert.deepEqual([stats.blocks, stats.database_bytes, stats.journal_bytes], [1, 1, 2]);
  });

  it('refuses input that is none', () => {
    for (const [operation, input, code] of [
      ['search_memory', { query: ' ' }, 'empty_query'],
      ['search_memory', { query: 'x', limit: 0 }, 'invalid_limit'],
      ['get_memory', {}, 'invalid_argument'],
      ['get_memory', { block_index: 5 }, 'unknown_block'],
      ['list_memories', { slot: 'Z' }, 'unknown_slot'],
    ] as const) {
      assert.throws(() => reads.run(operation, input), { code });
    }
  });
});
