import assert from 'node:assert/strict';
import type { VerifyBlock, VerifyInput } from '../../../src/protocol/rows.js';
import { blockHash } from '../../../src/memory/blockHash.js';
import { verifyRows } from '../../../src/memory/verify.js';
import { Commands } from './commands.js';
import { ModelStore } from './modelStore.js';

type Rows = { -readonly [K in keyof VerifyInput]: VerifyInput[K] extends Iterable<infer T> ? T[] : never };

/** Four memories on two branches, as rows. */
function soundRows(): Rows {
  const store = new ModelStore();
  const commands = new Commands();
  for (const text of ['kimchi stew', 'clock skew', 'old kimchi stew', 'clock skew again']) {
    store.run(commands.add(text));
  }
  const { blocks, nodes, associations, slots } = store.verifyInput();
  return { blocks: [...blocks], nodes: [...nodes], associations: [...associations], slots: [...slots] };
}

function change<T>(list: T[], index: number, more: Partial<T>): void {
  const item = list[index];
  assert.ok(item !== undefined);
  list[index] = { ...item, ...more };
}

describe('verifyRows', () => {
  it('finds nothing wrong with what the rules wrote', () => {
    assert.deepEqual(verifyRows(soundRows()), { ok: true, blocks: 4, problems: [] });
  });

  it('finds nothing wrong with an empty memory', () => {
    const empty = { blocks: [], nodes: [], associations: [], slots: [] };
    assert.deepEqual(verifyRows(empty), { ok: true, blocks: 0, problems: [] });
  });

  it('bears roots and nodes that are missing, as Greeum leaves them', () => {
    const rows = soundRows();
    rows.blocks = rows.blocks.map((block) => ({ ...block, root: null }));
    assert.equal(verifyRows({ ...rows, nodes: [], associations: [] }).ok, true);
  });

  it('bears a parent that was not told of a child without a root: Greeum’s fallback writer tells nobody', () => {
    const rows = soundRows();
    change(rows.blocks, 0, { after: '[]' });
    change(rows.blocks, 2, { root: null });
    assert.deepEqual(verifyRows(rows).problems, []);
  });

  const wrong: [what: string, spoil: (rows: Rows) => void, blockIndex: number | null, problem: RegExp][] = [
    [
      'a changed text',
      (rows) => change(rows.blocks, 1, { context: 'clock  skew' }),
      1,
      /hash is not that of its content/,
    ],
    [
      'a changed importance',
      (rows) => change(rows.blocks, 3, { importance: 0.6 }),
      3,
      /hash is not that of its content/,
    ],
    [
      'a chain that breaks',
      (rows) => change(rows.blocks, 2, { prevHash: '0'.repeat(64) }),
      2,
      /prev_hash is 000000000000…/,
    ],
    ['a block that is gone', (rows) => rows.blocks.splice(1, 1), 2, /block #1 is missing before it/],
    [
      'a parent that is not there',
      (rows) => change(rows.blocks, 2, { before: 'f'.repeat(64) }),
      2,
      /before leads to no earlier block/,
    ],
    ['a parent that forgot its child', (rows) => change(rows.blocks, 0, { after: '[]' }), 0, /after lacks block #2/],
    [
      'a child that is not there',
      (rows) => change(rows.blocks, 3, { after: '["abc"]' }),
      3,
      /after leads to no block: abc/,
    ],
    ['children that are no list', (rows) => change(rows.blocks, 3, { after: '{"a":' }), 3, /after is no JSON list/],
    [
      'a child of another',
      (rows) => change(rows.blocks, 3, { after: JSON.stringify([rows.blocks[0]?.hash]) }),
      3,
      /does not continue it/,
    ],
    ['an empty root', (rows) => change(rows.blocks, 0, { root: '' }), 0, /root is empty/],
    [
      'a node without its block',
      (rows) => change(rows.nodes, 0, { blockIndex: 9 }),
      9,
      /stands for a block that is not there/,
    ],
    ['a link into nothing', (rows) => change(rows.associations, 0, { targetNodeId: 'node_x' }), null, /node_x/],
    [
      'a slot that points at nothing',
      (rows) => change(rows.slots, 0, { anchorHash: 'e'.repeat(64) }),
      null,
      /slot A points/,
    ],
  ];
  for (const [what, spoil, blockIndex, problem] of wrong) {
    it(`finds ${what}`, () => {
      const rows = soundRows();
      spoil(rows);
      const result = verifyRows(rows);
      assert.equal(result.ok, false);
      assert.ok(
        result.problems.some((found) => found.block_index === blockIndex && problem.test(found.problem)),
        JSON.stringify(result.problems),
      );
    });
  }

  it('finds a second block with the hash of another', () => {
    const rows = soundRows();
    const [first] = rows.blocks;
    assert.ok(first !== undefined);
    rows.blocks.push({ ...first, blockIndex: 4, prevHash: rows.blocks[3]?.hash ?? '' });
    assert.ok(verifyRows(rows).problems.some(({ problem }) => problem.includes('same hash')));
  });

  it('tells how many more there are when a file is wrong throughout', () => {
    const blocks = Array.from({ length: 1_200 }, (_, blockIndex): VerifyBlock => {
      const fields = { blockIndex, timestamp: 't', context: 'c', importance: 0.5, prevHash: '' };
      return { ...fields, hash: blockHash(fields), root: null, before: null, after: '[]' };
    });
    const { ok, problems } = verifyRows({ blocks, nodes: [], associations: [], slots: [] });
    assert.equal(ok, false);
    assert.equal(problems.length, 1_001);
    assert.deepEqual(problems[1_000], { block_index: null, problem: 'and 199 more' });
  });
});
