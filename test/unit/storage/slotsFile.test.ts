import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { SqlJsStatic } from 'sql.js';

import { loadEngine, Sql } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { buildSlotsFile, readSlotsFile } from '../../../src/storage/slotsFile.js';
import { dumpOfFile, slotsFile } from '../../support/memory.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PATH = '/stm_anchors.db';
const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3/data/stm_anchors.db');

describe('the slot file', () => {
  let sqljs: SqlJsStatic;
  let image: Image;
  let disk: SimulatedDisk;

  beforeEach(async () => {
    sqljs = await loadEngine();
    image = new Image(sqljs, null);
    disk = new SimulatedDisk();
  });

  afterEach(() => image.close());

  it('of a real Greeum directory is read as it stands', () => {
    disk.put(PATH, readFileSync(FIXTURE));
    const slots = readSlotsFile(disk, sqljs, PATH);
    assert.deepEqual(
      slots.map(({ slot, anchorHash }) => [slot, anchorHash?.length]),
      [
        ['A', 64],
        ['B', 64],
        ['C', 64],
      ],
    );
    for (const { topicVector, summary, lastSeen } of slots) {
      assert.ok(topicVector?.startsWith('[') && summary !== '' && lastSeen > 1.7e9);
    }
  });

  it('that is missing or empty has no slots', () => {
    assert.deepEqual(readSlotsFile(disk, sqljs, PATH), []);
    disk.put(PATH, new Uint8Array(0));
    assert.deepEqual(readSlotsFile(disk, sqljs, PATH), []);
  });

  it('of another kind has no slots', async () => {
    const sql = new Sql(await loadEngine(), null);
    sql.script('CREATE TABLE mine (a)');
    disk.put(PATH, sql.export());
    sql.close();
    assert.deepEqual(readSlotsFile(disk, sqljs, PATH), []);
  });

  it('is read without slots that Greeum does not know, and an empty anchor is none', async () => {
    disk.put(PATH, await slotsFile([{ slot: 'B', anchorHash: '' }], `INSERT INTO slots (slot_name) VALUES ('D')`));
    assert.deepEqual(readSlotsFile(disk, sqljs, PATH)[1], {
      slot: 'B',
      anchorHash: null,
      topicVector: null,
      summary: '',
      lastSeen: 0,
      hysteresis: 0,
    });
    assert.equal(readSlotsFile(disk, sqljs, PATH).length, 3);
  });

  it('is refused when it is no database, or left unfinished', async () => {
    disk.put(PATH, Buffer.from('not a database'));
    assert.throws(() => readSlotsFile(disk, sqljs, PATH), { code: 'not_a_database' });
    disk.put(PATH, await slotsFile([]));
    disk.put(`${PATH}-wal`, Buffer.from('frames'));
    assert.throws(() => readSlotsFile(disk, sqljs, PATH), { code: 'wal_unmerged' });
  });

  it('says after it was built what the image says, in Python’s own table', async () => {
    image.applyRows([['put', 'greeum_slots', ['B', 'c0ffee', '[0.5, 1.0]', '요약', 12.25, 3, 1]]]);
    const built = buildSlotsFile(disk, sqljs, PATH, image.sql);
    assert.deepEqual(await dumpOfFile(built?.bytes ?? new Uint8Array()), {
      slots: [
        ['A', null, null, '', 0, 0],
        ['B', 'c0ffee', '[0.5, 1.0]', '요약', 12.25, 3],
        ['C', null, null, '', 0, 0],
      ],
    });
  });

  it('keeps every other row and table when it is built', async () => {
    const more = `INSERT INTO slots VALUES ('D', 'theirs', NULL, '', 1, 2); CREATE TABLE mine (a); INSERT INTO mine VALUES (7)`;
    disk.put(PATH, await slotsFile([], more));
    image.applyRows([['put', 'greeum_slots', ['A', 'c0ffee', null, '', 1, 1, 0]]]);
    const dump = await dumpOfFile(buildSlotsFile(disk, sqljs, PATH, image.sql)?.bytes ?? new Uint8Array());
    assert.deepEqual([dump['mine'], dump['slots']?.at(-1)], [[[7]], ['D', 'theirs', null, '', 1, 2]]);
  });

  it('is not built when it says the same already', () => {
    const built = buildSlotsFile(disk, sqljs, PATH, image.sql);
    assert.ok(built !== null && built.replaces === null);
    disk.put(PATH, built.bytes);
    assert.equal(buildSlotsFile(disk, sqljs, PATH, image.sql), null);
  });

  it('tells from which version it was built', async () => {
    disk.put(PATH, await slotsFile([{ slot: 'A', anchorHash: 'old' }]));
    assert.deepEqual(buildSlotsFile(disk, sqljs, PATH, image.sql)?.replaces, disk.stat(PATH));
  });
});
