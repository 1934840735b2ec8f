import assert from 'node:assert/strict';

import type { ResolvePorts } from '../../../src/memory/randomIds.js';
import { MIN_REQUESTS_KEPT, REQUEST_RETENTION_MS } from '../../../src/protocol/limits.js';
import type { RowWrite } from '../../../src/protocol/change.js';
import { countingPorts, dumpOfFile, emptyDisk, LAYOUT, START_MS, TestMemory } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const YEAR_MS = 365 * DAY_MS;

describe('a clock that jumps', () => {
  let disk: SimulatedDisk;
  let memory: TestMemory;
  let nowMs: number;
  let ports: ResolvePorts;

  const open = (): Promise<TestMemory> => TestMemory.open(disk, ports);

  beforeEach(async () => {
    nowMs = START_MS;
    ports = { ...countingPorts(), nowMs: () => nowMs };
    disk = emptyDisk();
    memory = await open();
  });

  afterEach(() => memory.store.close());

  for (const [direction, jumpMs] of [
    ['ahead', YEAR_MS],
    ['back', -YEAR_MS],
  ] as const) {
    describe(`a year ${direction}`, () => {
      it('leaves every key its answer, however many writes follow', async () => {
        const first = await memory.add('one', 'two', 'three');
        nowMs += jumpMs;
        for (let index = 0; index < 20; index += 1) await memory.add(`note ${index} after the jump`);
        assert.deepEqual(await memory.add('one', 'two', 'three'), first);
        nowMs -= jumpMs;
        assert.deepEqual(await memory.add('one', 'two', 'three'), first);
        assert.equal(memory.store.blockCount, 23);
      });

      it('gives memories the time of their writing, in the order of their writing, and harms no checkpoint', async () => {
        await memory.add('before');
        nowMs += jumpMs;
        await memory.add('after');
        await memory.checkpoint(disk);
        const live = await memory.liveDump(disk);
        memory.store.close();
        memory = await open();
        assert.deepEqual(
          memory.store.queries.list({ limit: 5 }).map(({ context, timestamp }) => [context, timestamp.slice(0, 4)]),
          [
            ['after', String(new Date(START_MS + jumpMs).getUTCFullYear())],
            ['before', String(new Date(START_MS).getUTCFullYear())],
          ],
        );
        assert.deepEqual((await dumpOfFile(disk.bytesOf(LAYOUT.database)))['blocks'], live['blocks']);
        assert.equal((await memory.add('later')).length, 1);
      });
    });
  }

  describe('or does not', () => {
    /** Records of writes that nobody needs to make here. */
    function putRecords(count: number, createdAtMs: number): void {
      const rows = Array.from({ length: count }, (_, index): RowWrite => [
        'insert',
        'greeum_requests',
        [`record ${index} ${createdAtMs}`, '', '{}', createdAtMs],
      ]);
      memory.store.transaction(
        () => memory.store.write({ rows }),
        () => undefined,
      );
    }

    function expiredKeys(): readonly string[] {
      const facts = memory.store.gather(memory.command('add_memory', { content: 'x', idempotency_key: 'x' }));
      return 'expiredKeys' in facts ? facts.expiredKeys : [];
    }

    it('has a record cleared when it is both seven days old and behind ten thousand newer ones', async () => {
      await memory.add('old', 'older', 'oldest');
      putRecords(MIN_REQUESTS_KEPT - 1, START_MS);
      nowMs += REQUEST_RETENTION_MS;
      assert.deepEqual(expiredKeys(), []);
      nowMs += 1;
      assert.deepEqual(expiredKeys(), ['old', 'older']);
      await memory.add('this one clears them');
      assert.deepEqual(expiredKeys(), ['oldest']);
    });

    it('keeps every record for seven days, however many there are', () => {
      putRecords(MIN_REQUESTS_KEPT + 100, START_MS);
      nowMs += REQUEST_RETENTION_MS;
      assert.deepEqual(expiredKeys(), []);
    });
  });
});
