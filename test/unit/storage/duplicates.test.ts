import assert from 'node:assert/strict';

import type { AddMemoryInput, AddMemoryResult } from '../../../src/protocol/operations.js';
import { emptyDisk, TestMemory } from '../../support/memory.js';

describe('the gate before an add', () => {
  let memory: TestMemory;

  beforeEach(async () => {
    memory = await TestMemory.open(emptyDisk());
  });
  afterEach(() => memory.store.close());

  async function add(content: string, more: Omit<AddMemoryInput, 'content'> = {}): Promise<AddMemoryResult> {
    const [answer] = await memory.add({ content, ...more });
    return answer as unknown as AddMemoryResult;
  }

  it('answers a repeated text with the memory that is there, and writes nothing', async () => {
    const first = await add('We deploy on Fridays');
    const { similarity, ...again } = await add('we deploy on  fridays.');
    assert.deepEqual([again, similarity], [{ ...first, status: 'duplicate' }, 1]);
    assert.equal(memory.store.blockCount, 1);
  });

  it('finds a repeated text however old it is and however common its words are', async () => {
    // Where UTF-16, code points and SQLite's lower case part ways.
    const repeated = ['tests pass again', '🦓'.repeat(33), `ÄÖ 🦓 İ tests PASS again`, '테스트가 다시 통과'];
    const first = [];
    for (const content of repeated) first.push(await add(content));
    const words = ['tests', 'pass', 'again'];
    for (let index = 0; index < 130; index += 1) {
      await add(`${words[index % 3] ?? ''} ${index} ${words[(index + 1) % 3] ?? ''}`);
    }
    assert.equal((await add('Tests pass again')).block_index, first[0]?.block_index);
    for (const [index, content] of repeated.entries()) {
      assert.equal((await add(content)).block_index, first[index]?.block_index, content);
    }
  });

  it('finds a memory that differs in a word by the rare words of both', async () => {
    const { block_index } = await add('The billing service retries a failed payment three times before it gives up');
    for (let index = 0; index < 120; index += 1) await add(`filler ${index}`);
    const again = await add('The billing service retries a failed payment three times until it gives up');
    assert.deepEqual([again.status, again.block_index], ['duplicate', block_index]);
  });

  it('lets pass what is allowed, what belongs to another project, and what replaces the one it is like', async () => {
    const { block_index } = await add('We deploy on Fridays');
    assert.equal((await add('We deploy on Fridays', { allow_duplicate: true })).status, 'added');
    assert.equal((await add('We deploy on Fridays', { project: 'atlas' })).status, 'added');
    const newer = await add('We deploy on Fridays!', { supersedes: block_index, allow_duplicate: true });
    assert.equal(newer.status, 'added');
  });

  it('compares with memories that hold, not with those that are replaced', async () => {
    const tabs = await add('Indent with tabs');
    await add('Indent with four spaces', { supersedes: tabs.block_index });
    assert.equal((await add('Indent with tabs')).status, 'added');
  });

  it('gives a key the same answer for ever, for a duplicate too', async () => {
    const first = await add('We deploy on Fridays');
    const answered = await add('We deploy on Fridays', { idempotency_key: 'k' });
    assert.equal(answered.status, 'duplicate');
    await add('We deploy on Mondays', { supersedes: first.block_index });
    assert.deepEqual(await add('We deploy on Fridays', { idempotency_key: 'k' }), answered);
  });

  it('holds within a batch', async () => {
    const answers = await memory.add({ content: 'twice at once' }, { content: 'twice at once' });
    assert.deepEqual(
      (answers as unknown as AddMemoryResult[]).map(({ status, block_index }) => [status, block_index]),
      [
        ['added', 0],
        ['duplicate', 0],
      ],
    );
  });
});

describe('a memory that replaces another', () => {
  it('leaves it as it was, and tells of it in its record and its links', async () => {
    const memory = await TestMemory.open(emptyDisk());
    await memory.add('The owner of billing is Anna', 'unrelated');
    const before = memory.store.queries.memory({ block_index: 0 });
    await memory.add({ content: 'The owner of billing is Ben', supersedes: 0 });
    const after = memory.store.queries.memory({ block_index: 0 });
    assert.deepEqual([before.superseded_by, after.superseded_by], [null, 2]);
    assert.deepEqual([after.hash, after.context], [before.hash, before.context]);
    const [link] = memory.store.queries.associations(0, 10);
    assert.deepEqual([link?.type, link?.source, link?.target, link?.strength], ['supersedes', 2, 0, 1]);
    await memory.add({ content: 'Billing belongs to Carla since May', supersedes: 0 });
    assert.equal(memory.store.queries.record(0)?.superseded_by, 3);
    memory.store.close();
  });

  it('must name one that is there', async () => {
    const memory = await TestMemory.open(emptyDisk());
    const [answered] = await memory.write(memory.command('add_memory', { content: 'x', supersedes: 7 }));
    assert.deepEqual([answered?.error?.code, answered?.error?.outcome], ['unknown_block', 'not_written']);
    assert.equal(memory.store.blockCount, 0);
    memory.store.close();
  });
});
