import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RowWrite, TableName } from '../../../src/protocol/change.js';
import type { AddMemoryResult } from '../../../src/protocol/operations.js';
import { blockHash } from '../../../src/memory/blockHash.js';
import { decide } from '../../../src/memory/decide.js';
import { verifyRows } from '../../../src/memory/verify.js';
import { sharedCount } from '../../../src/memory/likeness.js';
import { anyText, check } from '../property.js';
import { Commands, NOON_ISH_MS, testPorts } from './commands.js';
import { ModelStore } from './modelStore.js';

function rowsOf(rows: readonly RowWrite[] | undefined, table: TableName): RowWrite[] {
  return (rows ?? []).filter((row) => row[1] === table);
}

/** A store and its commands; `add` returns the answer. */
function memory() {
  const store = new ModelStore();
  const commands = new Commands();
  const add = (...args: Parameters<Commands['add']>): AddMemoryResult =>
    store.run(commands.add(...args)).answer as unknown as AddMemoryResult;
  return { store, commands, add };
}

describe('the first memory', () => {
  const store = new ModelStore();
  const command = new Commands().add('We chose PostgreSQL for Atlas', {
    importance: 1,
    tags: ['db'],
    project: 'atlas',
    metadata: { file: 'a.md' },
  });
  const { change, answer } = store.run(command);
  const hash = blockHash({
    blockIndex: 0,
    timestamp: '2026-05-12T09:30:15',
    context: 'We chose PostgreSQL for Atlas',
    importance: 1,
    prevHash: '',
  });

  it('is block 0 of a new branch in slot A', () => {
    assert.deepEqual(answer, {
      block_index: 0,
      hash,
      status: 'added',
      slot: 'A',
      branch: command.newRoot,
      timestamp: '2026-05-12T09:30:15',
      before: null,
    });
  });

  it('is written as the rows that Greeum reads', () => {
    const seconds = NOON_ISH_MS / 1000;
    const text = 'We chose PostgreSQL for Atlas';
    const metadata = '{"file":"a.md","source":"cli","project":"atlas"}';
    assert.deepEqual(change?.rows, [
      [
        'insert',
        'blocks',
        [
          0,
          '2026-05-12T09:30:15',
          text,
          1,
          hash,
          '',
          command.newRoot,
          null,
          '[]',
          '[]',
          0,
          0,
          seconds,
          'A',
          0.85,
          seconds,
        ],
      ],
      ['insert', 'block_keywords', [null, 0, 'postgresql']],
      ['insert', 'block_keywords', [null, 0, 'chose']],
      ['insert', 'block_keywords', [null, 0, 'atlas']],
      ['insert', 'block_tags', [null, 0, 'db']],
      ['insert', 'block_metadata', [0, metadata]],
      ['insert', 'greeum_blocks', [0, 'atlas', null]],
      ['insert', 'memory_nodes', [command.nodeId, 0, 'memory', text, null, 0, null, '{}', '2026-05-12T09:30:15']],
      ['put', 'greeum_slots', ['A', hash, null, text, seconds, 1, 0]],
    ]);
  });
});

describe('a further memory', () => {
  it('continues the chain', () => {
    const { store, add } = memory();
    const first = add('one thing');
    const second = add('another matter');
    const row = store.rows('blocks')[1];
    assert.equal(second.block_index, 1);
    assert.equal(row?.['prev_hash'], first.hash);
  });

  it('continues the branch whose blocks share most words with it, at the most alike, and is told to it', () => {
    const { store, add } = memory();
    const kitchen = add('kimchi stew with pork and tofu');
    add('the login outage was a clock skew');
    const child = add('kimchi stew needs old kimchi');
    assert.deepEqual([child.branch, child.before], [kitchen.branch, kitchen.hash]);
    const [parent, , row] = store.rows('blocks');
    assert.deepEqual([row?.['branch_depth'], row?.['branch_similarity']], [0, 0.95]);
    assert.equal(parent?.['after'], JSON.stringify([child.hash]));
  });

  it('begins a branch at the head of its slot when nothing is alike', () => {
    const { store, add } = memory();
    const first = add('kimchi stew', { slot: 'B' });
    const second = add('clock skew', { slot: 'B' });
    assert.notEqual(second.branch, first.branch);
    assert.equal(second.before, first.hash);
    const row = store.rows('blocks')[1];
    assert.deepEqual([row?.['branch_depth'], row?.['branch_similarity']], [1, 0.85]);
    assert.equal(store.rows('blocks')[0]?.['after'], JSON.stringify([second.hash]));
  });

  it('begins a branch without a parent in an empty slot', () => {
    const { store, add } = memory();
    add('kimchi stew', { slot: 'A' });
    assert.equal(add('clock skew', { slot: 'C' }).before, null);
    assert.equal(store.rows('blocks')[1]?.['branch_depth'], 0);
  });

  it('begins a branch when those alike have no root', () => {
    const { store, add, commands } = memory();
    const first = add('kimchi stew', { slot: 'A' });
    Object.assign(store.rows('blocks')[0] ?? {}, { root: null });
    const command = commands.add('kimchi stew again', { slot: 'A' });
    const answer = store.run(command).answer as unknown as AddMemoryResult;
    assert.deepEqual([answer.branch, answer.before], [command.newRoot, first.hash]);
  });

  it('moves the head of its slot, and counts the moves of one sitting', () => {
    const { store, add } = memory();
    add('kimchi stew', { slot: 'B' });
    const second = add('clock skew', { slot: 'B' });
    const slot = store.slots()[1];
    assert.deepEqual([slot?.anchorHash, slot?.summary, slot?.hysteresis], [second.hash, 'clock skew', 2]);
  });

  it('leaves a pinned slot where it is, and still belongs to it', () => {
    const { store, add, commands } = memory();
    const first = add('kimchi stew', { slot: 'B' });
    store.run(commands.anchor({ slot: 'B', pinned: true }));
    const second = add('clock skew', { slot: 'B' });
    assert.equal(second.slot, 'B');
    assert.equal(second.before, first.hash);
    assert.equal(store.slots()[1]?.anchorHash, first.hash);
  });

  it('is queued for the consolidator of Greeum when that has its queue here', () => {
    const command = new Commands().add('x');
    const facts = new ModelStore().gather(command);
    assert.equal(facts.kind, 'add_memory');
    const { change } = decide(command, { ...facts, hasConsolidationQueue: true });
    const [row] = rowsOf(change?.rows, 'consolidation_queue');
    assert.deepEqual(row?.[2], [null, 0, '2026-05-12T09:30:15', 'pending']);
  });
});

describe('the links of a memory', () => {
  it('are to those that share rare keywords, the rarest first, and to the end of its branch', () => {
    const { store, add } = memory();
    for (const text of [
      'zebra lion',
      'the lion sleeps',
      'the lion eats',
      'a quiet evening',
      'one more quiet evening',
    ]) {
      add(text);
    }
    add('zebra lion evening');
    const links = store.links().filter(({ source }) => source === 5);
    assert.deepEqual(
      links.slice(0, 1).map(({ target, type }) => [target, type]),
      [[0, 'semantic']],
    );
    assert.ok(links.every(({ source, target }) => source !== target));
    const strengths = links.map(({ strength }) => strength);
    assert.deepEqual(
      strengths,
      [...strengths].sort((a, b) => b - a),
    );
    assert.ok(strengths.every((strength) => strength > 0 && strength <= 1));
  });

  it('are at most five by meaning and one by time', () => {
    const { store, add } = memory();
    for (let count = 0; count < 20; count++) add(`quagga number ${'abcdefghijklmnopqrst'[count]}x`);
    const links = store.links().filter(({ source }) => source === 19);
    assert.ok(links.filter(({ type }) => type === 'semantic').length <= 5);
    assert.ok(links.filter(({ type }) => type === 'temporal').length <= 1);
  });

  it('go to the end of the branch by time when the words in common are common', () => {
    const { store, add } = memory();
    add('we went to the sea');
    add('we saw it was good to go');
    const links = store.links();
    assert.deepEqual(
      links.map(({ source, target, type, strength }) => [source, target, type, strength]),
      [[1, 0, 'temporal', 0.2]],
    );
  });

  it('do not go twice to the same memory', () => {
    const { store, add } = memory();
    add('zebra crossing');
    add('zebra stripes');
    assert.deepEqual(
      store.links().map(({ target, type }) => [target, type]),
      [[0, 'semantic']],
    );
  });

  it('do not go by time to another branch', () => {
    const { store, add } = memory();
    add('kimchi stew');
    add('clock skew');
    assert.deepEqual(store.links(), []);
  });
});

describe('any run of memories', () => {
  const input = fc.record(
    {
      content: fc
        .oneof(
          anyText.map((text) => text.replace(/[\p{Cs}\0]/gu, '')),
          fc
            .array(fc.constantFrom('kimchi', 'stew', 'clock', 'the', 'skew', '김치', '시계'), { minLength: 1 })
            .map((words) => words.join(' ')),
        )
        .filter((text) => /[\p{L}\p{N}]/u.test(text)),
      importance: fc.double({ min: 0, max: 1, noNaN: true }),
      tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
      slot: fc.constantFrom('A' as const, 'B' as const, 'C' as const),
      project: fc.constantFrom('p', 'q'),
    },
    { requiredKeys: ['content'] },
  );
  const inputs = fc.array(input, { minLength: 1, maxLength: 12 });

  it('leaves a chain without a gap and no reference without its end', () => {
    check(
      fc.property(inputs, (memories) => {
        const { store, add } = memory();
        // The model store refuses a second row with the same key and a change to a row that is not there.
        const answers = memories.map(({ content, ...more }) => add(content, more));
        const blocks = answers.filter(({ status }) => status === 'added').length;
        assert.deepEqual(verifyRows(store.verifyInput()), { ok: true, blocks, problems: [] });
      }),
    );
  });

  it('is decided the same from the same facts, which stay as they were', () => {
    check(
      fc.property(inputs, (memories) => {
        const store = new ModelStore();
        const commands = new Commands(testPorts());
        for (const { content, ...more } of memories) {
          const command = commands.add(content, more);
          const facts = store.gather(command);
          const before = structuredClone({ command, facts });
          const decision = decide(command, facts);
          assert.deepEqual(decide(command, facts), decision);
          assert.deepEqual({ command, facts }, before);
          assert.deepEqual(JSON.parse(JSON.stringify(decision.change)), decision.change, 'the change is plain JSON');
          if (decision.change !== null) store.write(decision.change);
        }
      }),
    );
  });

  it('is decided the same when the store has counted the shared words', () => {
    check(
      fc.property(inputs, (memories) => {
        const store = new ModelStore();
        const commands = new Commands();
        for (const { content, ...more } of memories) {
          const command = commands.add(content, more);
          const facts = store.gather(command);
          assert.equal(facts.kind, 'add_memory');
          if (facts.kind !== 'add_memory') return;
          const counts = facts.recentBlocks.map(
            ({ blockIndex, words }) => [blockIndex, sharedCount(command.words, words)] as const,
          );
          const sharedWords = new Map(counts.filter(([, count]) => count > 0));
          const noWords = facts.recentBlocks.map((block) => ({ ...block, words: new Set<string>() }));
          const decision = decide(command, facts);
          assert.deepEqual(decide(command, { ...facts, recentBlocks: noWords, sharedWords }), decision);
          if (decision.change !== null) store.write(decision.change);
        }
      }),
    );
  });
});
