/** Crashes while an owner takes over what another program left. */

import assert from 'node:assert/strict';

import { asAdded, type AddMemoryResult } from '../../src/protocol/operations.js';
import { readDatabase } from '../../src/storage/databaseFile.js';
import { loadEngine, Sql } from '../../src/storage/engine.js';
import { verifyMemory } from '../../src/worker/verify.js';
import { checkAll, explore } from '../support/crashExplorer.js';
import { DiskModel } from '../support/diskModel.js';
import { inWalMode, walBetween, withForeignBlocks } from '../support/foreignWrites.js';
import { chooseSeed, seededRandom } from '../support/random.js';
import { SimulatedDisk } from '../support/simulatedDisk.js';
import { DATA_DIR, input, LAYOUT, TestOwner, type Note } from './owner.js';

const SEED = chooseSeed();
const BOUND = Number(process.env['CRASH_STATES'] ?? 8);
const THEIRS = ['theirs, the first', 'theirs, the second'];
const WAL = `${LAYOUT.database}-wal`;

/** An owner died with acknowledged memories in its journal; then another program went on with the file. */
async function leftByBoth(how: 'in the file' | 'in its log'): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk(DiskModel.holding(new Map(), [DATA_DIR]));
  const first = await TestOwner.open(disk, 'local');
  await first.add('settled');
  await first.close();
  const second = await TestOwner.open(disk);
  await second.add('waiting, the first', 'waiting, the second');
  await second.kill();
  const before = disk.bytesOf(LAYOUT.database);
  const after = inWalMode(await withForeignBlocks(before, THEIRS));
  if (how === 'in the file') {
    disk.put(LAYOUT.database, after);
  } else {
    disk.put(LAYOUT.database, inWalMode(before));
    disk.put(WAL, walBetween(before, after));
    disk.put(`${LAYOUT.database}-shm`, new Uint8Array(32_768));
  }
  return disk;
}

describe(`after a crash while the work of another program is taken over (TEST_SEED=${SEED})`, function () {
  this.timeout(3_600_000);
  const random = seededRandom(SEED);

  for (const how of ['in the file', 'in its log'] as const) {
    it(`which is ${how}, nobody's memory is lost or doubled, and the same keys give the same answers`, async () => {
      const disk = await leftByBoth(how);
      disk.record();
      const owner = await TestOwner.open(disk);
      await owner.add('after');
      await owner.kill();
      const explored = explore(disk.points, BOUND, random);
      console.log(`      ${explored.points} points, ${explored.states.length} different disks`);
      await checkAll(explored, async (found, { notes }) => {
        await assertOthersSee(found, ['settled', ...THEIRS]);
        const first = await retried(found, notes as readonly Note[]);
        assert.deepEqual(await retried(found, notes as readonly Note[]), first);
        assert.deepEqual((await verifyMemory(found, LAYOUT)).problems, []);
        assert.equal(found.openDescriptors, 0);
      });
    });
  }
});

/** Whatever the crash left, a program that opens the file now finds a sound database with all that was in it. */
async function assertOthersSee(disk: SimulatedDisk, texts: readonly string[]): Promise<void> {
  const sql = new Sql(await loadEngine(), readDatabase(disk, LAYOUT.database));
  assert.deepEqual(sql.all('PRAGMA integrity_check'), [['ok']]);
  const found = sql.all('SELECT context FROM blocks ORDER BY block_index').map(([text]) => text);
  assert.deepEqual(found.slice(0, texts.length), texts);
  sql.close();
}

/** Where everything stands, after every write that was ever acknowledged was repeated with its key. */
async function retried(disk: SimulatedDisk, notes: readonly Note[]): Promise<unknown> {
  const owner = await TestOwner.open(disk, 'local');
  const places = new Map<string, number>();
  for (const note of notes) {
    if (note.kind !== 'acknowledged') continue;
    const { content } = note.input;
    const answer = asAdded(await owner.call('add_memory', note.input));
    if (content.startsWith('waiting')) assert.deepEqual(answer.moved_from, identityOf(note.answer));
    else assert.deepEqual(answer, note.answer);
    const { memory } = await owner.call('get_memory', { hash: note.answer.hash });
    assert.deepEqual([memory.context, memory.block_index, memory.hash], [content, answer.block_index, answer.hash]);
    assert.deepEqual(memory.tags, input(content).tags);
    places.set(content, answer.block_index);
  }
  const { memories } = await owner.call('list_memories', { limit: 100 });
  const contexts = memories.map(({ context }) => context);
  assert.equal(new Set(contexts).size, contexts.length, 'a memory twice');
  for (const text of [...THEIRS, ...places.keys()]) assert.ok(contexts.includes(text), text);
  await owner.close();
  return memories.map(({ block_index, hash, context }) => [block_index, hash, context]);
}

function identityOf({ block_index, hash }: AddMemoryResult) {
  return { block_index, hash };
}
