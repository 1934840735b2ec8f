import assert from 'node:assert/strict';

import type { MemoryDetail, MemoryRecord } from '../../../src/protocol/operations.js';
import type { Queries } from '../../../src/storage/queries.js';
import { emptyDisk, TestMemory } from '../../support/memory.js';

function indexes(records: readonly MemoryRecord[]): number[] {
  return records.map((record) => record.block_index);
}

describe('queries', () => {
  let memory: TestMemory;
  let queries: Queries;

  beforeEach(async () => {
    memory = await TestMemory.open(emptyDisk());
    queries = memory.store.queries;
  });

  afterEach(() => memory.store.close());

  function detail(blockIndex: number): MemoryDetail {
    return queries.memory({ block_index: blockIndex });
  }

  it('show a memory with everything that was written with it', async () => {
    const [answer] = await memory.add({
      content: 'The cache is cold in winter',
      importance: 0.75,
      tags: ['ops', '캐시'],
      slot: 'B',
      project: 'greeum',
      metadata: { file: 'cache.ts', line: 3 },
      occurred_at: '2026-11-20',
    });
    const { hash } = answer as { hash: string };
    const found = queries.memory({ hash });
    assert.deepEqual(queries.memory({ block_index: 0 }), found);
    const { keywords, timestamp, branch, metadata, ...rest } = found;
    assert.ok(keywords.includes('cache') && keywords.includes('winter'));
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    assert.match(String(branch), /^[0-9a-f-]{36}$/);
    assert.deepEqual([metadata['file'], metadata['line'], metadata['source']], ['cache.ts', 3, 'api']);
    assert.deepEqual(rest, {
      block_index: 0,
      hash,
      context: 'The cache is cold in winter',
      importance: 0.75,
      slot: 'B',
      tags: ['ops', '캐시'],
      project: 'greeum',
      occurred_at: rest.occurred_at,
      source: 'api',
      client: null,
      superseded_by: null,
      prev_hash: '',
      before: null,
      after: [],
      associations: [],
    });
    assert.match(String(rest.occurred_at), /^2026-11-20T00:00:00/);
  });

  it('show a memory’s parent and children', async () => {
    await memory.add({ content: 'cold cache in winter', slot: 'A' }, { content: 'cold cache in spring', slot: 'A' });
    const [parent, child] = [detail(0), detail(1)];
    assert.deepEqual([parent.after, child.before, child.prev_hash], [[child.hash], parent.hash, parent.hash]);
  });

  it('say which memory is not there', () => {
    assert.throws(() => detail(7), { code: 'unknown_block', message: /block_index 7/ });
    assert.throws(() => queries.memory({ hash: 'c0ffee' }), { code: 'unknown_block', message: /hash c0ffee/ });
    assert.equal(queries.record(7), null);
  });

  it('read what others damaged as far as it can be read', async () => {
    await memory.add('one');
    memory.store.write({
      rows: [
        ['update', 'blocks', 0, { after: 'not JSON', slot: 'Z', root: null }],
        ['update', 'block_metadata', 0, { metadata: '[1]' }],
      ],
    });
    const { after, slot, branch, metadata } = detail(0);
    assert.deepEqual([after, slot, branch, metadata], [[], null, null, {}]);
  });

  it('list newest first, page by page', async () => {
    await memory.add('one', 'two', 'three', 'four', 'five');
    assert.deepEqual(indexes(queries.list({ limit: 2 })), [4, 3]);
    assert.deepEqual(indexes(queries.list({ limit: 2, before: 3 })), [2, 1]);
    assert.deepEqual(indexes(queries.list({ limit: 9, before: 1 })), [0]);
    assert.deepEqual(queries.list({ limit: 9, before: 0 }), []);
  });

  it('list one project, one slot, or one slot of a project', async () => {
    await memory.add(
      { content: 'one', slot: 'A', project: 'p' },
      { content: 'two', slot: 'B', project: 'p' },
      { content: 'three', slot: 'A', project: 'q' },
      { content: 'four', slot: 'A' },
    );
    assert.deepEqual(indexes(queries.list({ limit: 9, project: 'p' })), [1, 0]);
    assert.deepEqual(indexes(queries.list({ limit: 9, slot: 'A' })), [3, 2, 0]);
    assert.deepEqual(indexes(queries.list({ limit: 9, slot: 'A', project: 'p' })), [0]);
    assert.deepEqual(indexes(queries.list({ limit: 9, project: 'p', before: 1 })), [0]);
    assert.deepEqual(
      [queries.hasProject('p'), queries.hasProject('nobody’s'), queries.projectNames(9)],
      [true, false, ['p', 'q']],
    );
  });

  it('tell links of one memory in both directions, the strongest first, or of all, the newest first', async () => {
    await memory.add('one', 'two', 'three');
    await memory.write(
      memory.command('update_associations', {
        add: [
          { source: 0, target: 1, strength: 0.25 },
          { source: 2, target: 0, type: 'cause', strength: 0.75 },
        ],
      }),
    );
    const found = queries.associations(0, 9).filter(({ type }) => type !== 'temporal');
    assert.deepEqual(
      found.map(({ source, target, type, strength }) => [source, target, type, strength]),
      [
        [2, 0, 'cause', 0.75],
        [0, 1, 'semantic', 0.25],
      ],
    );
    assert.equal(queries.associations(null, 1)[0]?.type, 'cause');
    assert.deepEqual(queries.associations(99, 9), []);
  });

  it('tell the three anchors, also one whose memory is not there', async () => {
    await memory.add({ content: 'one', slot: 'B' });
    await memory.write(memory.importSlots([{ ...EMPTY_SLOT, slot: 'C', anchorHash: 'gone', lastSeen: 4e9 }]));
    await memory.write(memory.command('anchor_update', { slot: 'B', pinned: true }));
    assert.deepEqual(
      queries
        .anchors()
        .map(({ slot, block_index, hash, summary, pinned }) => [
          slot,
          block_index,
          hash?.length ?? null,
          summary,
          pinned,
        ]),
      [
        ['A', null, null, '', false],
        ['B', 0, 64, 'one', true],
        ['C', null, 4, '', false],
      ],
    );
  });

  it('count', async () => {
    assert.deepEqual(queries.stats(), {
      blocks: 0,
      branches: 0,
      associations: 0,
      tags: 0,
      projects: [],
      first_timestamp: null,
      last_timestamp: null,
    });
    await memory.add(
      { content: 'cold cache in winter', tags: ['x', 'y'], project: 'p', slot: 'A' },
      { content: 'cold cache in spring', tags: ['x'], project: 'p', slot: 'A' },
      { content: 'bridges open at noon', slot: 'B', project: 'q' },
    );
    const { first_timestamp, last_timestamp, associations, ...rest } = queries.stats();
    assert.deepEqual(rest, {
      blocks: 3,
      branches: 2,
      tags: 2,
      projects: [
        { name: 'p', blocks: 2 },
        { name: 'q', blocks: 1 },
      ],
    });
    assert.ok(associations >= 1 && String(first_timestamp) < String(last_timestamp));
  });
});

const EMPTY_SLOT = { topicVector: null, summary: '', hysteresis: 0 };
