import assert from 'node:assert/strict';
import { GreeumError, kindOf } from '../../../src/protocol/errors.js';

const SECRET = 'the vault code is 4711';

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('It threw nothing.');
}

describe('an error from elsewhere', () => {
  const foreign: readonly [what: string, error: unknown][] = [
    ['that quotes the JSON it could not read', thrownBy(() => JSON.parse(`{${SECRET}`))],
    ['whose message holds a memory', new Error(`cannot store ${SECRET}`)],
    ['whose message looks like a place in the code', new Error(`${SECRET}\n    at (${SECRET}.ts:1:2)`)],
    ['whose name holds a memory', Object.assign(new Error('x'), { name: SECRET })],
    ['whose code holds a memory', Object.assign(new Error('x'), { code: SECRET })],
    ['that is only a text', SECRET],
  ];
  for (const [what, error] of foreign) {
    it(`${what} becomes one that tells nothing of it`, () => {
      const known = GreeumError.from(error);
      assert.equal(known.code, 'internal');
      assert.doesNotMatch(JSON.stringify(known), /vault|4711/);
    });
  }

  it('is told by its class, its code, and the place in our code', () => {
    const full = Object.assign(new Error('no space on /home/ada'), { code: 'ENOSPC' });
    assert.match(kindOf(full), /^Error ENOSPC at errors\.test\.ts:\d+:\d+$/);
  });

  it('stays as it is when it is ours, also from another bundle', () => {
    const ours = new GreeumError('empty_content', 'A memory needs text.');
    assert.equal(GreeumError.from(ours), ours);
    assert.equal(GreeumError.from({ ...ours.toJSON() }).code, 'empty_content');
  });
});
