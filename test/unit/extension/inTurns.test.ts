import assert from 'node:assert/strict';
import { inTurns } from '../../../src/extension/inTurns.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inTurns', () => {
  it('takes one step in each turn, and none before the caller is done', async () => {
    const taken: string[] = [];
    inTurns([() => void taken.push('first'), () => void taken.push('second')]);
    assert.deepEqual(taken, []);
    await nextTurn();
    assert.deepEqual(taken, ['first']);
    await nextTurn();
    assert.deepEqual(taken, ['first', 'second']);
  });

  it('gives back what the steps have made, and leaves the others out', async () => {
    const told: string[] = [];
    const made = { dispose: () => told.push('given back') };
    const steps = inTurns([() => made, () => void told.push('too late')]);
    await nextTurn();
    steps.dispose();
    await nextTurn();
    assert.deepEqual(told, ['given back']);
  });
});
