import assert from 'node:assert/strict';
import { english } from '../../../src/extension/localizer.js';
import { rememberQuestion, searchQuestion } from '../../../src/extension/toolTexts.js';

const HOSTILE = '[click](command:workbench.action.closeWindow) <img src=x> **bold**\n# heading $(bug)';

describe('what a person is asked before an agent uses the memory', () => {
  it('shows the text of the agent as text: no link, no HTML, no icon, no heading', () => {
    for (const { message } of [
      searchQuestion(HOSTILE, undefined, english),
      rememberQuestion(HOSTILE, [HOSTILE], english),
    ]) {
      assert.doesNotMatch(message, /(?<!\\)\[click(?<!\\)\]\(|(?<!\\)<img|(?<!\\)\$\(|^#/m);
      assert.match(message, /closeWindow/);
    }
  });

  it('says whose memories are read', () => {
    assert.match(searchQuestion('queue', 'shop', english).message, /memories of shop and of no project/);
    assert.match(searchQuestion('queue', undefined, english).message, /in all memories/);
  });

  it('is short, whatever the agent sends', () => {
    assert.ok(rememberQuestion('x'.repeat(1_000_000), [], english).message.length < 1_200);
  });
});
