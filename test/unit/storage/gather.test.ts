import assert from 'node:assert/strict';

import { Gatherer } from '../../../src/storage/gather.js';
import { RecentBlocks } from '../../../src/storage/recentBlocks.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { emptyDisk, itEmbedded, LAYOUT, TestMemory } from '../../support/memory.js';
import { chooseSeed, seededRandom, type Random } from '../../support/random.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

/** Few enough that some become common, many enough that some stay rare. */
const WORDS = Array.from({ length: 120 }, (_, index) => `${'bcdfg'[index % 5] ?? ''}ar${index}`);

describe('what the gatherer remembers', () => {
  let disk: SimulatedDisk;
  let memory: TestMemory;
  let random: Random;

  beforeEach(async () => {
    disk = emptyDisk();
    memory = await TestMemory.open(disk);
    random = seededRandom(chooseSeed());
  });

  afterEach(() => memory.store.close());

  function sentence(): string {
    return Array.from({ length: 8 }, () => WORDS[Math.floor(WORDS.length * random.next() ** 2)]).join(' ');
  }

  /** The facts of an add, as the store has them and as one that remembers nothing reads them from the files. */
  async function assertTrue(): Promise<void> {
    const command = memory.command('add_memory', { content: sentence(), idempotency_key: 'asked' });
    const { image } = await openMemory(disk, LAYOUT);
    const anew = new Gatherer(image.sql, new RecentBlocks(image.sql)).gather(command);
    image.close();
    assert.deepEqual(memory.store.gather(command), anew, `seed ${random.seed}`);
  }

  it('is what it would read, however the rows came there', async () => {
    for (let round = 0; round < 12; round += 1) {
      await memory.add(...Array.from({ length: 1 + random.below(12) }, sentence));
      await assertTrue();
    }
    const kept = memory.store.gather(memory.command('add_memory', { content: WORDS.slice(60).join(' ') }));
    assert.ok(kept.kind === 'add_memory' && kept.keywordBlocks.length > 0, 'some keywords are rare');
  });

  it('follows slots that are pinned, moved and cleared, and links made by hand', async () => {
    await memory.add('first bar1 car2', 'second far3 gar4');
    await assertTrue();
    await memory.write(memory.command('anchor_update', { slot: 'A', pinned: true }));
    await assertTrue();
    await memory.write(memory.command('anchor_update', { slot: 'B', block_index: 0 }));
    await assertTrue();
    await memory.write(memory.command('update_associations', { add: [{ source: 0, target: 1 }] }));
    await memory.add('third bar1 gar4');
    await assertTrue();
  });

  // A copy's answers hold when its journal refuses: the log has what was written.
  itEmbedded('is forgotten with a batch that the journal refused', async () => {
    await memory.add(sentence(), sentence());
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    await assert.rejects(memory.add(sentence(), sentence()), { code: 'journal_write_failed' });
    disk.clearFaults();
    await assertTrue();
  });

  it('survives a command that is refused before it wrote anything', async () => {
    await memory.add({ content: sentence(), idempotency_key: 'once' });
    await assert.rejects(memory.add({ content: sentence(), idempotency_key: 'once' }), {
      code: 'idempotency_conflict',
    });
    await assertTrue();
  });
});
