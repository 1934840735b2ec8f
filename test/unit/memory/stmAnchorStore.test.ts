import assert from 'node:assert/strict';
import type { SlotFacts } from '../../../src/protocol/facts.js';
import type { SlotName } from '../../../src/protocol/operations.js';
import { slotRow, STMAnchorStore } from '../../../src/memory/stmAnchorStore.js';
import { branchWords } from '../../../src/text/branchWords.js';

const AT_MS = 1_778_545_815_000;
const AT_SECONDS = AT_MS / 1000;

function slot(name: SlotName, headText: string | null, more: Partial<SlotFacts> = {}): SlotFacts {
  const hash = headText === null ? null : name.repeat(64).toLowerCase();
  const head = headText === null ? null : { blockIndex: 0, hash: hash ?? '', root: 'r', words: branchWords(headText) };
  return {
    slot: name,
    anchorHash: hash,
    head,
    summary: headText ?? '',
    topicVector: null,
    lastSeen: headText === null ? 0 : 100,
    hysteresis: 1,
    pinned: false,
    ...more,
  };
}

describe('the slot for a memory', () => {
  const cases: [why: string, slots: SlotFacts[], text: string, chosen: SlotName][] = [
    ['is A when all are empty', [slot('A', null), slot('B', null), slot('C', null)], 'kimchi', 'A'],
    [
      'is the one whose head has 0.4 of its words',
      [slot('A', 'clock skew'), slot('B', 'kimchi stew'), slot('C', null)],
      'the old kimchi stew from dear grandmother',
      'B',
    ],
    [
      'is the first empty one below that',
      [slot('A', 'clock skew'), slot('B', 'kimchi stew'), slot('C', null)],
      'kimchi recipe from grandmother',
      'C',
    ],
    [
      'is not found by stop words',
      [slot('A', 'it is what we have'), slot('B', null), slot('C', 'x')],
      'we have what it is: lunch',
      'B',
    ],
    [
      'is the least alike when none is empty',
      [slot('A', 'tofu pork garlic onion'), slot('B', 'clock skew'), slot('C', 'tofu pork')],
      'tofu with seven other words here today maybe',
      'B',
    ],
    [
      'is the longest unused of the least alike',
      [slot('A', 'one', { lastSeen: 30 }), slot('B', 'two', { lastSeen: 10 }), slot('C', 'three', { lastSeen: 20 })],
      'kimchi',
      'B',
    ],
    [
      'is a pinned one only for a memory like its head',
      [slot('A', 'kimchi stew', { pinned: true }), slot('B', 'clock'), slot('C', 'door')],
      'kimchi stew',
      'A',
    ],
    [
      'is never an empty one that is pinned, nor a pinned one to be replaced',
      [slot('A', 'one', { pinned: true, lastSeen: 1 }), slot('B', null, { pinned: true }), slot('C', 'three')],
      'kimchi',
      'C',
    ],
    [
      'is the most alike when all are pinned',
      [slot('A', 'one', { pinned: true }), slot('B', 'tofu', { pinned: true }), slot('C', 'three', { pinned: true })],
      'tofu and four other lonely words',
      'B',
    ],
    [
      'takes a slot whose block is gone for an empty one',
      [slot('A', 'clock'), slot('B', 'x', { head: null }), slot('C', null)],
      'kimchi',
      'B',
    ],
  ];
  for (const [why, slots, text, chosen] of cases) {
    it(why, () => {
      assert.equal(new STMAnchorStore(slots).choose(branchWords(text)), chosen);
    });
  }
});

describe('a slot that moves', () => {
  const anchored = { hash: 'f'.repeat(64), content: `${'가'.repeat(159)}😀 the rest` };

  it('points at the block and keeps the first 160 characters of its text', () => {
    const state = new STMAnchorStore([slot('A', null)]).moved('A', anchored, AT_MS);
    assert.equal(state.anchorHash, anchored.hash);
    assert.equal(state.summary, `${'가'.repeat(159)}😀`);
    assert.deepEqual([state.lastSeen, state.topicVector, state.pinned], [AT_SECONDS, null, false]);
  });

  it('counts its moves up to a pause of half an hour', () => {
    const moves = (lastSeen: number): number =>
      new STMAnchorStore([slot('A', 'x', { lastSeen, hysteresis: 4 })]).moved('A', anchored, AT_MS).hysteresis;
    assert.equal(moves(AT_SECONDS - 30 * 60), 5);
    assert.equal(moves(AT_SECONDS - 30 * 60 - 1), 1);
    assert.equal(moves(AT_SECONDS + 5), 5, 'a clock that was set back is no pause');
  });

  it('is empty after it was cleared, from now on, and as pinned as before', () => {
    const state = new STMAnchorStore([slot('A', 'x', { pinned: true, topicVector: '[1]' })]).cleared('A', AT_MS);
    assert.deepEqual(slotRow(state), ['put', 'greeum_slots', ['A', null, null, '', AT_SECONDS, 0, 1]]);
  });

  it('that no store knows yet begins empty', () => {
    assert.deepEqual(slotRow(new STMAnchorStore([]).state('C')), [
      'put',
      'greeum_slots',
      ['C', null, null, '', 0, 0, 0],
    ]);
  });
});
