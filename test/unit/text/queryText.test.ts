import assert from 'node:assert/strict';

import { containsPhrase, foldText, readQueryText } from '../../../src/text/queryText.js';

describe('what a question says besides its words', () => {
  it('is phrases between quotation marks, and beginnings before an asterisk', () => {
    const { plain, phrases, prefixes } = readQueryText('“Write  Queue” config.Kub* a* x "open');
    assert.equal(plain, 'Write  Queue  config.Kub* a* x "open');
    assert.deepEqual([phrases, [...prefixes]], [['write queue'], ['kub']]);
  });

  it('finds a phrase as whole words, and Hangul also before a particle', () => {
    const holds = (text: string, phrase: string): boolean => containsPhrase(foldText(text), foldText(phrase));
    assert.ok(holds('The WRITE\n queue.', 'write queue') && holds('(write queue)', 'write queue'));
    assert.ok(!holds('write queues', 'write queue') && !holds('rewrite queue', 'write queue'));
    assert.ok(holds('write queues and the write queue', 'write queue'));
    assert.ok(holds('배포는 화요일에', '화요일') && holds('C++ and C', 'c++') && !holds('v1.10', 'v1.1'));
  });
});
