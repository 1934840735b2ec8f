import assert from 'node:assert/strict';

import type { SqlJsStatic } from 'sql.js';

import { loadEngine, Sql } from '../../../src/storage/engine.js';
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
    return SearchIndex.openFile(disk, sqljs, PATH, image.sql);
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
    index.close();
  }

  function found(index: SearchIndex, ...tokens: readonly string[]): number[] {
    return index.candidates(tokens).matches.map(({ blockIndex }) => blockIndex);
  }

  it('is empty where there is none, and catches up', () => {
    addBlocks('the cache is cold', 'a warm cache');
    const index = open();
    assert.equal(index.lastBlock, -1);
    assert.equal(index.catchUp(), true);
    assert.deepEqual([index.lastBlock, found(index, 'cache'), found(index, 'cold')], [1, [0, 1], [0]]);
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
    const { documentCount, averageLength, documentFrequencies, matches } = built().candidates(['cold', 'cache', 'no']);
    assert.deepEqual([documentCount, averageLength, documentFrequencies], [3, 2, [1, 2, 0]]);
    assert.deepEqual(matches, [
      { blockIndex: 0, length: 3, frequencies: [2, 1, 0] },
      { blockIndex: 1, length: 1, frequencies: [0, 1, 0] },
    ]);
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
      index.close();
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
      store((bytes) => bytes.subarray(0, 5000));
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
      store((bytes) => {
        const sql = new Sql(sqljs, bytes);
        sql.run('UPDATE position SET tokens_version = tokens_version + 1');
        const changed = Buffer.from(sql.export());
        sql.close();
        return changed;
      });
      assertBuiltAgain();
    });

    it('when it cannot be read', () => {
      store();
      disk.fail({ call: 'readAll', errno: 'EIO' });
      assertBuiltAgain();
    });
  });

  describe('whose inside is scratched', () => {
    beforeEach(() => {
      addBlocks(...Array.from({ length: 400 }, (_, index) => `word${index} common`));
      // Everything but the schema and the position, so that it shows only in use.
      store((bytes) => {
        const sql = new Sql(sqljs, bytes);
        const pages = sql.all(
          `SELECT rootpage FROM sqlite_master WHERE name IN ('terms_segdir', 'terms_segments', 'terms_docsize')`,
        );
        sql.close();
        for (const [page] of pages) bytes.fill(0xff, (Number(page) - 1) * 4096, Number(page) * 4096);
        return bytes;
      });
    });

    it('answers all the same, built again', () => {
      const index = open();
      assert.equal(index.lastBlock, 399);
      assert.deepEqual(found(index, 'word7'), [7]);
      assert.equal(index.candidates(['common']).matches.length, 400);
    });

    it('catches up all the same, built again', () => {
      addBlocks('one more');
      const index = built();
      assert.deepEqual([index.lastBlock, found(index, 'more'), found(index, 'word7')], [400, [400], [7]]);
    });
  });
});
