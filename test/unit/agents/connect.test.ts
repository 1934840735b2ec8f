import assert from 'node:assert/strict';
import { agentNamed, changedLines } from '../../../src/agents/connect.js';

const agent = agentNamed('cursor');
const plan = (before: string | null, after: string): Parameters<typeof changedLines>[0] => ({
  agent,
  file: 'f',
  before,
  after,
});

describe('the change that a person is shown', () => {
  it('is what goes, what comes, and a little around it', () => {
    assert.deepEqual(changedLines(plan('1\n2\n3\nold\n4\n5\n6\n', '1\n2\n3\nnew\nnewer\n4\n5\n6\n')), [
      '  2',
      '  3',
      '- old',
      '+ new',
      '+ newer',
      '  4',
      '  5',
    ]);
  });

  it('is everything where there was nothing', () => {
    assert.deepEqual(changedLines(plan(null, 'a\nb\n')), ['+ a', '+ b']);
  });

  it('is right where a line is repeated', () => {
    assert.deepEqual(changedLines(plan('}\n}\n', '}\n}\n}\n')), ['  }', '  }', '+ }']);
  });
});

describe('an agent', () => {
  it('that is not known is told those that are', () => {
    assert.throws(() => agentNamed('nope'), { code: 'invalid_argument', hint: /claude-code, .*cursor/ });
  });
});
