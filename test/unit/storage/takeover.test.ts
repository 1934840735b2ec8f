import assert from 'node:assert/strict';

import { emptyDisk, LAYOUT, TestMemory } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

const RESERVED_BYTE = 0x40000001;

describe('taking over while somebody holds memory.db', function () {
  let disk: SimulatedDisk;
  let other: number;

  beforeEach(async function () {
    if (process.platform === 'darwin') this.skip();
    disk = emptyDisk();
    const memory = await TestMemory.open(disk);
    await memory.add('of the owner before');
    memory.store.close();
    other = disk.open(LAYOUT.database, 'r+');
    assert.ok(disk.tryLock(other, RESERVED_BYTE, 1));
  });

  it('waits for an owner that is dying: its locks go one after the other', async () => {
    const opening = TestMemory.open(disk);
    setImmediate(() => disk.close(other));
    const { store } = await opening;
    assert.equal(store.blockCount, 1);
    store.close();
  });

  it('does not wait for ever', async () => {
    await assert.rejects(TestMemory.open(disk), { code: 'database_in_use', retry: 'after-reconnect' });
    assert.equal(disk.openDescriptors, 1);
  });
});
