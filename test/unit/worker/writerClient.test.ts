import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { GreeumError } from '../../../src/protocol/errors.js';
import {
  MAX_CALLER_BYTES,
  MAX_CALLER_COMMANDS,
  MAX_QUEUE_BYTES,
  MAX_QUEUE_COMMANDS,
} from '../../../src/protocol/limits.js';
import { StandbyWriter } from '../../../src/worker/standbyWriter.js';
import type { WriterClient } from '../../../src/worker/writerClient.js';

/**
 * Stands in for the writer thread. A call whose content is `exit`, `throw` or `fatal` ends it in that way, `release`
 * answers everything held, and every other one is held.
 */
const STAND_IN = `
const { parentPort, workerData } = require('node:worker_threads');
if (workerData.dataDir === 'exits at its start') process.exit(3);
if (workerData.dataDir === 'throws at its start') throw new Error('no');
const held = [];
let refusals = workerData.dataDir === 'is owned by another at first' ? 2 : 0;
parentPort.on('message', (message) => {
  if (message.type === 'open') {
    if (refusals > 0) {
      refusals -= 1;
      const error = { code: 'lock_busy', message: 'Process 7 runs the worker.', outcome: 'not_written', retry: 'never' };
      return parentPort.postMessage({ type: 'refused', error });
    }
    parentPort.postMessage({ type: 'locked', database: '/memory.db' });
    const snapshot = { epoch: 1, queue: { depth: 0 }, degraded: null };
    return parentPort.postMessage({ type: 'opened', snapshot });
  }
  if (message.type === 'close') {
    if (workerData.dataDir === 'exits instead of closing') process.exit(0);
    parentPort.postMessage({ type: 'closed' });
    return parentPort.close();
  }
  const { content } = message.input;
  if (content === 'exit') process.exit(1);
  if (content === 'throw') throw new Error('out of order');
  if (content === 'fatal') {
    const error = { code: 'internal', message: 'lost', outcome: 'written', retry: 'same-key' };
    parentPort.postMessage({ type: 'fatal', error });
    return parentPort.close();
  }
  held.push(message.id);
  if (content !== 'release') return;
  parentPort.postMessage({ type: 'answers', answers: held.splice(0).map((id) => ({ id, result: { id } })) });
});
`;

describe('the way to the writer thread', () => {
  let distDir: string;
  let client: WriterClient | null;
  let losses: GreeumError[];
  let locked: string[];
  let onLost: () => void;

  before(() => {
    distDir = mkdtempSync(join(tmpdir(), 'greeum-writer-'));
    writeFileSync(join(distDir, 'writer.js'), STAND_IN);
  });

  after(() => rmSync(distDir, { recursive: true }));

  beforeEach(() => {
    client = null;
    losses = [];
    locked = [];
    onLost = () => undefined;
  });

  afterEach(() => client?.close(0));

  async function start(dataDir = ''): Promise<WriterClient> {
    return open(new StandbyWriter({ dataDir, secrets: 'redact', embedding: null, storage: null }, distDir));
  }

  async function open(standby: StandbyWriter): Promise<WriterClient> {
    const events = {
      onSnapshot: () => undefined,
      log: () => undefined,
      onLost: (error: GreeumError) => {
        losses.push(error);
        onLost();
      },
    };
    client = await standby.open(events, (database) => locked.push(database));
    return client;
  }

  function add(to: WriterClient, content: string, caller = 'a'): Promise<string> {
    return to.call('add_memory', { content }, { source: 'api', caller }).then(() => 'answered', outcomeOf);
  }

  function outcomeOf(error: unknown): string {
    return error instanceof GreeumError ? `${error.code} ${error.outcome} ${error.retry}` : String(error);
  }

  describe('that is full', () => {
    const REFUSED = 'overloaded not_written same-key';

    it('refuses at once what comes past the bound in commands, and takes more when it has drained', async () => {
      const writer = await start();
      const callers = Math.ceil(MAX_QUEUE_COMMANDS / MAX_CALLER_COMMANDS);
      const waiting = Array.from({ length: MAX_QUEUE_COMMANDS - 1 }, (_, index) =>
        add(writer, 'held', `caller ${index % callers}`),
      );
      // The last that has room brings the answers; they cannot come before this turn has ended.
      waiting.push(add(writer, 'release', 'another'));
      const refused = add(writer, 'one too many', 'yet another');
      assert.equal(writer.snapshot.queue.depth, MAX_QUEUE_COMMANDS);
      assert.equal(await refused, REFUSED);
      assert.deepEqual([...new Set(await Promise.all(waiting))], ['answered']);
      assert.equal(writer.snapshot.queue.depth, 0);
      assert.equal(await add(writer, 'release', 'yet another'), 'answered');
    });

    it('refuses what comes past the bound in bytes, and smaller ones are still taken', async () => {
      const writer = await start();
      const large = 'x'.repeat(MAX_CALLER_BYTES / 2);
      const callers = MAX_QUEUE_BYTES / MAX_CALLER_BYTES;
      const waiting = Array.from({ length: callers - 1 }, (_, index) => add(writer, large, `caller ${index}`));
      waiting.push(add(writer, large.slice(0, -100), 'the last'));
      assert.equal(await add(writer, 'y'.repeat(101), 'another'), REFUSED);
      assert.equal(await add(writer, 'release', 'another'), 'answered');
      assert.deepEqual([...new Set(await Promise.all(waiting))], ['answered']);
      assert.equal(await add(writer, 'release', 'another'), 'answered');
    });

    it('for one caller is not full for another, who never hears of it', async () => {
      const writer = await start();
      const flood = Array.from({ length: MAX_CALLER_COMMANDS }, () => add(writer, 'held', 'flood'));
      assert.equal(await add(writer, 'one too many', 'flood'), REFUSED);
      const other = Array.from({ length: 10 }, () => add(writer, 'held', 'other'));
      assert.equal(await add(writer, 'release', 'other'), 'answered');
      assert.deepEqual([...new Set(await Promise.all([...flood, ...other]))], ['answered']);
      const again = add(writer, 'held', 'flood');
      assert.equal(await add(writer, 'release', 'flood'), 'answered');
      assert.equal(await again, 'answered');
    });
  });

  it('hands answers on that came together a few at a time, so that others have their turn in between', async () => {
    const writer = await start();
    let answered = 0;
    const waiting = Array.from({ length: 100 }, () => add(writer, 'held'));
    const all = Promise.all([...waiting, add(writer, 'release')].map((one) => one.then(() => (answered += 1))));
    const perTurn: number[] = [];
    for (let before = 0; answered < 101; before = answered) {
      await new Promise((resolve) => setImmediate(resolve));
      perTurn.push(answered - before);
    }
    await all;
    assert.ok(Math.max(...perTurn) <= 10, `${Math.max(...perTurn)} in one turn`);
  });

  describe('whose thread', () => {
    for (const [what, end] of [
      ['ends', 'exit'],
      ['throws', 'throw'],
      ['gives up after a write that is on disk', 'fatal'],
    ] as const) {
      it(`${what}, says of everything pending that it may be written, and tells its owner once`, async () => {
        const writer = await start();
        const lost = new Promise<void>((resolve) => (onLost = resolve));
        const pending = [add(writer, 'held', 'a'), add(writer, end, 'b'), add(writer, 'behind it', 'c')];
        assert.deepEqual([...new Set(await Promise.all(pending))], ['connection_lost unknown same-key']);
        await lost;
        // Nobody would ever answer these.
        assert.equal(await add(writer, 'late'), 'worker_stopping not_written after-reconnect');
        await writer.close(0);
        assert.equal(writer.snapshot.queue.depth, 0);
        assert.equal(losses.length, 1);
      });
    }

    it('ends at its start is an error, not a wait', async () => {
      await assert.rejects(start('exits at its start'), { code: 'connection_lost' });
      await assert.rejects(start('throws at its start'), { code: 'internal' });
    });

    it('finds another owner stands by, and is the same thread when it tries again', async () => {
      const standby = new StandbyWriter(
        { dataDir: 'is owned by another at first', secrets: 'redact', embedding: null, storage: null },
        distDir,
      );
      await assert.rejects(open(standby), { code: 'lock_busy' });
      // Another thread would count its refusals anew.
      await assert.rejects(open(standby), { code: 'lock_busy' });
      assert.deepEqual(locked, []);
      assert.equal(await add(await open(standby), 'release'), 'answered');
      assert.deepEqual(locked, ['/memory.db']);
    });

    it('ends while it stands by is replaced by another at the next try', async () => {
      const standby = new StandbyWriter(
        { dataDir: 'is owned by another at first', secrets: 'redact', embedding: null, storage: null },
        distDir,
      );
      await assert.rejects(open(standby), { code: 'lock_busy' });
      await standby.close();
      await assert.rejects(open(standby), { code: 'lock_busy' });
      await standby.close();
    });

    it('ends while it is asked to close has closed', async () => {
      const writer = await start('exits instead of closing');
      const pending = add(writer, 'held');
      await writer.close(0);
      assert.equal(await pending, 'connection_lost unknown same-key');
      assert.deepEqual(losses, []);
    });
  });
});
