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
      secrets: 'redact',
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

  it('pages without gaps and repeats, whatever is written in between', async () => {
    const of = (index: number): AddMemoryInput => ({ content: `cache ${'x'.repeat(index)} number ${index}` });
    await add(...Array.from({ length: 11 }, (_, index) => of(index + 1)));
    const query = { query: 'cache', limit: 4 };
    const pages: number[][] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = reads.run('search_memory', { ...query, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.results.map((hit) => hit.block_index));
      cursor = page.next_cursor;
      await add({ content: `cache cache, written later: ${pages.length}` });
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [4, 4, 3],
    );
    assert.equal(new Set(pages.flat()).size, 11);
    assert.ok(Math.max(...pages.flat()) < 11);
  });

  it('takes a cursor for the search that gave it alone', async () => {
    await add({ content: 'cache one 1' }, { content: 'cache two 2' });
    const cursor = reads.run('search_memory', { query: 'cache', limit: 1 }).next_cursor ?? '';
    assert.equal(search({ query: 'cache', limit: 9, cursor }).length, 1);
    for (const input of [
      { query: 'caches', cursor },
      { query: 'cache', tags: ['x'], cursor },
      { query: 'cache', cursor: '' },
      { query: 'cache', cursor: `${cursor}0` },
      { query: 'cache', cursor: '9'.repeat(5000) },
    ]) {
      assert.throws(() => search(input), { code: 'invalid_argument', message: /cursor/ });
    }
  });

  it('tells near-duplicates once, but not when a number differs', async () => {
    const text = 'The nightly backup of the billing database runs on the replica and is kept for thirty days';
    await add(
      { content: text, allow_duplicate: true },
      { content: `${text}.`, allow_duplicate: true },
      { content: `${text}, port 5432`, allow_duplicate: true },
    );
    const { results } = reads.run('search_memory', { query: 'nightly backup' });
    assert.deepEqual(
      results.map(({ block_index, alike }) => [block_index, alike]),
      [
        [1, [0]],
        [2, undefined],
      ],
    );
    assert.equal(search({ query: 'nightly backup', duplicates: true }).length, 3);
    assert.equal(search({ query: 'nightly backup', duplicates: true, limit: 2 }).length, 2);
  });

  it('still fills a page when most of what is found is the same', async () => {
    const same = Array.from({ length: 40 }, () => ({ content: 'cache cache cache is cold', allow_duplicate: true }));
    await add({ content: 'a cache of many other things and more' }, ...same, { content: 'one cache among the others' });
    assert.deepEqual(new Set(search({ query: 'cache', limit: 3 })), new Set([40, 41, 0]));
  });

  it('mixes in what differs when asked to', async () => {
    await add(
      { content: 'cache cache eviction is slow today', project: 'a' },
      { content: 'cache cache eviction was slow again', project: 'b' },
      { content: 'the kitchen has a cache of tea, coffee, sugar and biscuits for the guests', project: 'c' },
    );
    const first = (diversity: number): number[] => search({ query: 'cache eviction slow', diversity, limit: 2 });
    assert.deepEqual([first(0).includes(2), first(0.7).includes(2)], [false, true]);
  });

  it('finds an exact phrase and words that begin as asked', async () => {
    await add(
      { content: 'The write  queue\nholds 10 000 commands', project: 'a' },
      { content: 'They queue before they write', project: 'b' },
      { content: 'the write queues', project: 'c' },
      { content: '배포는 화요일에 한다', project: 'd' },
      { content: 'the observability stack', project: 'e' },
    );
    assert.deepEqual(search({ query: '"Write queue"' }), [0]);
    assert.deepEqual(search({ query: 'commands "write queue" "holds 10"' }), [0]);
    assert.deepEqual(search({ query: '"queue write"' }), []);
    assert.deepEqual(search({ query: '"화요일"', neighbours: false }), [3]);
    assert.deepEqual(search({ query: 'obs*', neighbours: false }), [4]);
    assert.deepEqual(search({ query: 'obs', neighbours: false }), []);
    assert.deepEqual(search({ query: '"no other mark', neighbours: false }), []);
  });

  it('explains a score by its parts, and marks what matched', async () => {
    await add({ content: 'a cold cache' }, { content: 'a warm cache' });
    const [hit] = reads.run('search_memory', { query: 'cold cache', explain: true }).results;
    const { by_word: byWord = [], ...parts } = hit?.explanation ?? {};
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    assert.ok(Math.abs(sum(Object.values(parts)) - (hit?.score ?? 0)) < 1e-6);
    assert.deepEqual(
      byWord.map(({ word }) => word),
      ['cold', 'cache'],
    );
    assert.ok(Math.abs(sum(byWord.map(({ score }) => score)) - (hit?.explanation?.words ?? 0)) < 1e-6);
    assert.deepEqual(
      (hit?.matches ?? []).map(([from, to]) => hit?.context.slice(from, to)),
      ['cold', 'cache'],
    );
    assert.equal(reads.run('search_memory', { query: 'cache' }).results[0]?.explanation, undefined);
  });

  it('keeps within the tokens it is given, and leads to the rest', async () => {
    await add(...Array.from({ length: 6 }, (_, at) => ({ content: `cache ${at} ${`word${at} `.repeat(150)}` })));
    const query = { query: 'cache', detail: 'full', limit: 6 } as const;
    const seen: number[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = reads.run('search_memory', {
        ...query,
        max_tokens: 1200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      assert.ok(JSON.stringify(page.results).length < 1200 * 4 && page.results.length > 0);
      seen.push(...page.results.map((hit) => hit.block_index));
      cursor = page.next_cursor;
    }
    assert.equal(new Set(seen).size, 6);
    assert.equal(seen.length, 6);
    const [only, ...others] = reads.run('search_memory', { ...query, max_tokens: 300 }).results;
    assert.deepEqual([others.length, only?.truncated], [0, true]);
  });

  it('understands times in words', async () => {
    await add(
      { content: 'cache one 1', occurred_at: '2026-06-24' },
      { content: 'cache two 2', occurred_at: '2026-05-01' },
    );
    const query = 'cache';
    assert.deepEqual(search({ query, since: 'last week' }), [0]);
    assert.deepEqual(search({ query, since: '지난주', until: 'last week' }), [0]);
    assert.deepEqual(search({ query, until: 'last month' }), [1]);
    const listed = reads.run('list_memories', { since: '10 days ago' }).memories;
    assert.deepEqual(
      listed.map((each) => each.block_index),
      [0],
    );
    assert.throws(() => search({ query, since: 'the week of the flood' }), { code: 'invalid_date' });
  });

  it('answers questions that mean harm, soon', async () => {
    await add({ content: 'cache NEAR the edge' }, { content: `${'a'.repeat(5000)} "cache"` });
    for (const query of [
      'cache NEAR/3 "edge" OR NOT (x:y) *^',
      '"" " "" *',
      '\u0007\u001b[31mcache\ufffe',
      'the of and 그 이',
      '***',
      `${'(a+)+'.repeat(300)}$`,
      '"'.repeat(2000),
      '* '.repeat(1000),
      'a'.repeat(2000),
      `${'a'.repeat(1999)}*`,
      '1 2 3 '.repeat(330),
      '가'.repeat(2000),
      '\u0301'.repeat(2000),
    ]) {
      const startMs = performance.now();
      assert.ok(Array.isArray(search({ query })), query);
      // Milliseconds where nothing runs away, minutes where something does.
      assert.ok(performance.now() - startMs < 5000, query);
    }
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
