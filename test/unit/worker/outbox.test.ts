import assert from 'node:assert/strict';

import type { ResolvePorts } from '../../../src/memory/randomIds.js';
import { rebase } from '../../../src/memory/rebase.js';
import { resolveCommand } from '../../../src/memory/resolveCommand.js';
import type { AddMemoryCommand } from '../../../src/protocol/commands.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { Store } from '../../../src/storage/store.js';
import type { Outcome } from '../../../src/worker/commit.js';
import { Outbox } from '../../../src/worker/outbox.js';
import { countingPorts, emptyDisk, LAYOUT, START_MS } from '../../support/memory.js';
import type { SimulatedDisk } from '../../support/simulatedDisk.js';

const DELIVERED: Outcome = { answer: null, change: null };
const REFUSED: Outcome = { error: new GreeumError('unknown_block', 'There is no memory #404 to replace.') };

describe('an outbox', () => {
  let disk: SimulatedDisk;
  let ports: ResolvePorts;
  let store: Store;
  let outbox: Outbox;

  beforeEach(async () => {
    disk = emptyDisk();
    ports = countingPorts();
    await open();
  });

  afterEach(() => store.close());

  async function open(): Promise<void> {
    store = await Store.open(disk, LAYOUT, { nowMs: START_MS, rebase });
    outbox = new Outbox(store, () => START_MS);
  }

  /** What is acknowledged is on disk: nothing else is left of the process. */
  async function reopen(): Promise<void> {
    disk.killProcesses();
    await open();
  }

  function add(content: string): AddMemoryCommand {
    const command = resolveCommand('add_memory', { content, idempotency_key: content }, ports, { source: 'api' });
    assert.ok(command.kind === 'add_memory');
    return command;
  }

  function waiting(): string[] {
    return outbox.first(100).map(({ content }) => content);
  }

  function rows(): string[] {
    return store.stateRows('outbox').map(({ key }) => key.replace(/0+(?=\d)/, ''));
  }

  it('is empty in a new memory', () => {
    assert.deepEqual([outbox.size, outbox.refused, outbox.first(1), rows()], [0, 0, [], []]);
    assert.deepEqual([outbox.find('key'), outbox.find(null)], [null, null]);
  });

  it('has what it was given, in its order and as it was, also when it is opened again', async () => {
    const commands = [add('b'), add('a'), add('c')];
    outbox.add(commands.slice(0, 2));
    outbox.add(commands.slice(2));
    for (const way of ['at once', 'opened again']) {
      assert.deepEqual(outbox.first(100), commands, way);
      assert.deepEqual(outbox.first(2), commands.slice(0, 2), way);
      assert.deepEqual([outbox.size, outbox.find('a'), outbox.find('d')], [3, commands[1], null], way);
      await reopen();
    }
  });

  it('keeps the words of a memory as a set', async () => {
    const command = add('the cache is cold after a deploy');
    assert.ok(command.words.size > 1);
    outbox.add([command]);
    await reopen();
    const words = outbox.first(1)[0]?.words;
    assert.ok(words instanceof Set);
    assert.deepEqual(words, command.words);
  });

  it('keeps the order past the tenth', async () => {
    const contents = Array.from({ length: 12 }, (_, index) => `memory ${index}`);
    outbox.add(contents.map(add));
    await reopen();
    assert.deepEqual(waiting(), contents);
  });

  it('goes on with its numbers when it is opened again', async () => {
    outbox.add([add('first'), add('second')]);
    await reopen();
    outbox.add([add('third')]);
    assert.deepEqual(rows(), ['outbox:1', 'outbox:2', 'outbox:3']);
    await reopen();
    assert.deepEqual(waiting(), ['first', 'second', 'third']);
  });

  it('takes no number of one that was refused', async () => {
    const refused = add('refused');
    outbox.add([refused]);
    outbox.settle([refused], [REFUSED]);
    await reopen();
    outbox.add([add('next')]);
    assert.deepEqual(rows(), ['outbox-refused:1', 'outbox:2']);
  });

  it('is rid of what is settled, and of nothing else', async () => {
    const [first, second, third] = [add('first'), add('second'), add('third')];
    outbox.add([first, second, third]);
    outbox.settle([first, second], [DELIVERED, DELIVERED]);
    assert.deepEqual([waiting(), outbox.size, outbox.find('first')], [['third'], 1, null]);
    await reopen();
    assert.deepEqual([waiting(), outbox.refused, rows()], [['third'], 0, ['outbox:3']]);
  });

  it('keeps what was refused apart, with the code and all of it', async () => {
    const [before, refused, after] = [add('before'), add('refused'), add('after')];
    outbox.add([before, refused, after]);
    outbox.settle([before, refused, after], [DELIVERED, REFUSED, DELIVERED]);
    assert.deepEqual([outbox.size, outbox.refused], [0, 1]);
    await reopen();
    assert.deepEqual([outbox.size, outbox.refused, rows()], [0, 1, ['outbox-refused:2']]);
    const [kept] = store.stateRows('outbox-refused:');
    const { code, command } = JSON.parse(kept?.value ?? '') as { code: string; command: string };
    assert.equal(code, 'unknown_block');
    assert.deepEqual(JSON.parse(command), { ...refused, words: [...refused.words] });
  });

  it('does nothing when the same is settled again, or what never waited', () => {
    const [delivered, refused] = [add('delivered'), add('refused')];
    outbox.add([delivered, refused, add('waiting')]);
    outbox.settle([delivered, refused], [DELIVERED, REFUSED]);
    const { lastSequence } = store;
    outbox.settle([delivered, refused], [DELIVERED, REFUSED]);
    outbox.settle([add('unknown')], [DELIVERED]);
    assert.deepEqual([waiting(), outbox.refused, store.lastSequence], [['waiting'], 1, lastSequence]);
  });

  it('writes one frame for many, and none for nothing', () => {
    const before = store.lastSequence;
    outbox.add([]);
    outbox.settle([], []);
    assert.equal(store.lastSequence, before);
    outbox.add([add('first'), add('second')]);
    assert.equal(store.lastSequence, before + 1);
  });

  it('queues nothing of what the disk refuses, and says so', async () => {
    outbox.add([add('before')]);
    disk.fail({ call: 'fdatasync', errno: 'ENOSPC' });
    const refused = [add('refused'), add('refused too')];
    assert.throws(() => outbox.add(refused), { code: 'journal_write_failed', outcome: 'not_written' });
    assert.deepEqual([waiting(), outbox.find('refused'), rows()], [['before'], null, ['outbox:1']]);
    outbox.add([add('after')]);
    await reopen();
    assert.deepEqual(waiting(), ['before', 'after']);
  });

  it('keeps waiting what is delivered when the disk does not take its end, and settles it then', async () => {
    const commands = [add('delivered'), add('refused')];
    outbox.add(commands);
    disk.fail({ call: 'fdatasync', errno: 'ENOSPC' });
    assert.throws(() => outbox.settle(commands, [DELIVERED, REFUSED]), { code: 'journal_write_failed' });
    assert.deepEqual([waiting(), outbox.refused], [['delivered', 'refused'], 0]);
    await reopen();
    assert.deepEqual([waiting(), outbox.refused], [['delivered', 'refused'], 0]);
    outbox.settle(commands, [DELIVERED, REFUSED]);
    assert.deepEqual([outbox.size, outbox.refused, rows()], [0, 1, ['outbox-refused:2']]);
  });

  it('survives a checkpoint', async () => {
    outbox.add([add('kept')]);
    store.finishCheckpoint(await store.buildCheckpointHere(store.beginCheckpoint()));
    await reopen();
    assert.deepEqual(waiting(), ['kept']);
  });
});
