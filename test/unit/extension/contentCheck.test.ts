import assert from 'node:assert/strict';
import { contentProblem } from '../../../src/extension/contentCheck.js';
import { english } from '../../../src/extension/localizer.js';

describe('contentProblem', () => {
  it('accepts text in any script', () => {
    for (const text of ['a', '한국어', '🧠', 'שלום']) assert.equal(contentProblem(text, english), null);
  });

  it('refuses blank text', () => {
    for (const text of ['', ' ', '\n\t']) assert.match(contentProblem(text, english) ?? '', /Write the text/);
  });

  it('measures in bytes, as the owner does', () => {
    assert.equal(contentProblem('x'.repeat(1024 * 1024), english), null);
    assert.match(contentProblem('é'.repeat(1024 * 512 + 1), english) ?? '', /at most 1\.0 MB/);
  });
});
