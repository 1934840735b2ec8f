import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { MUTATIONS } from '../mutations/mutations.js';

describe('the mutations', () => {
  it('each find the line that they break, in the sources as they are', () => {
    for (const { breaks, file, text } of MUTATIONS) {
      const source = readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
      assert.equal(source.split(text).length, 2, `${breaks}: ${file} does not have exactly once: ${text}`);
    }
  });
});
