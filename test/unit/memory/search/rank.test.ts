import assert from 'node:assert/strict';

import { Ranker, type RankRequest } from '../../../../src/memory/search/rank.js';
import type { Ranked } from '../../../../src/memory/search/ranked.js';
import { loadEngine } from '../../../../src/storage/engine.js';
import { Image } from '../../../../src/storage/image.js';
import { SearchIndex } from '../../../../src/storage/searchIndex.js';
import { queryWords } from '../../../../src/text/queryWords.js';

const NOW_MS = Date.UTC(2026, 5, 30);

interface Block {
  readonly text: string;
  readonly at?: string;
  readonly project?: string;
  readonly before?: number;
  readonly importance?: number;
}

describe('the ranking', () => {
  let image: Image;

  beforeEach(async () => {
    image = new Image(await loadEngine(), null);
  });

  afterEach(() => image.close());

  function indexOf(...blocks: readonly (Block | string)[]): SearchIndex {
    for (const [at, given] of blocks.entries()) {
      // A project of its own for each, so that only those that say so are neighbours.
      const block = typeof given === 'string' ? { text: given, project: `p${at}` } : given;
      const before = block.before === undefined ? null : `h${block.before}`;
      const timestamp = block.at ?? '2026-06-01T00:00:00';
      const row = [
        at,
        timestamp,
        block.text,
        block.importance ?? 0.5,
        `h${at}`,
        '',
        null,
        before,
        '[]',
        '[]',
        0,
        0,
        0,
        null,
        0,
        0,
      ] as const;
      image.applyRows([['insert', 'blocks', row]]);
      image.sql.run('INSERT INTO greeum_blocks VALUES (?, ?, NULL)', [at, block.project ?? 'same']);
    }
    const index = SearchIndex.open(null, image.sql);
    index.catchUp();
    return index;
  }

  function rank(
    index: SearchIndex,
    query: string,
    more: Partial<RankRequest> = {},
    ranker: Ranker = new Ranker(),
  ): Ranked[] {
    return ranker.rank(index, {
      words: queryWords(query),
      time: null,
      nowMs: NOW_MS,
      count: 10,
      accepts: null,
      nearness: null,
      slotHeads: [],
      links: () => [],
      replacementOf: () => null,
      neighbours: true,
      ...more,
    }).found;
  }

  const blocksOf = (found: readonly Ranked[]): number[] => found.map(({ blockIndex }) => blockIndex);

  it('puts what has more of the words first', () => {
    const index = indexOf('the cache is warm', 'a cold cache', 'cold water', 'bridge');
    assert.deepEqual(blocksOf(rank(index, 'cold cache'))[0], 1);
    assert.ok(!blocksOf(rank(index, 'cold cache')).includes(3));
  });

  it('lets a rare word count more than a frequent one', () => {
    const index = indexOf('common rare', ...Array.from({ length: 20 }, () => 'common word'), 'rare thing');
    assert.deepEqual(blocksOf(rank(index, 'common rare')).slice(0, 2), [0, 21]);
  });

  it('puts the newest of equals first', () => {
    assert.deepEqual(blocksOf(rank(indexOf('cache', 'cache', 'cache'), 'cache')), [2, 1, 0]);
  });

  it('lets day, importance and slots decide between equals, and nothing more than that', () => {
    const old = '2024-01-01T00:00:00';
    const index = indexOf(
      { text: 'cold cache', at: old, project: 'a' },
      { text: 'cold cache', at: old, project: 'b', importance: 1 },
      { text: 'cold cache', at: '2026-06-29T00:00:00', project: 'c' },
      { text: 'cache', at: '2026-06-29T00:00:00', project: 'd', importance: 1 },
    );
    assert.deepEqual(blocksOf(rank(index, 'cold cache')).at(-1), 3, 'what has less of the words stays behind');
    const [plain = 0, important = 0, recent = 0] = [0, 1, 2].map(
      (block) => rank(index, 'cold cache').find(({ blockIndex }) => blockIndex === block)?.score,
    );
    assert.ok(important > plain && recent > plain);
    assert.ok(Math.max(important, recent) - plain < 0.02, 'they are small terms');
    assert.deepEqual(blocksOf(rank(index, 'cold cache', { slotHeads: [0] }))[0], 0);
  });

  it('gives a memory that has it all about 1, and one that has little of it little', () => {
    const index = indexOf(
      'postgres connection pool',
      'swimming pool',
      ...Array.from({ length: 30 }, (_, at) => `other ${at}`),
    );
    const [best, second] = rank(index, 'postgres connection pool');
    assert.ok((best?.score ?? 0) > 0.8 && (second?.score ?? 1) < 0.5);
    assert.deepEqual(rank(index, 'zebra'), []);
  });

  it('finds by another ending, by a slip of the pen, by another word and by another language', () => {
    const index = indexOf('we deploy on Tuesdays', 'kubernetes upgrade', '결제 오류', 'ClickHouse TTL');
    for (const [query, block] of [
      ['deployments', 0],
      ['rollout', 0],
      ['배포', 0],
      ['kubernets', 1],
      ['payment', 2],
      ['클릭하우스', 3],
    ] as const) {
      assert.equal(blocksOf(rank(index, query))[0], block, query);
    }
  });

  it('counts a word itself more than another word for it', () => {
    assert.deepEqual(blocksOf(rank(indexOf('the rollout failed', 'deployment notes'), 'deployment'))[0], 1);
  });

  it('lends score to what stands beside it in the same project on the same day', () => {
    const index = indexOf(
      { text: 'checkout answered 503' },
      { text: 'a migration held a lock' },
      { text: 'lunch', at: '2026-06-09' },
      { text: 'lunch', project: 'another' },
    );
    const found = rank(index, 'checkout 503');
    assert.deepEqual(blocksOf(found), [0, 1]);
    assert.deepEqual([found[1]?.parts.words, (found[1]?.parts.context ?? 0) > 0], [0, true]);
    assert.deepEqual(
      found.map(({ isNeighbour }) => isNeighbour),
      [false, true],
    );
    assert.deepEqual(blocksOf(rank(index, 'checkout 503', { neighbours: false })), [0]);
  });

  it('puts what is replaced below what replaces it, and brings that along', () => {
    const index = indexOf(
      'tokens live for an hour',
      'they live for ten minutes, as tokens do elsewhere',
      'Jenkins',
      'Y',
    );
    const replacementOf = (block: number): number | null => [1, null, 3][block] ?? null;
    const found = rank(index, 'tokens live for an hour', { replacementOf });
    assert.deepEqual(blocksOf(found), [1, 0]);
    for (const { score, parts } of found) {
      assert.ok(Math.abs(Object.values(parts).reduce((sum: number, part) => sum + Number(part), 0) - score) < 1e-9);
    }
    assert.deepEqual(blocksOf(rank(index, 'tokens live for an hour', { replacementOf, count: 1 })), [1]);
    assert.deepEqual(blocksOf(rank(index, 'Jenkins', { replacementOf })), [3, 2]);
    // Written by somebody else: in a circle.
    const circle = rank(index, 'tokens live', { replacementOf: (block) => (block > 1 ? null : 1 - block) });
    assert.deepEqual(new Set(blocksOf(circle)), new Set([0, 1]));
  });

  it('lends score along links and branches', () => {
    const index = indexOf(
      { text: 'pool exhausted', project: 'a' },
      { text: 'pool note', project: 'b' },
      { text: 'pool note', project: 'c', before: 0 },
    );
    const linked = rank(index, 'pool exhausted', {
      links: (block) => (block === 0 ? [{ blockIndex: 1, strength: 1 }] : []),
    });
    const context = new Map(linked.map(({ blockIndex, parts }) => [blockIndex, parts.context]));
    assert.ok((context.get(1) ?? 0) > 0 && (context.get(2) ?? 0) > 0);
  });

  it('takes a time for one more word', () => {
    const index = indexOf(
      { text: 'cache outage', at: '2026-05-01', project: 'a' },
      { text: 'cache outage', at: '2026-06-20', project: 'b' },
    );
    const time = { firstMs: Date.UTC(2026, 4, 1), lastMs: Date.UTC(2026, 4, 2) - 1 };
    assert.deepEqual(blocksOf(rank(index, 'cache outage', { time })), [0, 1]);
    assert.deepEqual(blocksOf(rank(index, '', { time })), [0]);
  });

  it('finds nothing that the filter keeps out, and all that it lets through', () => {
    const index = indexOf(...Array.from({ length: 300 }, () => 'cache'));
    assert.deepEqual(blocksOf(rank(index, 'cache', { accepts: (document) => document === 7 })), [7]);
  });

  it('is the same for the same question, whatever was asked before', () => {
    const index = indexOf('cold cache', 'warm cache', 'bridge');
    const ranker = new Ranker();
    const ask = (query: string): Ranked[] => rank(index, query, {}, ranker);
    const first = ask('cache');
    ask('bridge warm');
    assert.deepEqual(ask('cache'), first);
  });

  describe('with nearness in meaning', () => {
    const near = (...values: readonly number[]): Partial<RankRequest> => ({ nearness: Float32Array.from(values) });

    it('finds what has none of the words, and tells how much that gave', () => {
      const index = indexOf('the ferry leaves', 'a crate of apples', 'nobody fed the parrot');
      const [best, ...others] = rank(index, 'boat', { ...near(1, 0, 0), neighbours: false });
      assert.deepEqual([best?.blockIndex, best?.isNeighbour, others], [0, false, []]);
      assert.ok(Math.abs((best?.parts.meaning ?? 0) - 0.5) < 1e-6);
    });

    it('puts what has the words and the meaning before what has one of them', () => {
      const index = indexOf('cache of the shop', 'the cache is cold', 'a slow store of pages');
      assert.deepEqual(blocksOf(rank(index, 'cold cache', near(0, 0.9, 0.9))), [1, 2, 0]);
    });

    it('keeps to the filter', () => {
      const index = indexOf('the ferry leaves', 'a crate of apples');
      const only = { ...near(1, 0.5), accepts: (document: number) => document === 1, neighbours: false };
      assert.deepEqual(blocksOf(rank(index, 'boat', only)), [1]);
    });

    it('ranks as without it where nothing is nearer than the rest', () => {
      const index = indexOf('the cache is warm', 'a cold cache', 'cold water', 'bridge');
      assert.deepEqual(rank(index, 'cold cache', near(0, 0, 0, 0)), rank(index, 'cold cache'));
    });
  });
});
