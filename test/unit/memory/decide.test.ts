import assert from 'node:assert/strict';
import type { StoredSlot } from '../../../src/protocol/commands.js';
import { GreeumError, type ErrorCode } from '../../../src/protocol/errors.js';
import type { AddMemoryResult } from '../../../src/protocol/operations.js';
import { decide } from '../../../src/memory/decide.js';
import { Commands, NOON_ISH_MS } from './commands.js';
import { ModelStore } from './modelStore.js';

function errorOf(work: () => unknown): GreeumError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof GreeumError);
    return error;
  }
  assert.fail('nothing was thrown');
}

function refuses(work: () => unknown, code: ErrorCode): GreeumError {
  const error = errorOf(work);
  assert.equal(error.code, code);
  assert.equal(error.outcome, 'not_written');
  return error;
}

/** Three memories that have nothing in common. */
function threeMemories() {
  const store = new ModelStore();
  const commands = new Commands();
  for (const text of ['kimchi stew', 'clock skew', '내일 치과']) store.run(commands.add(text));
  return { store, commands };
}

describe('an idempotency key', () => {
  it('is recorded with the answer, in the same change', () => {
    const store = new ModelStore();
    const command = new Commands().add('x', { idempotency_key: 'k1' });
    const { change, answer } = decide(command, { ...store.gather(command), expiredKeys: ['old', 'older'] });
    assert.deepEqual(change?.rows.slice(-3), [
      ['insert', 'greeum_requests', ['k1', command.payloadHash, JSON.stringify(answer), NOON_ISH_MS]],
      ['delete', 'greeum_requests', 'old'],
      ['delete', 'greeum_requests', 'older'],
    ]);
  });

  it('that comes again with the same request gives the first answer and writes nothing', () => {
    const { store, commands } = threeMemories();
    const first = store.run(commands.add('x', { idempotency_key: 'k1' }));
    store.run(commands.add('something between'));
    assert.deepEqual(store.run(commands.add('x', { idempotency_key: 'k1' })), { change: null, answer: first.answer });
    assert.equal(store.rows('blocks').length, 5);
  });

  it('that comes again with another request is a conflict', () => {
    const { store, commands } = threeMemories();
    store.run(commands.add('x', { idempotency_key: 'k1' }));
    refuses(() => store.run(commands.add('y', { idempotency_key: 'k1' })), 'idempotency_conflict');
    refuses(
      () => store.run(commands.anchor({ slot: 'A', pinned: true, idempotency_key: 'k1' })),
      'idempotency_conflict',
    );
  });

  it('is as good for links and anchors', () => {
    const { store, commands } = threeMemories();
    const links = { add: [{ source: 0, target: 1 }], idempotency_key: 'k1' };
    const anchor = { slot: 'A' as const, block_index: 1, idempotency_key: 'k2' };
    const answers = [store.run(commands.link(links)).answer, store.run(commands.anchor(anchor)).answer];
    assert.deepEqual(store.run(commands.link(links)), { change: null, answer: answers[0] });
    assert.deepEqual(store.run(commands.anchor(anchor)), { change: null, answer: answers[1] });
  });

  it('is recorded even when there was nothing else to write', () => {
    const { store, commands } = threeMemories();
    const { change } = store.run(commands.link({ remove: [{ source: 0, target: 1 }], idempotency_key: 'k1' }));
    assert.equal(change?.rows.length, 1);
  });
});

describe('updating associations', () => {
  it('adds links and makes the nodes that blocks lack', () => {
    const { store, commands } = threeMemories();
    store.tables.memory_nodes.clear();
    const { change, answer } = store.run(
      commands.link({
        add: [
          { source: 0, target: 1, strength: 0.9 },
          { source: 1, target: 2, type: 'causal' },
        ],
      }),
    );
    assert.deepEqual(
      change?.rows.map(([verb, table]) => `${verb} ${table}`),
      [
        'insert memory_nodes',
        'insert memory_nodes',
        'insert associations',
        'insert memory_nodes',
        'insert associations',
      ],
    );
    assert.deepEqual(
      store.links().map(({ associationId: _id, ...link }) => link),
      [
        { source: 0, target: 1, type: 'semantic', strength: 0.9 },
        { source: 1, target: 2, type: 'causal', strength: 0.5 },
      ],
    );
    const { added, removed } = answer as { added: { association_id: string }[]; removed: number };
    assert.deepEqual(
      added.map(({ association_id }) => association_id),
      store.links().map(({ associationId }) => associationId),
    );
    assert.equal(removed, 0);
  });

  it('gives a link that exists its new strength, and keeps its id', () => {
    const { store, commands } = threeMemories();
    store.run(commands.link({ add: [{ source: 0, target: 1, strength: 0.2 }] }));
    const [before] = store.links();
    const { change } = store.run(commands.link({ add: [{ source: 0, target: 1, strength: 0.8 }] }));
    assert.deepEqual(change?.rows, [['update', 'associations', before?.associationId ?? '', { strength: 0.8 }]]);
  });

  it('changes the older one when others left a link twice', () => {
    const { store, commands } = threeMemories();
    store.run(commands.link({ add: [{ source: 0, target: 1 }] }));
    const [row] = store.rows('associations');
    store.tables.associations.set('assoc_copy', { ...row, association_id: 'assoc_copy' });
    store.run(commands.link({ add: [{ source: 0, target: 1, strength: 0.8 }] }));
    assert.deepEqual(
      store.links().map(({ strength }) => strength),
      [0.8, 0.5],
    );
  });

  it('takes another direction or another type for another link', () => {
    const { store, commands } = threeMemories();
    store.run(commands.link({ add: [{ source: 0, target: 1 }] }));
    store.run(
      commands.link({
        add: [
          { source: 1, target: 0 },
          { source: 0, target: 1, type: 'causal' },
        ],
      }),
    );
    assert.equal(store.links().length, 3);
  });

  it('takes two additions of one link for one, the last', () => {
    const { store, commands } = threeMemories();
    const { answer } = store.run(
      commands.link({
        add: [
          { source: 0, target: 1, strength: 0.1 },
          { source: 0, target: 1, strength: 0.7 },
        ],
      }),
    );
    assert.deepEqual(
      store.links().map(({ strength }) => strength),
      [0.7],
    );
    assert.equal((answer as { added: unknown[] }).added.length, 1);
  });

  it('removes every link between two memories, in both directions, and counts them', () => {
    const { store, commands } = threeMemories();
    const add = [
      { source: 0, target: 1 },
      { source: 1, target: 0 },
      { source: 0, target: 1, type: 'causal' },
      { source: 1, target: 2 },
    ];
    store.run(commands.link({ add }));
    const { answer } = store.run(
      commands.link({
        remove: [
          { source: 0, target: 1 },
          { source: 1, target: 0 },
        ],
      }),
    );
    assert.deepEqual(answer, { status: 'updated', added: [], removed: 3 });
    assert.deepEqual(
      store.links().map(({ source, target }) => [source, target]),
      [[1, 2]],
    );
  });

  it('removes before it adds', () => {
    const { store, commands } = threeMemories();
    store.run(
      commands.link({
        add: [
          { source: 0, target: 1, type: 'causal' },
          { source: 0, target: 1 },
        ],
      }),
    );
    store.run(commands.link({ add: [{ source: 0, target: 1, strength: 1 }], remove: [{ source: 1, target: 0 }] }));
    assert.deepEqual(
      store.links().map(({ type, strength }) => [type, strength]),
      [['semantic', 1]],
    );
  });

  it('keeps a link that it removes and adds at once, so that the same request again changes nothing', () => {
    const { store, commands } = threeMemories();
    const request = {
      add: [{ source: 0, target: 1, strength: 1 }],
      remove: [
        { source: 0, target: 1 },
        { source: 1, target: 2 },
      ],
    };
    store.run(commands.link({ add: [...request.remove, { source: 0, target: 1, type: 'causal' }] }));
    const [kept] = store.links();
    const { answer } = store.run(commands.link(request));
    const once = store.rows('associations');
    assert.equal((answer as { removed: number }).removed, 2);
    assert.deepEqual(
      store.links().map(({ associationId, strength }) => [associationId, strength]),
      [[kept?.associationId, 1]],
    );
    store.run(commands.link(request));
    assert.deepEqual(store.rows('associations'), once);
  });

  it('writes nothing when there was nothing to remove', () => {
    const { store, commands } = threeMemories();
    assert.deepEqual(store.run(commands.link({ remove: [{ source: 0, target: 1 }] })), {
      change: null,
      answer: { status: 'updated', added: [], removed: 0 },
    });
  });

  it('names all the blocks that are not there, and changes nothing', () => {
    const { store, commands } = threeMemories();
    const command = commands.link({ add: [{ source: 0, target: 9 }], remove: [{ source: 7, target: 1 }] });
    assert.match(refuses(() => store.run(command), 'unknown_block').message, /#7, #9/);
  });
});

describe('updating an anchor', () => {
  it('points it at a block, pinned or not', () => {
    const { store, commands } = threeMemories();
    const command = commands.anchor({ slot: 'C', block_index: 0, pinned: true });
    const { answer } = store.run(command);
    const hash = store.rows('blocks')[0]?.['hash'];
    const last_seen = command.atMs / 1000;
    const anchor = { slot: 'C', block_index: 0, hash, summary: 'kimchi stew', pinned: true, last_seen };
    assert.deepEqual(answer, { status: 'updated', anchor });
    store.run(commands.anchor({ slot: 'C', block_index: 1 }));
    const slot = store.slots()[2];
    assert.deepEqual([slot?.head?.blockIndex, slot?.pinned], [1, true]);
  });

  it('pins and unpins it without moving it', () => {
    const { store, commands } = threeMemories();
    const before = store.slots()[0];
    const { answer } = store.run(commands.anchor({ slot: 'A', pinned: true }));
    assert.deepEqual(store.slots()[0], { ...before, pinned: true });
    assert.equal((answer as { anchor: { block_index: number } }).anchor.block_index, 0);
    store.run(commands.anchor({ slot: 'A', pinned: false }));
    assert.deepEqual(store.slots()[0], before);
  });

  it('clears it', () => {
    const { store, commands } = threeMemories();
    const { answer } = store.run(commands.anchor({ slot: 'A', block_index: null }));
    const { anchor } = answer as { anchor: object };
    assert.deepEqual(
      { ...anchor, last_seen: 0 },
      { slot: 'A', block_index: null, hash: null, summary: '', pinned: false, last_seen: 0 },
    );
    assert.equal(store.slots()[0]?.head, null);
  });

  it('does not take the same request again for a move', () => {
    for (const block_index of [0, null]) {
      const { store, commands } = threeMemories();
      store.run(commands.anchor({ slot: 'C', block_index }));
      const once = store.rows('greeum_slots');
      store.run(commands.anchor({ slot: 'C', block_index }));
      assert.deepEqual(store.rows('greeum_slots'), once);
    }
  });

  it('refuses a block that is not there', () => {
    const { store, commands } = threeMemories();
    refuses(() => store.run(commands.anchor({ slot: 'A', block_index: 3 })), 'unknown_block');
  });
});

describe('importing slots', () => {
  const stored = (more: Partial<StoredSlot>): StoredSlot => {
    return {
      slot: 'A',
      anchorHash: 'e'.repeat(64),
      summary: 's',
      topicVector: '[0.5]',
      lastSeen: 0,
      hysteresis: 3,
      ...more,
    };
  };
  const importing = (...slots: StoredSlot[]) =>
    ({ kind: 'import_slots', atMs: NOON_ISH_MS, idempotencyKey: null, payloadHash: '', slots }) as const;

  it('takes what was seen later than ours, as it is', () => {
    const { store } = threeMemories();
    const seen = store.slots()[0]?.lastSeen ?? 0;
    const { change, answer } = store.run(
      importing(stored({ lastSeen: seen + 0.5 }), stored({ slot: 'B', lastSeen: 1 })),
    );
    assert.deepEqual(change?.rows, [['put', 'greeum_slots', ['A', 'e'.repeat(64), '[0.5]', 's', seen + 0.5, 3, 0]]]);
    assert.deepEqual(answer, { status: 'imported', slots: ['A'] });
  });

  it('writes nothing when ours is as new', () => {
    const { store } = threeMemories();
    const slots = store.slots().map(({ head: _head, pinned: _pinned, ...slot }) => slot);
    assert.equal(store.run(importing(...slots)).change, null);
  });

  it('leaves a pinned slot where it is', () => {
    const { store, commands } = threeMemories();
    store.run(commands.anchor({ slot: 'A', pinned: true }));
    assert.equal(store.run(importing(stored({ lastSeen: 9e9 }))).change, null);
  });
});

describe('decide', () => {
  it('refuses facts of another kind of command', () => {
    const { store, commands } = threeMemories();
    const facts = store.gather(commands.anchor({ slot: 'A', pinned: true }));
    assert.equal(errorOf(() => decide(commands.add('x'), facts)).code, 'internal');
  });

  it('gives the memory after a conflict the number it would have had', () => {
    const { store, commands } = threeMemories();
    store.run(commands.add('x', { idempotency_key: 'k' }));
    refuses(() => store.run(commands.add('y', { idempotency_key: 'k' })), 'idempotency_conflict');
    assert.equal((store.run(commands.add('z')).answer as unknown as AddMemoryResult).block_index, 4);
  });
});
