import assert from 'node:assert/strict';

import { resolveWords } from '../../../../src/memory/search/wordScores.js';
import type { SearchCorpus } from '../../../../src/protocol/search.js';
import { queryWords } from '../../../../src/text/queryWords.js';

/** A corpus of one document, which counts how often it is asked for similar words. */
class OneDocument implements SearchCorpus {
  readonly documentCount = 1;
  readonly averageLength = 1;
  readonly lengths = Uint16Array.of(1);
  readonly whensMs = Float64Array.of(0);
  readonly #tokens: readonly string[];
  lookedAtAll = 0;

  constructor(...tokens: string[]) {
    this.#tokens = tokens;
  }

  find(token: string): number {
    return this.#tokens.indexOf(token);
  }

  token(term: number): string {
    return this.#tokens[term] ?? '';
  }

  findTag(): number {
    return -1;
  }

  findProject(): number {
    return -1;
  }

  documentFrequency(): number {
    return 1;
  }

  each(_term: number, visit: (document: number, frequency: number) => void): void {
    visit(0, 1);
  }

  withPrefix(): number[] {
    return [];
  }

  similarTo(): number[] {
    this.lookedAtAll += 1;
    return [0];
  }

  soundingLike(): number[] {
    return [];
  }

  documentOf(): number {
    return 0;
  }

  document(): never {
    throw new Error('Not asked for.');
  }

  children(): number[] {
    return [];
  }
}

describe('the words of a question, in a corpus', () => {
  it('may be slips when no memory has them', () => {
    const corpus = new OneDocument('ledger');
    const [known, slip] = resolveWords(corpus, queryWords('ledger observabilty'));
    assert.deepEqual([known?.forms[0]?.kind, slip?.forms[0]?.kind], ['word', 'similar']);
    assert.equal(corpus.lookedAtAll, 1);
  });

  it('are taken for slips only the first eight times', () => {
    const corpus = new OneDocument('ledger');
    const unknown = ['qualm', 'quartz', 'quilt', 'quorum', 'quiver', 'quince', 'quaver', 'quagga', 'quokka', 'quasar'];
    const resolved = resolveWords(corpus, queryWords(['ledger', 'ab', ...unknown].join(' ')));
    assert.equal(corpus.lookedAtAll, 8);
    assert.deepEqual(
      resolved.slice(-3).map(({ forms }) => forms.length),
      [1, 0, 0],
    );
  });
});
