import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { FORMAT_VERSION } from '../../../src/protocol/limits.js';
import { acceptDatabase } from '../../../src/storage/databaseFile.js';
import { loadEngine, Sql, type Cell } from '../../../src/storage/engine.js';
import { ensureSchema, hasTable, readState, writeState } from '../../../src/storage/schema.js';
import { dumpOf, schemaOf } from '../../support/dump.js';

const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3/data/memory.db');

async function fresh(): Promise<Sql> {
  const sql = new Sql(await loadEngine(), null);
  ensureSchema(sql);
  return sql;
}

async function fromPython(): Promise<Sql> {
  return new Sql(await loadEngine(), acceptDatabase(readFileSync(FIXTURE), FIXTURE));
}

function names(sql: Sql, type: 'table' | 'index'): string[] {
  return sql
    .all(`SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name`, [type])
    .map(([name]) => String(name))
    .filter((name) => !name.startsWith('greeum_'));
}

/** Columns, foreign keys and indexes of a table, as SQLite understands them: spelling does not matter. */
function shapeOf(sql: Sql, table: string): Record<string, Cell[][]> {
  return {
    columns: sql.all(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info('${table}') ORDER BY cid`),
    references: sql.all(`SELECT "from", "table", "to" FROM pragma_foreign_key_list('${table}') ORDER BY 1`),
    indexes: sql
      .all(
        `SELECT l.name, l."unique", l.origin, i.name FROM pragma_index_list('${table}') l, pragma_index_info(l.name) i
         ORDER BY l.name, i.seqno`,
      )
      .filter(([name]) => !String(name).startsWith('greeum_')),
  };
}

describe('a fresh database', () => {
  it('has the 16 tables and 25 indexes of Python Greeum, with the same columns, defaults and keys', async () => {
    const ours = await fresh();
    const python = await fromPython();
    assert.equal(names(ours, 'table').length, 16);
    assert.equal(names(ours, 'index').length, 25);
    assert.deepEqual(names(ours, 'table'), names(python, 'table'));
    assert.deepEqual(names(ours, 'index'), names(python, 'index'));
    for (const table of names(python, 'table')) {
      assert.deepEqual(shapeOf(ours, table), shapeOf(python, table), table);
    }
  });

  it('has tables of our own, all named greeum_, and no trigger or view', async () => {
    const sql = await fresh();
    assert.deepEqual(
      sql.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'greeum_%' ORDER BY 1`).flat(),
      ['greeum_blocks', 'greeum_moves', 'greeum_requests', 'greeum_slots', 'greeum_state', 'greeum_superseded'],
    );
    assert.deepEqual(sql.all(`SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')`), []);
  });

  it('is a format of this version, with three empty slots', async () => {
    const sql = await fresh();
    assert.equal(readState(sql, 'format_version'), String(FORMAT_VERSION));
    assert.deepEqual(sql.all('SELECT slot_name, anchor_block, pinned FROM greeum_slots ORDER BY 1'), [
      ['A', null, 0],
      ['B', null, 0],
      ['C', null, 0],
    ]);
  });
});

describe('a database that is there already', () => {
  it('keeps every row and every statement of its schema, and gets what is missing', async () => {
    const before = await fromPython();
    const after = await fromPython();
    ensureSchema(after);
    const rows = dumpOf(after);
    for (const [table, expected] of Object.entries(dumpOf(before))) assert.deepEqual(rows[table], expected, table);
    const statements = new Set(schemaOf(after).map((row) => JSON.stringify(row)));
    for (const statement of schemaOf(before)) {
      assert.ok(statements.has(JSON.stringify(statement)), String(statement[1]));
    }
    assert.ok(hasTable(after, 'greeum_state'));
  });

  it('keeps tables, indexes, triggers and views that are not ours', async () => {
    const sql = await fromPython();
    sql.script(`CREATE TABLE bm25_index (key TEXT PRIMARY KEY, value BLOB);
      INSERT INTO bm25_index VALUES ('k', x'00ff');
      CREATE INDEX mine ON blocks(importance);
      CREATE VIEW recent AS SELECT * FROM blocks LIMIT 1;
      CREATE TRIGGER greet AFTER DELETE ON bm25_index BEGIN SELECT 1; END;`);
    const before = schemaOf(sql);
    ensureSchema(sql);
    const statements = new Set(schemaOf(sql).map((row) => JSON.stringify(row)));
    for (const statement of before) assert.ok(statements.has(JSON.stringify(statement)), String(statement[1]));
    assert.deepEqual(dumpOf(sql)['bm25_index'], [['k', Uint8Array.of(0, 255)]]);
  });

  it('is not changed when it is complete', async () => {
    const sql = await fresh();
    sql.run(`UPDATE greeum_slots SET pinned = 1, anchor_block = 'c0ffee' WHERE slot_name = 'B'`);
    const [rows, statements] = [dumpOf(sql), schemaOf(sql)];
    ensureSchema(sql);
    assert.deepEqual([dumpOf(sql), schemaOf(sql)], [rows, statements]);
  });

  it('is refused and left alone when a newer version wrote it', async () => {
    const sql = await fresh();
    writeState(sql, 'format_version', String(FORMAT_VERSION + 1));
    sql.script('DROP TABLE block_tags');
    assert.throws(() => ensureSchema(sql), { code: 'newer_format', outcome: 'not_written' });
    assert.equal(hasTable(sql, 'block_tags'), false);
  });

  it('is refused when its format is no number', async () => {
    const sql = await fresh();
    writeState(sql, 'format_version', 'two');
    assert.throws(() => ensureSchema(sql), { code: 'newer_format' });
  });
});
