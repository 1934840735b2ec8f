import assert from 'node:assert/strict';

import type { Change, SqlValue } from '../../../src/protocol/change.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import type { LogEntry, LogHead, TeamLog } from '../../../src/protocol/teamLog.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { Image } from '../../../src/storage/image.js';
import { TableRows } from '../../../src/storage/tableRows.js';
import { moveRows, type MoveEvents } from '../../../src/worker/moveRows.js';

class FakeLog implements TeamLog {
  readonly place = 'there';
  readonly entries: LogEntry[] = [];
  readonly batches: number[] = [];
  /** Another machine writes before this batch. */
  rivalBefore = -1;

  connect(): Promise<LogHead> {
    return Promise.resolve({ memoryId: 'm', seq: this.entries.length });
  }

  after(seq: number, limit: number): Promise<LogEntry[]> {
    return Promise.resolve(this.entries.slice(seq, seq + limit));
  }

  append(
    after: () => number,
    plan: (missed: readonly LogEntry[], head: LogHead) => readonly Change[],
  ): Promise<number> {
    if (this.batches.length === this.rivalBefore) this.add({ rows: [['delete', 'greeum_requests', 'a']] });
    const changes = plan(this.entries.slice(after()), { memoryId: 'm', seq: this.entries.length });
    const first = this.entries.length + 1;
    for (const change of changes) this.add(change);
    this.batches.push(changes.length);
    return Promise.resolve(first);
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private add({ rows }: Change): void {
    this.entries.push({ seq: this.entries.length + 1, rows });
  }
}

describe('the rows of a memory as entries of a log', () => {
  let image: Image;
  let rows: TableRows;
  let log: FakeLog;
  let steps: number;

  beforeEach(async () => {
    image = new Image(await loadEngine(), null);
    rows = new TableRows(image.sql);
    log = new FakeLog();
    steps = 0;
  });
  afterEach(() => image.close());

  const tag = (id: number): void => image.applyRows([['insert', 'block_tags', [id, 1, `tag ${id}`]]]);
  const upTo = (most: number): MoveEvents => ({
    goOn: () => {
      steps += 1;
      if (steps > most) throw new GreeumError('worker_stopping', 'Stopped.');
    },
    onRows: () => undefined,
  });
  const block = (index: number, context: string): void => {
    const hash = `hash ${index}`;
    const values: SqlValue[] = [index, 't', context, 0.5, hash, '', null, null, '[]', '[]', 0, 0, 0, null, 0, 0];
    image.applyRows([['insert', 'blocks', values]]);
  };

  it('are some 200 each, with blocks behind what belongs to them, and without numbers of their own', async () => {
    for (let id = 1; id <= 450; id += 1) tag(id * 2);
    block(1, 'text');
    assert.deepEqual(await moveRows(rows, log, upTo(9)), { head: { memoryId: 'm', seq: 5 }, found: 0 });
    assert.deepEqual(
      log.entries.map((entry) => [entry.rows[0]?.[1], entry.rows.length]),
      [
        ['block_tags', 200],
        ['block_tags', 200],
        ['block_tags', 50],
        ['blocks', 1],
        ['greeum_slots', 3],
      ],
    );
    assert.deepEqual(log.entries[2]?.rows[49], ['insert', 'block_tags', [null, 1, 'tag 900']]);
    assert.equal(log.entries[4]?.rows[0]?.[0], 'put');
  });

  it('are smaller where texts are long, and go in batches of no more than some megabytes', async () => {
    for (let index = 0; index < 12; index += 1) block(index, 'x'.repeat(600_000));
    await moveRows(rows, log, upTo(9));
    assert.deepEqual(
      log.entries.map((entry) => entry.rows.length),
      [...Array<number>(12).fill(1), 3],
    );
    assert.deepEqual(log.batches, [6, 7]);
  });

  it('are gone on with after the last one that is there', async () => {
    for (let id = 1; id <= 3_000; id += 1) tag(id);
    await assert.rejects(moveRows(rows, log, upTo(1)), { code: 'worker_stopping' });
    assert.equal(log.entries.length, 10);
    steps = 0;
    assert.deepEqual(await moveRows(rows, log, upTo(9)), { head: { memoryId: 'm', seq: 16 }, found: 10 });
    const tags = log.entries.flatMap((entry) => entry.rows).filter((row) => row[1] === 'block_tags');
    assert.equal(new Set(tags.map((row) => JSON.stringify(row))).size, 3_000);
    assert.equal(tags.length, 3_000);
    assert.equal((await moveRows(rows, log, upTo(99))).found, 16, 'all of it was there');
  });

  it('are not written behind anything else', async () => {
    tag(1);
    await moveRows(rows, log, upTo(9));
    const before = log.entries.length;
    tag(2);
    await assert.rejects(moveRows(rows, log, upTo(9)), { code: 'storage_mismatch' });
    image.applyRows([['delete', 'block_tags', 2]]);
    log.entries.push({ seq: before + 1, rows: [['delete', 'greeum_requests', 'a']] });
    await assert.rejects(moveRows(rows, log, upTo(99)), { code: 'storage_mismatch' });
    assert.equal(log.entries.length, before + 1);
  });

  it('are not written where another machine writes meanwhile', async () => {
    for (let id = 1; id <= 3_000; id += 1) tag(id);
    log.rivalBefore = 1;
    await assert.rejects(moveRows(rows, log, upTo(9)), { code: 'storage_mismatch' });
    assert.equal(log.entries.length, 11);
  });
});
