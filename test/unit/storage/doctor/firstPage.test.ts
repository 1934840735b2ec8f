import assert from 'node:assert/strict';

import { withNewFirstPage } from '../../../../src/storage/doctor/firstPage.js';
import { openDamaged } from '../../../../src/storage/doctor/openDamaged.js';
import { salvageDatabase } from '../../../../src/storage/doctor/salvageDatabase.js';
import { loadEngine, Sql } from '../../../../src/storage/engine.js';
import type { Dump } from '../../../support/dump.js';
import { dumpOfFile, emptyDisk, LAYOUT, TestMemory } from '../../../support/memory.js';
import { chooseSeed, seededRandom } from '../../../support/random.js';

const SEED = chooseSeed();
const PAGE = 4096;
const MEMORIES = 150;

/** Trees of several levels, rows that go on on pages of their own, tags that are words of the text and others. */
async function largeDatabase(): Promise<Buffer> {
  const disk = emptyDisk();
  const memory = await TestMemory.open(disk);
  const inputs = Array.from({ length: MEMORIES }, (_, number) => ({
    content: `memory ${number} of the bridge ${'that opens at noon '.repeat(number % 10 === 0 ? 400 : 4)}`,
    tags: ['bridge', `tag-${number}`],
    metadata: { number },
    project: 'greeum',
  }));
  await memory.add(...inputs);
  await memory.checkpoint(disk);
  memory.store.close();
  return disk.bytesOf(LAYOUT.database);
}

/** Of the tables that hold rows. */
function filled(dump: Dump): Dump {
  return Object.fromEntries(
    Object.entries(dump).filter(([name, rows]) => rows.length > 0 && !name.startsWith('sqlite')),
  );
}

describe(`a database whose first page is destroyed (TEST_SEED=${SEED})`, function () {
  this.timeout(60_000);
  let whole: Buffer;

  before(async () => {
    whole = await largeDatabase();
  });

  async function dumpOfDamaged(bytes: Buffer): Promise<{ dump: Dump | null; problems: readonly string[] }> {
    const sqljs = await loadEngine();
    const opened = openDamaged(sqljs, bytes);
    if (opened === null) return { dump: null, problems: [] };
    try {
      const { bytes, problems } = salvageDatabase(sqljs, opened.sql);
      return { dump: await dumpOfFile(bytes), problems: [...problems, ...opened.problems] };
    } finally {
      opened.sql.close();
    }
  }

  it('has every row of every table, told apart by what is in them', async () => {
    const before = filled(await dumpOfFile(Uint8Array.from(whole)));
    const { dump, problems } = await dumpOfDamaged(Buffer.from(whole).fill(0, 0, PAGE));
    assert.deepEqual(filled(dump ?? {}), before);
    assert.deepEqual(problems, []);
  });

  it('names the tables whose rows nothing leads to any more', async () => {
    const damaged = Buffer.from(whole).fill(0, 0, PAGE);
    const interior = Array.from({ length: whole.length / PAGE }, (_, page) => page).filter(
      (page) => page > 0 && damaged[page * PAGE] === 5,
    );
    assert.ok(interior.length > 0);
    for (const page of interior) damaged.fill(0, page * PAGE, (page + 1) * PAGE);
    const { problems } = await dumpOfDamaged(damaged);
    assert.ok(
      problems.some((problem) => /^blocks: rows from page \d+ on/.test(problem)),
      problems.join('\n'),
    );
  });

  it('makes nothing of what is no memory: chance, another program’s database, nothing at all', async () => {
    const sqljs = await loadEngine();
    const random = seededRandom(SEED);
    for (let round = 0; round < 20; round += 1) {
      const bytes = Buffer.from(Array.from({ length: 8 * PAGE }, () => random.below(256)));
      for (let page = 0; page < 8; page += 1) bytes[page * PAGE] = 13;
      assert.equal(withNewFirstPage(sqljs, bytes, PAGE), null);
    }
    const other = new Sql(sqljs, null);
    other.script(`CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes VALUES (1, 'mine')`);
    assert.equal(withNewFirstPage(sqljs, other.export(), PAGE), null);
    other.close();
    assert.equal(withNewFirstPage(sqljs, Buffer.alloc(0), PAGE), null);
  });
});
