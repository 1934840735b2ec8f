import assert from 'node:assert/strict';

import fc from 'fast-check';

import { Sql } from '../../../src/storage/engine.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { applyMendings, findMendings } from '../../../src/worker/mendBlocks.js';
import { emptyDisk, LAYOUT, TestMemory } from '../../support/memory.js';
import { check } from '../property.js';

const COLUMNS = ['context', 'timestamp', 'hash', 'prev_hash'] as const;

describe('a block that is not what its hash says', () => {
  let file: Uint8Array;
  let sqljs: Awaited<ReturnType<typeof loadEngine>>;

  before(async () => {
    sqljs = await loadEngine();
    const disk = emptyDisk();
    const memory = await TestMemory.open(disk);
    await memory.add('the bridge opens at noon', '다리는 정오에 열린다 🧠', 'a third one');
    await memory.checkpoint(disk);
    file = disk.bytesOf(LAYOUT.database);
  });

  function blocksOf(sql: Sql): unknown[] {
    return sql.all('SELECT block_index, timestamp, context, importance, hash, prev_hash FROM blocks');
  }

  function bytesOf(sql: Sql, column: string, block: number): Buffer {
    const cell = sql.get(`SELECT CAST(${column} AS BLOB) FROM blocks WHERE block_index = ?`, [block])?.[0];
    assert.ok(cell instanceof Uint8Array);
    return Buffer.from(cell);
  }

  it('is mended, whichever bit of its text, time or hashes is flipped', () => {
    const flips = fc.tuple(fc.constantFrom(...COLUMNS), fc.nat({ max: 2_000 }), fc.nat({ max: 7 }));
    check(
      fc.property(flips, ([column, at, bit]) => {
        const sql = new Sql(sqljs, file);
        const whole = blocksOf(sql);
        const bytes = bytesOf(sql, column, 1);
        const index = at % bytes.length;
        bytes.writeUInt8((bytes[index] ?? 0) ^ (1 << bit), index);
        sql.run(`UPDATE blocks SET ${column} = CAST(? AS TEXT) WHERE block_index = 1`, [bytes]);
        const mendings = findMendings(sql);
        assert.deepEqual(
          mendings.map(({ blockIndex }) => blockIndex),
          [1],
        );
        applyMendings(sql, mendings);
        assert.deepEqual(blocksOf(sql), whole);
        sql.close();
      }),
      25,
    );
  });

  it('is mended when its importance is', () => {
    const sql = new Sql(sqljs, file);
    const whole = blocksOf(sql);
    const flipped = Buffer.alloc(8);
    flipped.writeDoubleBE(0.5);
    flipped.writeUInt8((flipped[1] ?? 0) ^ 8, 1);
    sql.run('UPDATE blocks SET importance = ? WHERE block_index = 2', [flipped.readDoubleBE()]);
    applyMendings(sql, findMendings(sql));
    assert.deepEqual(blocksOf(sql), whole);
    sql.close();
  });

  it('stays as it is when more than one bit is wrong', () => {
    const sql = new Sql(sqljs, file);
    sql.run(`UPDATE blocks SET context = 'somebody else''s words' WHERE block_index = 1`);
    assert.deepEqual(findMendings(sql), []);
    sql.close();
  });

  it('is not looked for where all is well', () => {
    const sql = new Sql(sqljs, file);
    assert.deepEqual(findMendings(sql), []);
    sql.close();
  });
});
