import assert from 'node:assert/strict';

import fc from 'fast-check';

import { rebase } from '../../../src/memory/rebase.js';
import { verifyRows } from '../../../src/memory/verify.js';
import type { AddMemoryResult } from '../../../src/protocol/operations.js';
import type { ImportMemoriesResult } from '../../../src/protocol/transfer.js';
import type { Cell } from '../../../src/storage/engine.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { Queries } from '../../../src/storage/queries.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import { dumpOf, type Dump } from '../../support/dump.js';
import { inWalMode, walBetween, withForeignBlocks } from '../../support/foreignWrites.js';
import { countingPorts, emptyDisk, itEmbedded, LAYOUT, TestMemory } from '../../support/memory.js';
import { chooseSeed } from '../../support/random.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const SEED = chooseSeed();

/** A directory whose owner died with these memories only in the journal, behind `settled` ones in `memory.db`. */
async function leftInJournal(settled: readonly string[], waiting: readonly string[]) {
  const disk = emptyDisk();
  const ports = countingPorts();
  const memory = await TestMemory.open(disk, ports);
  if (settled.length > 0) await memory.add(...settled);
  await memory.checkpoint(disk);
  const answers = waiting.length === 0 ? [] : ((await memory.add(...waiting)) as unknown as AddMemoryResult[]);
  await memory.close();
  return { disk, ports, answers };
}

async function writeForeign(disk: SimulatedDisk, texts: readonly string[], more = ''): Promise<void> {
  disk.put(LAYOUT.database, await withForeignBlocks(disk.bytesOf(LAYOUT.database), texts, more));
}

/** What a reader without the lock finds. */
async function readable(disk: SimulatedDisk): Promise<Dump> {
  const { image } = await openMemory(new SimulatedDisk(disk.model), LAYOUT, { rebase });
  try {
    assert.deepEqual(verifyRows(verifyInput(image.sql)).problems, []);
    return dumpOf(image.sql);
  } finally {
    image.close();
  }
}

const textsOf = (dump: Dump): unknown[] => (dump['blocks'] ?? []).map((row) => row[2]);
const withoutState = (dump: Dump): Dump => ({ ...dump, greeum_state: [] });

describe('frames that waited while another program continued the chain', () => {
  it('go behind what it wrote, for a reader and for the next owner alike', async () => {
    const { disk, ports, answers } = await leftInJournal(['zero', 'one'], ['two of ours', 'three of ours']);
    await writeForeign(disk, ['two of theirs']);
    const read = await readable(disk);
    assert.deepEqual(textsOf(read), ['zero', 'one', 'two of theirs', 'two of ours', 'three of ours']);
    const owner = await TestMemory.open(disk, ports);
    owner.store.close();
    assert.deepEqual(withoutState(await readable(disk)), withoutState(read));
    assert.deepEqual(
      answers.map(({ block_index }) => block_index),
      [2, 3],
    );
  });

  it('are in memory.db before the owner serves anybody, and the journal as it was is in backups', async () => {
    const { disk, ports } = await leftInJournal(['zero'], ['one of ours']);
    const segment = disk.list(LAYOUT.journalFolder)[0] ?? '';
    const before = disk.bytesOf(`${LAYOUT.journalFolder}/${segment}`);
    await writeForeign(disk, ['one of theirs']);
    const { store } = await TestMemory.open(disk, ports);
    assert.match(store.notes.join(), /wrote to memory\.db while 1 memories waited.*#2 instead of #1/);
    const [copy = ''] = disk.list(`${LAYOUT.folder}/backups`);
    assert.deepEqual(disk.bytesOf(`${LAYOUT.folder}/backups/${copy}/${segment}`), before);
    store.close();
    disk.list(LAYOUT.journalFolder).forEach((name) => disk.put(`${LAYOUT.journalFolder}/${name}`, null));
    assert.deepEqual(textsOf(await readable(disk)), ['zero', 'one of theirs', 'one of ours']);
  });

  // What another program wrote to a copy belongs to no team: nothing more is written there.
  itEmbedded('keep their keys: a retry is told where the memory is now and where it was, again and again', async () => {
    const { disk, ports, answers } = await leftInJournal(['zero'], ['one of ours', 'two of ours']);
    await writeForeign(disk, ['one of theirs']);
    for (let time = 0; time < 2; time += 1) {
      const owner = await TestMemory.open(disk, ports);
      const again = (await owner.add('one of ours', 'two of ours')) as unknown as AddMemoryResult[];
      assert.deepEqual(
        again.map(({ block_index, moved_from }) => [block_index, moved_from]),
        answers.map(({ block_index, hash }) => [block_index + 1, { block_index, hash }]),
      );
      assert.deepEqual(again[1]?.before, again[0]?.hash, 'the branch is continued as it was');
      const conflict = await owner.write(
        owner.command('add_memory', { content: 'something else', idempotency_key: 'one of ours' }),
      );
      assert.equal(conflict[0]?.error?.code, 'idempotency_conflict');
      owner.store.close();
    }
    assert.equal(textsOf(await readable(disk)).length, 4);
  });

  it('are found by the hash that was acknowledged', async () => {
    const { disk, answers } = await leftInJournal(['zero'], ['one of ours']);
    await writeForeign(disk, ['one of theirs']);
    const { image } = await openMemory(disk, LAYOUT, { rebase });
    const found = new Queries(image.sql).memory({ hash: answers[0]?.hash ?? '' });
    assert.deepEqual([found.block_index, found.context], [2, 'one of ours']);
    image.close();
  });

  it('go behind what is only in its write-ahead log yet', async () => {
    const { disk, ports } = await leftInJournal(['zero'], ['one of ours']);
    const before = disk.bytesOf(LAYOUT.database);
    const after = inWalMode(await withForeignBlocks(before, ['one of theirs', 'two of theirs']));
    disk.put(LAYOUT.database, inWalMode(before));
    disk.put(`${LAYOUT.database}-wal`, walBetween(before, after));
    const expected = ['zero', 'one of theirs', 'two of theirs', 'one of ours'];
    assert.deepEqual(textsOf(await readable(disk)), expected);
    (await TestMemory.open(disk, ports)).store.close();
    assert.equal(disk.stat(`${LAYOUT.database}-wal`), null);
    assert.deepEqual(textsOf(await readable(disk)), expected);
  });

  // What another program wrote to a copy belongs to no team: nothing more is written there.
  itEmbedded('of an import go behind with what it knew of its memories, and the import can be repeated', async () => {
    const { disk, ports } = await leftInJournal(['zero'], []);
    const input = {
      origin: 'notes.jsonl',
      records: [
        { content: 'first', timestamp: '2026-01-02T03:04:05', tags: ['kept'] },
        {
          content: 'second',
          timestamp: '2026-01-02T03:04:06',
          before: { record: 0 },
          supersedes: { record: 0 },
          links: [{ to: { record: 0 }, type: 'corrects', strength: 0.5 }],
        },
      ],
      slots: [{ slot: 'C' as const, memory: { record: 1 } }],
    };
    const first = await TestMemory.open(disk, ports);
    await first.write(first.command('import_memories', input));
    first.store.close();
    await writeForeign(disk, ['one of theirs']);
    const read = await readable(disk);
    const owner = await TestMemory.open(disk, ports);
    const [again] = await owner.write(owner.command('import_memories', input));
    const { results } = again?.answer as unknown as ImportMemoriesResult;
    assert.deepEqual(
      results.map(({ status, block_index }) => [status, block_index]),
      [
        ['present', 2],
        ['present', 3],
      ],
    );
    owner.store.close();
    for (const dump of [read, await readable(disk)]) {
      assert.deepEqual(textsOf(dump), ['zero', 'one of theirs', 'first', 'second']);
      assert.deepEqual(dump['greeum_superseded'], [[2, 3]]);
      assert.deepEqual(
        (dump['block_tags'] ?? []).map((row) => row.slice(1)),
        [[2, 'kept']],
      );
      const [, , , second = []] = dump['blocks'] ?? [];
      const third = dump['blocks']?.[2] ?? [];
      assert.equal(second[7], third[4], 'the second continues the first');
      assert.equal((dump['greeum_slots'] ?? []).find(([slot]) => slot === 'C')?.[1], second[4]);
      const nodes = new Map((dump['memory_nodes'] ?? []).map(([node, block]) => [node, block]));
      const links = (dump['associations'] ?? []).filter((row) => row[3] === 'corrects');
      assert.deepEqual(
        links.map((row) => [nodes.get(row[1]), nodes.get(row[2])]),
        [[3, 2]],
      );
    }
  });

  it('are applied as they are where only other rows changed', async () => {
    const { disk, ports } = await leftInJournal(['zero'], ['one of ours']);
    await writeForeign(
      disk,
      [],
      `UPDATE blocks SET visit_count = 7; CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)`,
    );
    const owner = await TestMemory.open(disk, ports);
    assert.deepEqual(owner.store.notes, []);
    owner.store.close();
    const dump = await readable(disk);
    assert.deepEqual(dump['theirs'], [[1]]);
    assert.deepEqual(dump['greeum_moves'], []);
  });

  it('follow a chain that became shorter', async () => {
    const { disk, ports } = await leftInJournal(['zero', 'one'], ['two of ours']);
    await writeForeign(
      disk,
      [],
      `DELETE FROM blocks WHERE block_index = 1; DELETE FROM memory_nodes WHERE memory_id = 1;
       DELETE FROM block_metadata WHERE block_index = 1; DELETE FROM block_keywords WHERE block_index = 1;
       DELETE FROM associations; UPDATE blocks SET after = '[]'; UPDATE greeum_slots SET anchor_block = NULL`,
    );
    const owner = await TestMemory.open(disk, ports);
    owner.store.close();
    const { image } = await openMemory(disk, LAYOUT);
    assert.deepEqual(image.sql.all('SELECT block_index, context FROM blocks'), [
      [0, 'zero'],
      [1, 'two of ours'],
    ]);
    image.close();
  });

  it('stay where they are when the disk has no room for the new file, until it has', async () => {
    const { disk, ports } = await leftInJournal(['zero'], ['one of ours']);
    await writeForeign(disk, ['one of theirs']);
    const before = disk.bytesOf(LAYOUT.database);
    disk.fail({ call: 'write', path: /memory\.db\.new$/, errno: 'ENOSPC' });
    await assert.rejects(TestMemory.open(disk, ports), { code: 'checkpoint_failed' });
    assert.deepEqual(disk.bytesOf(LAYOUT.database), before);
    assert.equal(disk.openDescriptors, 0);
    (await TestMemory.open(disk, ports)).store.close();
    assert.deepEqual(textsOf(await readable(disk)), ['zero', 'one of theirs', 'one of ours']);
  });

  const someText = fc.stringMatching(/^[a-d]{2,3} [a-d]{2,3} [e-h]{2}$/);
  const someTexts = fc.uniqueArray(someText, { maxLength: 8 });
  const someLinks = fc.array(fc.record({ source: fc.nat({ max: 9 }), target: fc.nat({ max: 9 }) }), { maxLength: 4 });

  it(`become the same rows but for numbers and hashes (TEST_SEED=${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        someTexts,
        someTexts,
        someLinks,
        fc.integer({ min: 1, max: 3 }),
        async (settled, own, links, count) => {
          const { disk, ports } = await leftInJournal(settled, []);
          const owner = await TestMemory.open(disk, ports);
          if (own.length > 0) {
            await owner.add(
              ...own.map((text) => ({ content: `own ${text}`, tags: [text], idempotency_key: `k ${text}` })),
            );
          }
          const possible = links.filter(({ source, target }) => source !== target);
          for (const link of possible) {
            const key = `link ${link.source} ${link.target}`;
            await owner.write(owner.command('update_associations', { add: [link], idempotency_key: key }));
            await owner.write(owner.command('anchor_update', { slot: 'C', block_index: link.source }));
          }
          await owner.close();
          const alone = await readable(disk);
          await writeForeign(
            disk,
            Array.from({ length: count }, (_, index) => `foreign ${index}`),
          );
          const behind = await readable(disk);
          assertSameButMoved(alone, behind, settled.length, own.length === 0 ? 0 : count);
        },
      ),
      { seed: SEED, numRuns: 60, interruptAfterTimeLimit: 8_000 },
    );
  });
});

const INDEX_COLUMN: Readonly<Record<string, number>> = {
  blocks: 0,
  block_keywords: 1,
  block_tags: 1,
  block_metadata: 0,
  memory_nodes: 1,
  greeum_blocks: 0,
};
const OWN_NUMBERS = new Set(['block_keywords', 'block_tags']);

/** Every row that is there without the foreign blocks is there with them, `by` numbers later where it was waiting. */
function assertSameButMoved(alone: Dump, behind: Dump, settled: number, by: number): void {
  const hashes = new Map((behind['blocks'] ?? []).map((row) => [Number(row[0]), String(row[4])]));
  const renamed = (json: string): string =>
    (alone['blocks'] ?? []).reduce((text, row) => {
      const to = hashes.get(Number(row[0]) + (Number(row[0]) >= settled ? by : 0)) ?? '';
      return text.replaceAll(String(row[4]), to);
    }, json);
  const isCompared = (table: string): boolean =>
    !['greeum_state', 'greeum_requests', 'greeum_moves', 'sqlite_sequence'].includes(table);
  for (const [table, rows] of Object.entries(alone).filter(([name]) => isCompared(name))) {
    const present = new Set((behind[table] ?? []).map((row) => JSON.stringify(comparable(table, row))));
    for (const row of rows) {
      const moved = row.map((cell, position) =>
        position === INDEX_COLUMN[table] && Number(cell) >= settled ? Number(cell) + by : cell,
      );
      // The last settled block has a foreign child besides.
      const isParent = table === 'blocks' && Number(row[0]) === settled - 1;
      const json = renamed(JSON.stringify(comparable(table, moved)));
      if (!isParent) assert.ok(present.has(json), `${table}: ${json}`);
    }
  }
  for (const [key, , answer] of behind['greeum_requests'] ?? []) {
    if (!String(key).startsWith('k ')) continue;
    const { block_index, hash } = JSON.parse(String(answer)) as AddMemoryResult;
    const block = (behind['blocks'] ?? []).find((row) => row[0] === block_index);
    assert.deepEqual([block?.[2], block?.[4]], [`own ${String(key).slice(2)}`, hash]);
  }
}

/** Without numbers that SQLite gives, and without `prev_hash`, which is the chain's and looked at there. */
function comparable(table: string, row: readonly Cell[]): readonly Cell[] {
  if (OWN_NUMBERS.has(table)) return row.slice(1);
  return table === 'blocks' ? row.filter((_, position) => position !== 5) : row;
}
