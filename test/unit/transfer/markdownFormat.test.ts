import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MARKDOWN_START, markdownOf } from '../../../src/transfer/markdownFormat.js';
import { exportedMarkdownEntries } from '../../../src/transfer/sources/exportedMarkdown.js';
import { collect, linesOf, memoriesOf } from './entries.js';

const PIECES = [
  '\n',
  '\r\n',
  '<!-- greeum {} -->',
  '\\<!-- greeum ',
  '<!-- greeum_export 1 -->',
  '-->',
  '## ',
  '`',
  ' ',
];

describe('an export in Markdown', () => {
  it('gives every text back as it was, whatever it looks like', async () => {
    const content = fc
      .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme' })), { minLength: 1 })
      .map((parts) => parts.join(''))
      .filter((text) => text !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(content), fc.array(fc.string()), async (texts, tags) => {
        const lines = texts.map((text, id) => ({
          ...{ id, timestamp: '2026-06-13T10:20:30', content: text, importance: 0.5, tags },
        }));
        const written = [`${MARKDOWN_START}\n\n`, ...lines.map(markdownOf)].join('');
        const read = memoriesOf(await collect(exportedMarkdownEntries(linesOf(written))));
        assert.deepEqual(
          read.map(({ record }) => [record.content, record.tags]),
          texts.map((text) => [text, tags]),
        );
      }),
    );
  });
});
