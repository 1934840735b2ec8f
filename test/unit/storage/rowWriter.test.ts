import assert from 'node:assert/strict';

import type { RowWrite, TableName } from '../../../src/protocol/change.js';
import { TABLE_COLUMNS } from '../../../src/protocol/change.js';
import { loadEngine, Sql, type Cell } from '../../../src/storage/engine.js';
import { applyRow } from '../../../src/storage/rowWriter.js';
import { ensureSchema } from '../../../src/storage/schema.js';

const SLOT = ['A', 'c0ffee', null, 'cold cache', 12.5, 1, 0] as const;

describe('applying a row', () => {
  let sql: Sql;

  beforeEach(async () => {
    sql = new Sql(await loadEngine(), null);
    ensureSchema(sql);
  });

  afterEach(() => sql.close());

  function apply(...rows: readonly RowWrite[]): void {
    for (const row of rows) applyRow(sql, row);
  }

  function rows(table: TableName, columns = '*'): Cell[][] {
    return sql.all(`SELECT ${columns} FROM ${table} ORDER BY 1`);
  }

  /** A block with nothing in it but its index and this list of children. */
  function addBlock(after: string | null): void {
    apply(['insert', 'blocks', [7, 't', 'c', 0.5, 'h', '', null, null, after, '[]', 0, 0, 0, null, 0, 0]]);
  }

  it('inserts a new one', () => {
    apply(['insert', 'block_metadata', [3, '{}']]);
    assert.deepEqual(rows('block_metadata'), [[3, '{}']]);
  });

  it('does not insert where the key exists', () => {
    apply(['insert', 'block_metadata', [3, '{}']]);
    assert.throws(() => apply(['insert', 'block_metadata', [3, '{"other":1}']]), /UNIQUE/);
    assert.deepEqual(rows('block_metadata'), [[3, '{}']]);
  });

  it('lets SQLite number a row whose key is null', () => {
    apply(['insert', 'block_tags', [null, 3, 'a']], ['insert', 'block_tags', [null, 3, 'b']]);
    assert.deepEqual(rows('block_tags'), [
      [1, 3, 'a'],
      [2, 3, 'b'],
    ]);
  });

  it('puts one whether or not the key exists', () => {
    apply(['put', 'greeum_slots', SLOT], ['put', 'greeum_slots', ['A', null, null, '', 13, 0, 1]]);
    assert.deepEqual(sql.all(`SELECT * FROM greeum_slots WHERE slot_name = 'A'`), [['A', null, null, '', 13, 0, 1]]);
  });

  it('updates some columns of one row and leaves the others', () => {
    apply(['put', 'greeum_slots', SLOT], ['update', 'greeum_slots', 'A', { pinned: 1, summary: 'warm' }]);
    assert.deepEqual(sql.all(`SELECT * FROM greeum_slots WHERE slot_name = 'A'`), [
      ['A', 'c0ffee', null, 'warm', 12.5, 1, 1],
    ]);
  });

  it('keeps bytes as bytes', () => {
    apply(['insert', 'block_embeddings', [3, { base64: Buffer.from([0, 1, 254, 255]).toString('base64') }, 'm', 1]]);
    assert.deepEqual(rows('block_embeddings', 'embedding'), [[Uint8Array.of(0, 1, 254, 255)]]);
  });

  it('appends to a column that holds a JSON array', () => {
    addBlock('["a"]');
    apply(['append', 'blocks', 7, 'after', 'b"\n'], ['append', 'blocks', 7, 'after', '메']);
    assert.deepEqual(JSON.parse(String(rows('blocks', 'after')[0]?.[0])), ['a', 'b"\n', '메']);
  });

  for (const [what, before] of [
    ['null', null],
    ['no text', ''],
    ['no JSON', 'null, sort of'],
    ['a JSON object', '{"a":1}'],
    ['a JSON string', '"a"'],
  ] as const) {
    it(`begins a new array where others left ${what}`, () => {
      addBlock(before);
      apply(['append', 'blocks', 7, 'after', 'b']);
      assert.deepEqual(rows('blocks', 'after'), [['["b"]']]);
    });
  }

  it('deletes one by its key', () => {
    apply(['insert', 'block_metadata', [3, '{}']], ['insert', 'block_metadata', [4, '{}']]);
    apply(['delete', 'block_metadata', 3]);
    assert.deepEqual(rows('block_metadata'), [[4, '{}']]);
  });

  it('does nothing to a row that is not there', () => {
    apply(['update', 'blocks', 99, { slot: 'A' }], ['append', 'blocks', 99, 'after', 'x'], ['delete', 'blocks', 99]);
    assert.deepEqual(rows('blocks'), []);
  });

  it('refuses a column that its table does not have, because journal text becomes SQL here', () => {
    const name = 'slot" = 1; DROP TABLE blocks; --';
    assert.throws(() => apply(['update', 'blocks', 1, { [name]: 1 }]), /column/);
    assert.throws(() => apply(['append', 'blocks', 1, name, 'x']), /column/);
    assert.throws(() => apply(['update', 'blocks', 1, { pinned: 1 }]), /column/);
  });

  it('refuses a table that is not listed', () => {
    const table = 'sqlite_master' as TableName;
    for (const row of [
      ['insert', table, [1]],
      ['put', table, [1]],
      ['update', table, 1, { sql: '' }],
      ['append', table, 1, 'sql', ''],
      ['delete', table, 1],
    ] as const) {
      assert.throws(() => apply(row), row[0]);
    }
  });

  it('knows the columns of every listed table that a fresh database has, the key first', () => {
    const fresh = (Object.keys(TABLE_COLUMNS) as TableName[]).filter((table) => table !== 'consolidation_queue');
    for (const table of fresh) {
      const columns = sql.all(`SELECT name FROM pragma_table_info('${table}')`).map(([name]) => name);
      const key = sql.all(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0`).map(([name]) => name);
      assert.deepEqual([TABLE_COLUMNS[table], [TABLE_COLUMNS[table][0]]], [columns, key], table);
    }
  });
});
