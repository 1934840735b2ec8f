import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLines } from '../../../src/transfer/lines.js';
import { chunksOf, collect } from './entries.js';

describe('reading lines', () => {
  it('gives every line, however the bytes come', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' ').replace('\ufeff', '')),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const read = await collect(readLines(chunksOf(bytes, size)));
        assert.deepEqual(
          read.map((line) => line.text),
          lines,
        );
      }),
    );
  });

  it('names a line that is too long or no UTF-8, and goes on with the next', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`\ufeffgood\n${'x'.repeat(50)}\n`),
      Buffer.from([0x61, 0xff, 0x0a]),
      Buffer.from('last, without an end'),
    ]);
    const read = await collect(readLines(chunksOf(bytes), 20));
    assert.deepEqual(
      read.map((line) => [line.number, line.text ?? line.error?.code]),
      [
        [1, 'good'],
        [2, 'content_too_large'],
        [3, 'invalid_text'],
        [4, 'last, without an end'],
      ],
    );
  });
});
