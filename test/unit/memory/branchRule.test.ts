import assert from 'node:assert/strict';
import type { BlockFacts } from '../../../src/protocol/facts.js';
import { chooseBranch, type BranchChoice } from '../../../src/memory/branchRule.js';
import { branchWords } from '../../../src/text/branchWords.js';

/** Newest first, numbered from the end. */
function recent(...blocks: [root: string | null, text: string][]): BlockFacts[] {
  return blocks.map(([root, text], position) => {
    const blockIndex = blocks.length - 1 - position;
    return { blockIndex, hash: `hash${blockIndex}`, root, words: branchWords(text) };
  });
}

function choose(text: string, recentBlocks: BlockFacts[]): BranchChoice {
  return chooseBranch(branchWords(text), { recentBlocks }, null, 'new');
}

describe('chooseBranch', () => {
  it('adds up what the blocks of a branch share, so that many a little win over one a lot', () => {
    const blocks = recent(['r1', 'aa bb'], ['r2', 'aa'], ['r2', 'bb'], ['r2', 'cc']);
    const { root, parent } = choose('aa bb cc dd', blocks);
    assert.deepEqual([root, parent?.hash], ['r2', 'hash2']);
  });

  it('takes the newest of equally alike blocks, and its branch of equally alike ones', () => {
    const { root, parent } = choose('aa bb', recent(['r1', 'xx'], ['r2', 'aa'], ['r3', 'bb']));
    assert.deepEqual([root, parent?.hash], ['r2', 'hash1']);
  });

  it('lets nine blocks have a say, the most alike', () => {
    const few = Array.from({ length: 4 }, (): [string, string] => ['r1', 'aa bb']);
    const many = Array.from({ length: 9 }, (): [string, string] => ['r2', 'aa']);
    // 4 times 2 against 5 times 1; all thirteen would give 8 against 9.
    assert.equal(choose('aa bb cc', recent(...many, ...few)).root, 'r1');
  });

  it('lets no fewer than nine have a say', () => {
    const many = Array.from({ length: 8 }, (): [string, string] => ['r2', 'aa']);
    // 1 time 7 against 8 times 1.
    assert.equal(choose('aa bb cc dd ee ff gg hh', recent(...many, ['r1', 'aa bb cc dd ee ff gg'])).root, 'r2');
  });

  it('begins a branch when those that win have no root', () => {
    for (const none of [null, '']) {
      const choice = choose('aa bb', recent([none, 'aa bb'], ['r1', 'aa']));
      assert.deepEqual([choice.root, choice.isNew, choice.parent], ['new', true, null]);
    }
  });

  it('begins a branch for a text without words', () => {
    assert.equal(choose('12 + 30', recent(['r1', 'aa'])).isNew, true);
  });
});
