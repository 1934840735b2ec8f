import assert from 'node:assert/strict';
import type { KeywordFacts } from '../../../src/protocol/facts.js';
import { chooseLinks } from '../../../src/memory/linkRule.js';

function having(keyword: string, ...blockIndexes: number[]): KeywordFacts {
  return { keyword, blocks: blockIndexes.map((blockIndex) => ({ blockIndex, nodeId: `node${blockIndex}` })) };
}

function strengths(...args: Parameters<typeof chooseLinks>): [number, number][] {
  return chooseLinks(...args).map(({ blockIndex, strength }) => [blockIndex, strength]);
}

describe('chooseLinks', () => {
  it('gives full strength to a memory that has all the keywords and shares them with nobody', () => {
    assert.deepEqual(strengths(2, [having('a', 3), having('b', 3)], 100, null), [[3, 1]]);
  });

  it('gives less the more memories have the keyword', () => {
    const [[, rare = 0] = [], [, common = 0] = []] = strengths(2, [having('a', 3), having('b', 5, 6, 7, 8)], 100, null);
    assert.ok(rare > common && common > 0.3 && rare < 1);
  });

  it('links nothing by keywords that nearly all have', () => {
    assert.deepEqual(strengths(5, [having('a', 5, 4, 3, 2, 1, 0)], 6, null), []);
  });

  it('counts a keyword once for a block that is listed with two nodes', () => {
    const twice = {
      keyword: 'a',
      blocks: [
        { blockIndex: 3, nodeId: 'x' },
        { blockIndex: 3, nodeId: 'y' },
      ],
    };
    const [link] = chooseLinks(10, [twice], 100, null);
    assert.ok(link !== undefined && link.nodeId === 'x' && link.strength < 0.37);
  });

  it('gives the strongest five, the newest of equals', () => {
    const found = strengths(3, [having('a', 9, 8, 7, 6, 5, 4), having('b', 4)], 100, null);
    assert.deepEqual(
      found.map(([blockIndex]) => blockIndex),
      [4, 9, 8, 7, 6],
    );
  });

  it('adds the end of the branch unless it is linked already', () => {
    const end = { blockIndex: 3, nodeId: 'node3' };
    assert.deepEqual(chooseLinks(0, [], 100, end), [{ ...end, type: 'temporal', strength: 0.2 }]);
    assert.equal(chooseLinks(1, [having('a', 3)], 100, end).length, 1);
  });
});
