import assert from 'node:assert/strict';

import type { SqlJsStatic } from 'sql.js';

import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { SearchIndex } from '../../../src/storage/searchIndex.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PATH = '/index.db';

describe('the search index', () => {
  let sqljs: SqlJsStatic;
  let image: Image;
  let disk: SimulatedDisk;

  beforeEach(async () => {
    sqljs = await loadEngine();
    image = new Image(sqljs, null);
    disk = new SimulatedDisk();
  });

  afterEach(() => image.close());

  /** Adds these as the next blocks. */
  function addBlocks(...contents: readonly string[]): void {
    const first = Number(image.sql.get('SELECT count(*) FROM blocks')?.[0]);
    for (const [index, content] of contents.entries()) {
      const at = first + index;
      const row = [at, 't', content, 0.5, `hash ${content}`, '', null, null, '[]', '[]', 0, 0, 0, null, 0, 0] as const;
      image.applyRows([['insert', 'blocks', row]]);
    }
  }

  function open(): SearchIndex {
    return SearchIndex.openFile(disk, PATH, image.sql);
  }

  function built(): SearchIndex {
    const index = open();
    index.catchUp();
    return index;
  }

  /** Stores the index of what the image holds now, changed in this way. */
  function store(change: (bytes: Buffer) => Buffer = (bytes) => bytes): void {
    const index = built();
    disk.put(PATH, change(Buffer.from(index.export())));
  }

  /** Blocks that have any of these, in order. */
  function found(index: SearchIndex, ...tokens: readonly string[]): number[] {
    index.catchUp();
    const blocks = new Set<number>();
    for (const token of tokens) {
      const term = index.find(token);
      if (term >= 0) index.each(term, (document) => blocks.add(index.document(document).blockIndex));
    }
    return [...blocks].sort((a, b) => a - b);
  }

  it('is empty where there is none, and catches up', () => {
    addBlocks('the cache is cold', 'a warm cache');
    const index = open();
    assert.equal(index.lastBlock, -1);
    assert.equal(index.catchUp(), true);
    assert.deepEqual([index.lastBlock, found(index, 'cach'), found(index, 'cold')], [1, [0, 1], [0]]);
  });

  it('catches up in steps, and says when it is complete', () => {
    addBlocks('one', 'two', 'three', 'four', 'five');
    const index = open();
    assert.deepEqual([index.catchUp(2), index.lastBlock], [false, 1]);
    assert.deepEqual([index.catchUp(3), index.lastBlock], [true, 4]);
    addBlocks('six');
    assert.equal(index.catchUp(0), false);
    assert.equal(index.catchUp(1), true);
    assert.deepEqual(found(index, 'six'), [5]);
  });

  it('catches up with more blocks than it reads at a time', () => {
    addBlocks(...Array.from({ length: 1201 }, (_, index) => `word${index}`));
    const index = built();
    assert.deepEqual([found(index, 'word1200'), index.lastBlock], [[1200], 1200]);
  });

  it('counts what the ranking needs', () => {
    addBlocks('cold cold cache', 'cache', 'nothing of it');
    const index = built();
    const counts: [number, number][] = [];
    index.each(index.find('cold'), (document, frequency) => counts.push([document, frequency]));
    assert.deepEqual([index.documentCount, counts, index.documentFrequency(index.find('cach'))], [3, [[0, 2]], 2]);
    assert.deepEqual([[...index.lengths.subarray(0, 3)], index.averageLength], [[3, 1, 3], 7 / 3]);
  });

  it('knows of a block what it is filed under, when it happened and what it continues', () => {
    addBlocks('root', 'leaf');
    image.sql.run(`UPDATE blocks SET before = 'hash root', slot = 'B', importance = 1,
      timestamp = '2026-05-01T10:00:00.5' WHERE block_index = 1`);
    image.sql.run(`INSERT INTO greeum_blocks VALUES (1, 'atlas', '2026-05-02')`);
    image.sql.run(`INSERT INTO block_tags(block_index, tag) VALUES (1, 'two words'), (1, 'x')`);
    const index = built();
    const { whenMs, importance, slot, parent, project } = index.document(1);
    assert.deepEqual([whenMs, importance, slot, parent], [Date.UTC(2026, 4, 2), 1, 1, 0]);
    assert.ok(project >= 0 && index.document(0).project === -1);
    assert.deepEqual(
      [index.children(0), index.children(1), index.documentOf(1), index.documentOf(9)],
      [[1], [], 1, -1],
    );
    assert.equal(index.documentFrequency(index.findTag('two words')), 1);
    assert.deepEqual([index.findTag('two'), index.findProject('Atlas')], [-1, -1]);
    assert.deepEqual([found(index, 'atlas'), found(index, 'two')], [[1], [1]]);
  });

  it('finds terms by their beginning, by few wrong letters and by their sound', () => {
    addBlocks('kubernetes cluster', 'clusters clustering claw', '클릭하우스', 'ClickHouse');
    const index = built();
    const tokens = (terms: readonly number[]): string[] => terms.map((term) => index.token(term)).sort();
    assert.deepEqual(tokens(index.withPrefix('cluster', 9)), ['cluster']);
    assert.deepEqual(tokens(index.withPrefix('cl', 9)), ['claw', 'click', 'clickhous', 'cluster']);
    assert.equal(index.withPrefix('cl', 2).length, 2);
    assert.deepEqual(tokens(index.similarTo('kubernte', 3)), ['kubernet']);
    assert.deepEqual(tokens(index.similarTo('clxstyr', 3)), []);
    assert.deepEqual(tokens(index.soundingLike('클릭하우스')), ['clickhous']);
    assert.deepEqual(tokens(index.soundingLike('clickhous')), ['클릭하우스']);
  });

  it('finds nothing for nothing', () => {
    addBlocks('cache');
    assert.deepEqual(found(built()), []);
    assert.deepEqual(found(built(), 'absent'), []);
  });

  it('takes words of the query language for words', () => {
    addBlocks('to be or not to be', 'near and far');
    const index = built();
    assert.deepEqual([found(index, 'or'), found(index, 'not'), found(index, 'near', 'and')], [[0], [0], [1]]);
  });

  it('finds Korean by pairs of syllables', () => {
    addBlocks('메모리 서버', '서버실');
    assert.deepEqual(found(built(), '서버'), [0, 1]);
  });

  it('goes on from the stored one when it belongs to this memory', () => {
    addBlocks('one', 'two');
    store();
    addBlocks('three');
    const index = open();
    assert.equal(index.lastBlock, 1);
    index.catchUp();
    assert.deepEqual([found(index, 'one'), found(index, 'three')], [[0], [2]]);
  });

  describe('is built again', () => {
    beforeEach(() => addBlocks('one', 'two'));

    function assertBuiltAgain(): void {
      const index = open();
      assert.equal(index.lastBlock, -1);
      index.catchUp();
      assert.deepEqual([found(index, 'one'), found(index, 'two')], [[0], [1]]);
    }

    it('when it was deleted', assertBuiltAgain);

    it('when its file is empty', () => {
      disk.put(PATH, new Uint8Array(0));
      assertBuiltAgain();
    });

    it('when its file is no database', () => {
      disk.put(PATH, Buffer.from('no index at all'));
      assertBuiltAgain();
    });

    it('when its file is cut short', () => {
      store((bytes) => bytes.subarray(0, bytes.length - 5));
      assertBuiltAgain();
    });

    it('when it belongs to another memory with as many blocks', async () => {
      store();
      image.close();
      image = new Image(await loadEngine(), null);
      addBlocks('uno', 'one and two');
      const index = built();
      assert.deepEqual([found(index, 'two'), found(index, 'uno')], [[1], [0]]);
    });

    it('when it knows more blocks than the memory has', async () => {
      store();
      image.close();
      image = new Image(await loadEngine(), null);
      addBlocks('one');
      const index = built();
      assert.deepEqual([found(index, 'one'), found(index, 'two')], [[0], []]);
    });

    it('when its tokens were made in another way', () => {
      store((bytes) =>
        Buffer.from(bytes.toString('latin1').replace(/"tokensVersion":\d+/, '"tokensVersion":0'), 'latin1'),
      );
      assertBuiltAgain();
    });

    it('when a block before its last one is gone', () => {
      store();
      image.sql.run('DELETE FROM blocks WHERE block_index = 0');
      assert.equal(open().lastBlock, -1);
    });

    it('when Python has changed a block in place, which keeps its number and hash', () => {
      addBlocks('first text', 'second text');
      store();
      image.sql.run(
        "UPDATE blocks SET context = 'other text', visit_count = visit_count + 1 WHERE context = 'first text'",
      );
      const index = open();
      assert.deepEqual([found(index, 'first'), found(index, 'other'), found(index, 'second')], [[], [2], [3]]);
    });

    for (const call of ['open', 'read'] as const) {
      it(`when it cannot be read, because of its ${call}`, () => {
        store();
        disk.fail({ call, errno: 'EIO' });
        assertBuiltAgain();
      });
    }
  });

  it('is built again when any byte of its file is another', () => {
    addBlocks('one', 'two');
    store();
    const bytes = disk.readAll(PATH);
    for (let at = 0; at < bytes.length; at += 7) {
      const scratched = Buffer.from(bytes);
      scratched[at] = (scratched[at] ?? 0) ^ 0x55;
      disk.put(PATH, scratched);
      assert.deepEqual([found(open(), 'one'), found(open(), 'two')], [[0], [1]], `byte ${at}`);
    }
  });

  it('is the same read back from its file, and grows like the one that was never stored', () => {
    addBlocks(...Array.from({ length: 300 }, (_, index) => `word${index % 7} common text${index} 공통`));
    store();
    addBlocks(...Array.from({ length: 50 }, (_, index) => `word${index % 7} more`));
    const [restored, fresh] = [open(), SearchIndex.open(null, image.sql)];
    assert.equal(restored.lastBlock, 299);
    restored.catchUp();
    fresh.catchUp();
    assert.deepEqual(Buffer.from(restored.export()), Buffer.from(fresh.export()));
  });

  it('is opened a part at a time, and then holds what was written in between and is stored the same', () => {
    addBlocks('one cache', 'two caches');
    store();
    const opening = SearchIndex.opening(disk, PATH, image.sql);
    let yields = 0;
    for (let step = opening.next(); ; step = opening.next()) {
      if (step.done === true) {
        const index = step.value;
        assert.equal(index.lastBlock, 1);
        assert.deepEqual(found(index, 'cach', 'three'), [0, 1, ...Array.from({ length: yields }, (_, at) => 2 + at)]);
        assert.deepEqual(index.export(), built().export());
        assert.ok(yields >= 3, `${yields} yields`);
        return;
      }
      addBlocks(`three ${yields}`);
      yields += 1;
    }
  });
});
