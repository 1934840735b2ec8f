import assert from 'node:assert/strict';

import { Sql } from '../../../src/storage/engine.js';
import { emptyDisk, itEmbedded, TestMemory } from '../../support/memory.js';

/** Larger than a page of SQLite's, so that it needs new ones. */
const LONG = 'word '.repeat(2_000);

describe('a batch for which SQLite has no room', () => {
  const run = Reflect.get(Sql.prototype, 'run');
  /** Inserts of memories that are let through; then the image may not grow any more. */
  let left = Number.POSITIVE_INFINITY;

  before(() => {
    Sql.prototype.run = function (sql, values) {
      // As many pages as there are already.
      if (sql.startsWith('INSERT INTO blocks') && (left -= 1) < 0) run.call(this, 'PRAGMA max_page_count = 1');
      run.call(this, sql, values);
    };
  });

  after(() => {
    Sql.prototype.run = run;
  });

  function contentsOf({ store }: TestMemory): string[] {
    const memories = store.queries.list({ limit: 50 });
    return memories.map(({ block_index, context }) => `${block_index} ${context.slice(0, 5)}`).reverse();
  }

  for (const room of [0, 1, 3]) {
    // SQLite takes back the whole transaction then: also what fitted, and what would fit behind it.
    itEmbedded(`is refused as a whole, when ${room} of its memories fitted`, async () => {
      const disk = emptyDisk();
      const memory = await TestMemory.open(disk);
      await memory.add('first', 'other');

      left = room;
      const texts = ['long0', 'long1', 'long2', 'long3'].map((name) => `${name} ${LONG}`);
      const batch = [...texts, 'short'].map((content) => ({ content, idempotency_key: content.slice(0, 5) }));
      const answered = await memory.write(...batch.map((input) => memory.command('add_memory', input)));
      left = Number.POSITIVE_INFINITY;
      assert.deepEqual(
        answered.map(({ error }) => `${error?.code} ${error?.outcome}`),
        batch.map(() => 'memory_full not_written'),
      );
      assert.deepEqual(contentsOf(memory), ['0 first', '1 other']);

      await memory.add('short');
      const expected = ['0 first', '1 other', '2 short'];
      assert.deepEqual(contentsOf(memory), expected);
      await memory.close();
      const again = await TestMemory.open(disk);
      assert.deepEqual(contentsOf(again), expected);
      await again.close();
    });
  }
});
