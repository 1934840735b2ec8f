import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { withForeignBlocks } from '../support/foreignWrites.js';
import { WorkerCalls } from '../support/workerCalls.js';

const TEXTS = [
  'Redis was too slow for the queue.',
  'The queue holds 10 000 commands.',
  '배포는 화요일에 한다.',
  'getUserById answers 404 for deleted users.',
];
/** More than a search waits for: see `MAX_BACKLOG` of the indexer. */
const MANY = 2_000;
const AT_ONCE = 50;
const QUESTIONS = ['queue', 'deployment', 'user id', '"10 000 commands"'];

describe('the search index of a worker', () => {
  let folder: { path: string; remove: () => void };
  let worker: WorkerProcess | null = null;
  let index: string;

  /** What each question finds. */
  async function answers(): Promise<number[][]> {
    worker = await WorkerProcess.start(folder.path);
    const calls = new WorkerCalls(folder.path);
    const found: number[][] = [];
    for (const question of QUESTIONS) {
      const { results } = await calls.call('search_memory', { query: question, neighbours: false });
      found.push(results.map(({ block_index }) => block_index));
    }
    return found;
  }

  async function stop(): Promise<void> {
    await worker?.end('SIGTERM');
    worker = null;
  }

  before(async () => {
    folder = scratchFolder();
    index = join(folder.path, 'data', 'index.db');
    worker = await WorkerProcess.start(folder.path);
    const calls = new WorkerCalls(folder.path);
    for (const text of TEXTS) await calls.add(text);
    await stop();
  });

  after(async () => {
    await stop();
    folder.remove();
  });

  it('is built again, and finds the same, when it was deleted or damaged', async () => {
    const expected = await answers();
    await stop();
    assert.deepEqual(expected, [[1, 0], [2], [3], [1]]);
    assert.ok(existsSync(index));
    const whole = readFileSync(index);
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 0x10;
    for (const [what, damage] of [
      ['deleted', () => rmSync(index)],
      ['one bit flipped', () => writeFileSync(index, flipped)],
    ] as const) {
      damage();
      assert.deepEqual(await answers(), expected, what);
      await stop();
      assert.deepEqual(readFileSync(index), whole, `${what}: written as it was`);
    }
  });

  it('is built again in the background, step by step, of thousands of memories', async () => {
    worker = await WorkerProcess.start(folder.path);
    const calls = new WorkerCalls(folder.path);
    const texts = Array.from({ length: MANY }, (_, at) => `Shelf ${at} holds ${at % 7 === 0 ? 'saffron' : 'salt'}.`);
    while (texts.length > 0) await Promise.all(texts.splice(0, AT_ONCE).map((text) => calls.add(text)));
    await stop();
    const expected = await answers();
    await stop();
    rmSync(index);
    assert.deepEqual(await answers(), expected);
    const { results } = await new WorkerCalls(folder.path).call('search_memory', { query: 'saffron', limit: 100 });
    assert.equal(results.filter(({ context }) => context.includes('saffron')).length, 100);
    await stop();
  });

  it('finds what another program wrote while no worker ran', async () => {
    const database = join(folder.path, 'data', 'memory.db');
    const bytes = await withForeignBlocks(readFileSync(database), ['A queue that Python filled.']);
    writeFileSync(database, bytes);
    const [queue] = await answers();
    assert.deepEqual(new Set(queue), new Set([0, 1, TEXTS.length + MANY]));
  });
});
