import assert from 'node:assert/strict';

import { readDatabase } from '../../../src/storage/databaseFile.js';
import { loadEngine, Sql } from '../../../src/storage/engine.js';
import { schemaOf } from '../../support/dump.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PATH = '/memory.db';
const ROOM = 1024 * 1024;
const CHANGE_COUNT_OFFSET = 24;

describe('a database with room behind it', () => {
  let disk: SimulatedDisk;
  let bytes: Buffer;
  let sql: Sql;

  beforeEach(async () => {
    const made = new Sql(await loadEngine(), null);
    made.script('CREATE TABLE kept (value); CREATE INDEX by_value ON kept(value)');
    bytes = Buffer.from(made.export());
    made.close();
    disk = new SimulatedDisk();
    disk.put(PATH, bytes);
    await open();
  });

  afterEach(() => sql.close());

  async function open(): Promise<Uint8Array> {
    const roomy = readDatabase(disk, PATH, ROOM);
    sql = new Sql(await loadEngine(), roomy);
    return roomy;
  }

  function fill(rows: number): void {
    const text = 'x'.repeat(1000);
    sql.run('BEGIN');
    for (let index = 0; index < rows; index += 1) sql.run('INSERT INTO kept VALUES (?)', [`${index} ${text}`]);
    sql.run('COMMIT');
  }

  async function assertWhole(file: Uint8Array, rows: number): Promise<void> {
    const again = new Sql(await loadEngine(), Uint8Array.from(file));
    assert.deepEqual(
      [again.get('PRAGMA integrity_check'), again.get('SELECT count(*) FROM kept'), schemaOf(again)],
      [['ok'], [rows], schemaOf(sql)],
    );
    again.close();
  }

  it('has as many pages as before, and grows from there', async () => {
    assert.deepEqual(sql.get('PRAGMA page_count'), [bytes.length / 4096]);
    fill(100);
    assert.deepEqual(sql.get('PRAGMA integrity_check'), ['ok']);
    await assertWhole(sql.export(), 100);
  });

  it('hands its memory on to the next one, which finds nothing of it in its room', async () => {
    fill(100);
    const used = sql.recycle();
    const roomy = readDatabase(disk, PATH, ROOM / 2, used);
    assert.equal(roomy.buffer, used?.memory);
    assert.ok(Buffer.from(roomy.buffer, bytes.length).every((byte) => byte === 0));
    sql = new Sql(await loadEngine(), roomy);
    fill(50);
    await assertWhole(sql.export(), 50);
  });

  it('takes new memory where the old one is too small, and has none to hand on once it has outgrown it', async () => {
    const used = sql.recycle();
    assert.notEqual(readDatabase(disk, PATH, ROOM * 2, used).buffer, used?.memory);
    await open();
    fill(3_000);
    assert.equal(sql.recycle(), undefined);
    await open();
  });

  it('is its own file, without a copy, as long as it fits into the room', async () => {
    sql.close();
    const roomy = await open();
    fill(100);
    const file = sql.file();
    assert.equal(file.buffer, roomy.buffer);
    await assertWhole(file, 100);
    assert.deepEqual(sql.get('PRAGMA user_version'), [0]);
  });

  it('is copied once it has outgrown the room', async () => {
    fill(2000);
    const file = sql.file();
    assert.ok(file.length > bytes.length + ROOM);
    await assertWhole(file, 2000);
  });

  it('whose header does not say how many pages it has is counted', async () => {
    sql.close();
    bytes.writeUInt32BE(bytes.readUInt32BE(CHANGE_COUNT_OFFSET) + 1, CHANGE_COUNT_OFFSET);
    bytes.writeUInt32BE(7_777, CHANGE_COUNT_OFFSET + 4);
    disk.put(PATH, bytes);
    await open();
    assert.deepEqual(sql.get('PRAGMA page_count'), [bytes.length / 4096]);
    fill(10);
    await assertWhole(sql.file(), 10);
  });
});
