import assert from 'node:assert/strict';

import type { RowWrite } from '../../../src/protocol/change.js';
import { dumpOfFile, emptyDisk, itEmbedded, LAYOUT, TestMemory } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

describe('a command within a batch', () => {
  let disk: SimulatedDisk;
  let memory: TestMemory;

  beforeEach(async () => {
    disk = emptyDisk();
    memory = await TestMemory.open(disk);
  });

  afterEach(() => memory.store.close());

  function record(key: string): RowWrite {
    return ['insert', 'greeum_requests', [key, '', '{}', 0]];
  }

  async function keys(): Promise<unknown[]> {
    return ((await memory.liveDump(disk))['greeum_requests'] ?? []).map(([key]) => key);
  }

  it('that fails after its first rows leaves none of them, and the commands around it stay', async () => {
    const { store } = memory;
    const run = (...rows: readonly RowWrite[]): void => store.savepoint(() => store.write({ rows }));
    store.transaction(
      () => {
        run(record('before'));
        // The same key again, as a defect in a rule would have it: the second row is refused by the table.
        assert.throws(() => run(record('half'), record('before')), /UNIQUE/);
        run(record('after'));
      },
      () => undefined,
    );
    assert.deepEqual(await keys(), ['after', 'before']);
  });

  // A copy's answers hold when its journal refuses: the log has what was written.
  itEmbedded('goes with the whole batch when the journal refuses it', async () => {
    await memory.add('acknowledged');
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    await assert.rejects(memory.add('refused', 'refused too'), { code: 'journal_write_failed' });
    disk.clearFaults();
    assert.deepEqual(await keys(), ['acknowledged']);
    memory.store.close();
    memory = await TestMemory.open(disk);
    assert.equal(memory.store.blockCount, 1);
    await memory.checkpoint(disk);
    assert.equal((await dumpOfFile(disk.bytesOf(LAYOUT.database)))['blocks']?.length, 1);
  });
});
