import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderMemory, withoutCommandLinks } from '../../../src/extension/memoryDocument.js';
import { memoryDetail as memory } from './memoryDetail.js';

describe('renderMemory', () => {
  it('puts what is known in front and the text below', () => {
    const text = renderMemory(memory({}));
    assert.match(text, /^---\nblock: 7\n/);
    assert.match(text, /\nmetadata: \{"file":"src\/a\.ts","start_line":3\}\n/);
    assert.ok(text.endsWith('\n---\n\nWe chose sql.js.\n'));
  });

  it('leaves out what is empty', () => {
    assert.doesNotMatch(renderMemory(memory({})), /^(tags|project|occurred|continues|associations):/m);
  });

  it('lets no value end the front matter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (tag, project) => {
        const [, front] = renderMemory(memory({ tags: [tag, '\n---\n'], project, context: 'body' })).split('---\n', 3);
        assert.match(front ?? '', /\nmetadata: /);
      }),
    );
  });
});

describe('withoutCommandLinks', () => {
  it('breaks every spelling of the command scheme', () => {
    const spellings = ['[a](command:x)', '<command:x>', '[r]: COMMAND:x', '[a](command%3Ax)', '[a](command&colon;x)'];
    for (const text of spellings) assert.doesNotMatch(withoutCommandLinks(text), /command(:|%3a|&)/i);
  });

  it('leaves every other text as it is', () => {
    for (const text of ['Run the command, then wait.', 'commands: a, b', 'https://example.org', '']) {
      assert.equal(withoutCommandLinks(text), text);
    }
  });
});
