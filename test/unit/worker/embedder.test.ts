import assert from 'node:assert/strict';

import type { Embedded, OpenModel, VectorSource } from '../../../src/embedding/vectors.js';
import { VectorTable, type Similarities } from '../../../src/embedding/vectorTable.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { Embedder } from '../../../src/worker/embedder.js';

const DIMENSION = 2;

/** The direction of a text is its length. */
class FakeModel implements VectorSource {
  model = 'one';
  table = new VectorTable(DIMENSION);
  failure: GreeumError | null = null;
  refuses = 'nothing';
  embedded: string[] = [];
  isClosed = false;

  open(): Promise<OpenModel> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve({ model: this.model, dimension: DIMENSION, count: this.table.count });
  }

  embed(texts: readonly string[]): Promise<Embedded> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.embedded.push(...texts);
    const taken = texts.map((text) => text !== this.refuses);
    const vectors = texts.filter((_, at) => taken[at]).flatMap(({ length }) => [Math.cos(length), Math.sin(length)]);
    return Promise.resolve({ taken, vectors: Float32Array.from(vectors) });
  }

  put(blocks: readonly number[], vectors: Float32Array): void {
    this.table.put(blocks, vectors);
  }

  compare({ length }: string): Promise<Similarities | null> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve(this.table.compare(new Float32Array([Math.cos(length), Math.sin(length)])));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe('vectors in the background', () => {
  let model: FakeModel;
  let texts: string[];
  let stored: Map<number, { model: string; values: Float32Array }>;
  let storeFailure: GreeumError | null;
  let timers: { work: () => void; delayMs: number }[];
  let failures: string[];
  let onChange: () => void;
  let opened: Embedder[];

  beforeEach(() => {
    model = new FakeModel();
    texts = ['a', 'bb', 'ccc', 'dddd'];
    stored = new Map();
    storeFailure = null;
    timers = [];
    failures = [];
    onChange = () => undefined;
    opened = [];
  });

  afterEach(() => Promise.all(opened.map((embedder) => embedder.close())));

  function start(): Embedder {
    const embedder = new Embedder(
      model,
      'configured',
      {
        scan: (name, _dimension, after, limit) => {
          const next = texts.map((_, block) => block).filter((block) => block > after);
          const some = next.slice(0, limit);
          const isThere = (block: number): boolean => stored.get(block)?.model === name;
          const blocks = some.filter(isThere);
          const vectors = Float32Array.from(blocks.flatMap((block) => [...(stored.get(block)?.values ?? [])]));
          return { blocks, vectors, missing: some.filter((block) => !isThere(block)), last: some.at(-1) ?? null };
        },
        context: (block) => texts[block] ?? '',
        blockCount: () => texts.length,
        store: (name, made) => {
          if (storeFailure !== null) return Promise.reject(storeFailure);
          for (const { blockIndex, values } of made) stored.set(blockIndex, { model: name, values });
          return Promise.resolve();
        },
      },
      {
        startTimer: (work, delayMs) => {
          timers.push({ work, delayMs });
          onChange();
          return () => undefined;
        },
        random: () => 0.5,
        onChange: () => onChange(),
        onFailed: ({ message }) => failures.push(message),
      },
    );
    opened.push(embedder);
    embedder.start();
    return embedder;
  }

  /** Resolves when it is so; it is looked at after each change. */
  function until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      onChange = () => {
        if (isSo()) setImmediate(resolve);
      };
      onChange();
    });
  }

  const isReady = (embedder: Embedder) => () => embedder.status.state === 'ready';
  const down = (): GreeumError => new GreeumError('embedding_failed', 'Nobody answers.');

  it('are made for every memory that has none, with the name of the model', async () => {
    const embedder = start();
    await until(isReady(embedder));
    assert.deepEqual([...stored.keys()], [0, 1, 2, 3]);
    const expected = { model: 'one', dimension: 2, state: 'ready', embedded: 4, total: 4, refused: 0, problem: null };
    assert.deepEqual([stored.get(3)?.model, embedder.status], ['one', expected]);
  });

  it('are made for what is added later', async () => {
    const embedder = start();
    await until(isReady(embedder));
    texts.push('eeeee');
    embedder.afterBatch();
    await until(() => stored.has(4) && embedder.status.state === 'ready');
    const found = await embedder.compare('eeeee');
    assert.equal(found?.cosines[4], 1);
  });

  it('that are there are not made again', async () => {
    const first = start();
    await until(isReady(first));
    await first.close();
    model = new FakeModel();
    texts.push('eeeee');
    const second = start();
    await until(isReady(second));
    assert.deepEqual([model.embedded, model.table.count], [['eeeee'], 5]);
  });

  it('are made anew for another model', async () => {
    await until(isReady(start()));
    model = new FakeModel();
    model.model = 'two';
    await until(isReady(start()));
    assert.equal(model.embedded.length, 4);
    assert.deepEqual(
      [...stored.values()].map(({ model: name }) => name),
      ['two', 'two', 'two', 'two'],
    );
  });

  it('are made again when somebody asks for it, while the old ones answer', async () => {
    const embedder = start();
    await until(isReady(embedder));
    model.embedded = [];
    const again = embedder.again();
    await assert.rejects(embedder.again(), { code: 'overloaded' });
    assert.equal((await embedder.compare('a'))?.blocks.length, 4);
    assert.deepEqual(await again, { status: 'reembedded', model: 'one', embedded: 4, refused: 0 });
    assert.deepEqual([model.embedded, embedder.status.embedded, model.table.count], [texts, 4, 4]);
  });

  it('stay what they were, or are new, when making them again is given up', async () => {
    texts = Array.from({ length: 80 }, (_, block) => `text ${block}`);
    const embedder = start();
    await until(isReady(embedder));
    model.embedded = [];
    const giveUp = new AbortController();
    onChange = () => {
      if (model.embedded.length > 0) giveUp.abort();
    };
    await assert.rejects(embedder.again(giveUp.signal), { code: 'worker_stopping' });
    await until(isReady(embedder));
    assert.ok(model.embedded.length < 80, `${model.embedded.length} were made again`);
    assert.deepEqual([stored.size, embedder.status.embedded, model.table.count], [80, 80, 80]);
  });

  it('cannot be made again by a model that does not answer, nor on when it fails on the way', async () => {
    const embedder = start();
    await assert.rejects(embedder.again(), { code: 'embedding_failed' });
    await until(isReady(embedder));
    model.failure = down();
    await assert.rejects(embedder.again(), { message: 'Nobody answers.' });
    await assert.rejects(embedder.again(), { message: 'Nobody answers.' });
    model.failure = null;
    await until(() => timers.length === 1);
    timers.pop()?.work();
    await until(isReady(embedder));
    assert.deepEqual([stored.size, embedder.status.embedded], [4, 4]);
  });

  it('come later when the model does not answer at first, asked less and less often', async () => {
    model.failure = down();
    const embedder = start();
    for (const delayMs of [1_000, 2_000, 4_000]) {
      await until(() => timers.length === 1);
      assert.deepEqual([timers[0]?.delayMs, embedder.status.state], [delayMs, 'waiting']);
      assert.equal(embedder.status.problem, 'Nobody answers.');
      if (delayMs === 4_000) model.failure = null;
      timers.pop()?.work();
    }
    await until(isReady(embedder));
    assert.deepEqual([stored.size, failures], [4, ['Nobody answers.']]);
  });

  it('leave a search to its words while the model does not answer', async () => {
    const embedder = start();
    await until(isReady(embedder));
    model.failure = down();
    assert.equal(await embedder.compare('a'), null);
    assert.equal(embedder.status.state, 'waiting');
    model.failure = null;
    assert.equal(await embedder.compare('a'), null, 'it is not asked again for each search');
    await until(() => timers.length === 1);
    timers.pop()?.work();
    await until(isReady(embedder));
    assert.equal((await embedder.compare('a'))?.blocks.length, 4);
    assert.equal(model.embedded.length, 4, 'what was embedded is still known');
  });

  it('are asked for again when they could not be stored', async () => {
    storeFailure = new GreeumError('journal_write_failed', 'The disk is full.');
    const embedder = start();
    await until(() => timers.length === 1);
    assert.deepEqual([stored.size, embedder.status.embedded, model.table.count], [0, 0, 0]);
    storeFailure = null;
    timers.pop()?.work();
    await until(isReady(embedder));
    assert.deepEqual([stored.size, model.table.count], [4, 4]);
  });

  it('of a text that the model refuses are left out, and it is told how many', async () => {
    model.refuses = 'bb';
    const embedder = start();
    await until(isReady(embedder));
    assert.deepEqual([[...stored.keys()], embedder.status.refused], [[0, 2, 3], 1]);
  });

  it('end with the worker', async () => {
    model.failure = down();
    const embedder = start();
    await until(() => timers.length === 1);
    await embedder.close();
    assert.equal(model.isClosed, true);
    assert.equal(await embedder.compare('a'), null);
  });
});
