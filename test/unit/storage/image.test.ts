import assert from 'node:assert/strict';

import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { writeState } from '../../../src/storage/schema.js';
import { dumpOf } from '../../support/dump.js';

describe('the image', () => {
  let image: Image;

  beforeEach(async () => {
    image = new Image(await loadEngine(), null);
  });

  afterEach(() => image.close());

  it('of a new directory is at frame 0 of epoch 0', () => {
    assert.deepEqual([image.appliedSequence, image.epoch], [0, 0]);
  });

  it('tells where its file stands', () => {
    writeState(image.sql, 'applied_sequence', '42');
    image.applyRows([['put', 'greeum_state', ['epoch', '7']]]);
    assert.deepEqual([image.appliedSequence, image.epoch], [42, 7]);
  });

  it('comes back from its file as it was', async () => {
    image.applyRows([
      ['insert', 'block_metadata', [0, '{"source":"cli"}']],
      ['insert', 'block_embeddings', [0, { base64: 'AAD/fw==' }, 'm', 1]],
      ['insert', 'block_tags', [null, 0, '메모리 🧠']],
    ]);
    const again = new Image(await loadEngine(), image.sql.export());
    assert.deepEqual(dumpOf(again.sql), dumpOf(image.sql));
    again.close();
  });

  it('goes on working after it was written out', () => {
    image.applyRows([['insert', 'block_metadata', [0, '{}']]]);
    image.sql.export();
    image.applyRows([['insert', 'block_metadata', [1, '{}']]]);
    assert.equal(dumpOf(image.sql)['block_metadata']?.length, 2);
  });

  it('keeps what a transaction did, and gives back its result', () => {
    const result = image.transaction(() => {
      image.applyRows([['insert', 'block_metadata', [0, '{}']]]);
      return 'done';
    });
    assert.deepEqual([result, dumpOf(image.sql)['block_metadata']], ['done', [[0, '{}']]]);
  });

  it('undoes a transaction that throws, numbering of rows included', () => {
    const before = dumpOf(image.sql);
    const work = (): void => {
      image.applyRows([['insert', 'block_tags', [null, 0, 'a']]]);
      throw new Error('changed its mind');
    };
    assert.throws(() => image.transaction(work), /changed its mind/);
    assert.deepEqual(dumpOf(image.sql), before);
    image.applyRows([['insert', 'block_tags', [null, 0, 'b']]]);
    assert.deepEqual(dumpOf(image.sql)['block_tags'], [[1, 0, 'b']]);
  });

  it('undoes one transaction and keeps those before it', () => {
    const add = (block: number): void => image.applyRows([['insert', 'block_metadata', [block, '{}']]]);
    const fail = (block: number): void => {
      add(block);
      throw new Error('changed its mind');
    };
    for (let block = 0; block < 20; block += 2) {
      image.transaction(() => add(block));
      assert.throws(() => image.transaction(() => fail(block + 1)), /changed its mind/);
      image.undone(() => add(block + 1));
    }
    assert.equal(dumpOf(image.sql)['block_metadata']?.length, 10);
  });
});
