import assert from 'node:assert/strict';
import { MAX_WATCHED, ResourceChanges } from '../../../src/mcp/resourceChanges.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { FakeMemory } from './fakeMemory.js';

const BRANCH = 'greeum://branch/5a1f9e0c-0000-4000-8000-000000000000';

describe('changes of resources', () => {
  let memory: FakeMemory;
  let changed: () => void;
  let changes: ResourceChanges;
  let told: string[];
  beforeEach(() => {
    memory = new FakeMemory();
    told = [];
    changes = new ResourceChanges(
      {
        service: memory,
        onChange: (listener) => {
          changed = listener;
          return () => (changed = () => undefined);
        },
      },
      0,
    );
    changes.onUpdated((uri) => told.push(uri));
  });
  afterEach(() => changes.close());

  const add = (): Promise<unknown> => memory.call('add_memory', { content: 'a fact' });
  const untilTold = async (count: number): Promise<void> => {
    while (told.length < count) await new Promise((resolve) => setImmediate(resolve));
  };

  it('are told for what was watched and is another one now, and for nothing else', async () => {
    await changes.watch(BRANCH);
    await changes.watch('greeum://worker');
    await add();
    changed();
    await untilTold(1);
    assert.deepEqual(told, [BRANCH]);
  });

  it('are told once each, however many watch', async () => {
    const ends = await Promise.all([changes.watch(BRANCH), changes.watch(BRANCH)]);
    await add();
    changed();
    await untilTold(1);
    ends[0]?.();
    ends[0]?.();
    await add();
    changed();
    await untilTold(2);
    assert.deepEqual(told, [BRANCH, BRANCH]);
  });

  it('cost nothing while nobody watches', async () => {
    (await changes.watch(BRANCH))?.();
    const before = memory.calls.length;
    changed();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(memory.calls.length, before);
  });

  it('are seen later when the worker cannot answer now', async () => {
    let isDown = false;
    const answer = memory.call.bind(memory);
    memory.call = (...call) => {
      if (isDown) throw new GreeumError('timeout', 'No.');
      return answer(...call);
    };
    await changes.watch(BRANCH);
    await add();
    isDown = true;
    changed();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(told, []);
    isDown = false;
    changed();
    await untilTold(1);
  });

  it('are watched within a bound', async () => {
    for (let index = 0; index < MAX_WATCHED; index += 1) await changes.watch(`greeum://memory/${index}`);
    assert.equal(await changes.watch('greeum://slots'), null);
  });
});
