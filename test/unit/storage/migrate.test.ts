import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { verifyRows } from '../../../src/memory/verify.js';
import { loadEngine, Sql } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import { explore } from '../../support/crashExplorer.js';
import { DiskModel } from '../../support/diskModel.js';
import { schemaOf } from '../../support/dump.js';
import { countingPorts, itEmbedded, LAYOUT, TestMemory } from '../../support/memory.js';
import { seededRandom } from '../../support/random.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-legacy/data/memory.db');
const SIX_COLUMNS = 'block_index, timestamp, context, importance, hash, prev_hash';

async function opened(prepare = ''): Promise<Image> {
  const sqljs = await loadEngine();
  const sql = new Sql(sqljs, readFileSync(FIXTURE));
  sql.script(prepare);
  const bytes = sql.export();
  sql.close();
  return new Image(sqljs, bytes);
}

describe('an older Greeum file', () => {
  let original: Sql;

  before(async () => {
    original = new Sql(await loadEngine(), readFileSync(FIXTURE));
  });
  after(() => original.close());

  it('gets every column, table and index it lacks, and keeps its rows and what is not ours', async () => {
    const image = await opened();
    const columns = image.sql.all(`SELECT name FROM pragma_table_info('blocks')`).map(([name]) => name);
    assert.deepEqual(columns.slice(6), [
      ...['root', 'before', 'after', 'xref', 'branch_depth', 'visit_count', 'last_seen_at', 'slot'],
      ...['branch_similarity', 'branch_created_at'],
    ]);
    for (const query of [
      `SELECT ${SIX_COLUMNS} FROM blocks`,
      'SELECT * FROM block_keywords',
      'SELECT * FROM user_notes',
    ]) {
      assert.deepEqual(image.sql.all(query), original.all(query));
    }
    const fresh = new Image(await loadEngine(), null);
    const names = new Set(schemaOf(image.sql).map(([, name]) => name));
    for (const [, name] of schemaOf(fresh.sql)) assert.ok(names.has(name ?? ''), String(name));
    assert.deepEqual(verifyRows(verifyInput(image.sql)).problems, []);
    assert.equal(image.isMigrated, true);
    fresh.close();
    image.close();
  });

  it('has its slots where they belong, each with the beginning of its memory', async () => {
    const image = await opened();
    assert.deepEqual(image.sql.all('SELECT slot_name, anchor_block, summary, last_seen FROM greeum_slots'), [
      [
        'A',
        'b1c0eb7cb04f8d226ad0a8bd4ccc9e400ce0ce39c01d550552af2c92eacca33a',
        'Staging database lives in Frankfurt, production in Seoul',
        1_741_000_000,
      ],
      ['B', null, '', 0],
      ['C', null, '', 0],
    ]);
    assert.equal(image.sql.get(`SELECT 1 FROM sqlite_master WHERE name = 'stm_slots'`), undefined);
    image.close();
  });

  for (const some of ['root TEXT', 'slot TEXT', `after TEXT DEFAULT '[]'`]) {
    it(`of which a migration was broken off behind the column ${some} is completed`, async () => {
      const image = await opened(`ALTER TABLE blocks ADD COLUMN ${some}; DROP TABLE stm_slots`);
      assert.equal(image.sql.all(`SELECT name FROM pragma_table_info('blocks')`).length, 16);
      assert.equal(image.isMigrated, true);
      image.close();
    });
  }

  // A file with memories of its own becomes no copy.
  itEmbedded('is copied to backups, migrated and continued by its first owner, once', async () => {
    const disk = new SimulatedDisk(DiskModel.holding(new Map([[LAYOUT.database, readFileSync(FIXTURE)]])));
    const ports = countingPorts();
    const owner = await TestMemory.open(disk, ports);
    const [copy = '', ...more] = disk.list(`${LAYOUT.folder}/backups`);
    assert.match(copy, /^memory_migrate_\d{8}_\d{6}\.db$/);
    assert.deepEqual(more, []);
    assert.deepEqual(disk.bytesOf(`${LAYOUT.folder}/backups/${copy}`), readFileSync(FIXTURE));
    const kept = new Sql(await loadEngine(), disk.bytesOf(LAYOUT.database));
    assert.deepEqual(kept.all('SELECT note FROM user_notes'), original.all('SELECT note FROM user_notes'));
    kept.close();
    await owner.add('Staging database moved to Lisbon');
    owner.store.close();
    (await TestMemory.open(disk, ports)).store.close();
    assert.equal(disk.list(`${LAYOUT.folder}/backups`).length, 1);
    const { image } = await openMemory(disk, LAYOUT);
    assert.deepEqual(verifyRows(verifyInput(image.sql)).problems, []);
    assert.equal(image.sql.all('SELECT 1 FROM blocks').length, 5);
    image.close();
  });

  it('is changed only when its copy, and the name of the copy, are on the disk', async () => {
    const disk = new SimulatedDisk(DiskModel.holding(new Map([[LAYOUT.database, readFileSync(FIXTURE)]])));
    (await TestMemory.open(disk)).store.close();
    const [copy = ''] = disk.list(`${LAYOUT.folder}/backups`);
    const backup = `${LAYOUT.folder}/backups/${copy}`;
    const steps = [
      new RegExp(`^makeFolder ${LAYOUT.folder}/backups$`),
      new RegExp(`^syncFolder ${LAYOUT.folder}$`),
      new RegExp(`^create ${backup}$`),
      new RegExp(`^write ${backup} `),
      new RegExp(`^fsync ${backup}$`),
      new RegExp(`^syncFolder ${LAYOUT.folder}/backups$`),
    ];
    let at = -1;
    for (const step of steps) {
      const next = disk.operations.findIndex((operation, index) => index > at && step.test(operation));
      assert.notEqual(next, -1, `${step.source} comes after ${disk.operations[at] ?? 'nothing'}`);
      at = next;
    }
    const touched = disk.operations.findIndex((operation) => operation.split(' ').includes(LAYOUT.database));
    assert.ok(touched > at, disk.operations.join('\n'));
  });

  it('is as it was until its copy is on the disk, whenever the power fails', async () => {
    const disk = new SimulatedDisk(DiskModel.holding(new Map([[LAYOUT.database, readFileSync(FIXTURE)]])));
    disk.record();
    (await TestMemory.open(disk)).store.close();
    const original = readFileSync(FIXTURE);
    for (const state of explore(disk.points, 8, seededRandom(1)).states) {
      const found = new SimulatedDisk(state.disk);
      if (found.bytesOf(LAYOUT.database).equals(original)) continue;
      const [copy = ''] = found.list(`${LAYOUT.folder}/backups`);
      assert.ok(found.bytesOf(`${LAYOUT.folder}/backups/${copy}`).equals(original), state.operation);
    }
  });

  it('is migrated in memory only for a reader, who changes nothing', async () => {
    const disk = new SimulatedDisk(DiskModel.holding(new Map([[LAYOUT.database, readFileSync(FIXTURE)]])));
    const { image } = await openMemory(disk, LAYOUT);
    assert.equal(image.sql.all('SELECT slot FROM blocks').length, 4);
    image.close();
    assert.deepEqual(disk.operations, []);
  });
});
