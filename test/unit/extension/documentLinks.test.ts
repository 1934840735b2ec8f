import assert from 'node:assert/strict';
import { isSafePath, memoryReferences, placeReference } from '../../../src/extension/documentLinks.js';
import { renderMemory } from '../../../src/extension/memoryDocument.js';
import { neighboursOf } from '../../../src/extension/neighbours.js';
import type { MemoryService } from '../../../src/protocol/memoryService.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { memoryDetail } from './memoryDetail.js';

const linked = memoryDetail({
  before: 'a'.repeat(64),
  after: ['b'.repeat(64), 'c'.repeat(64)],
  metadata: { file: 'src/a "b".ts', start_line: 3, end_line: 5 },
  associations: [{ association_id: 'x', source: 2, target: 7, type: 'semantic', strength: 0.625 }],
  tags: ['#99 not a reference', '"#98 neither"'],
  context: '---\ncontinues: "#97 neither"\nnoted: "x:1"\n---\n',
});

/** Knows `#6` by hash a, `#8` by hash b and `#2` by its number. */
const service: MemoryService = {
  call: (_operation, input) => {
    const { hash, block_index } = input as { hash?: string; block_index?: number };
    const block = block_index ?? { a: 6, b: 8 }[hash?.[0] ?? ''];
    if (block === undefined) return Promise.reject(new GreeumError('unknown_block', 'There is none.'));
    return Promise.resolve({ memory: memoryDetail({ block_index: block, context: `words of ${block}` }) } as never);
  },
};

describe('the document of a memory', () => {
  it('refers to its neighbours by number and first words, and finds the references again', async () => {
    const text = renderMemory(linked, await neighboursOf(linked, service));
    assert.match(text, /^continues: "#6 words of 6"$/m);
    assert.match(text, /^continued_by: \["#8 words of 8"\]$/m);
    assert.match(text, /^associations: \["#2 words of 2 \(semantic, 0\.63\)"\]$/m);
    const lines = text.split('\n');
    const found = memoryReferences(text).map(({ line, start, length, blockIndex }) => {
      return [lines[line]?.slice(start, start + length), blockIndex];
    });
    assert.deepEqual(found, [
      ['#6', 6],
      ['#8', 8],
      ['#2', 2],
    ]);
  });

  it('keeps the hashes of neighbours that cannot be read', () => {
    assert.match(renderMemory(linked), /^continues: "a{64}"$/m);
  });

  it('finds the place where it was noted, in the front matter only', () => {
    const place = placeReference(renderMemory(linked));
    assert.deepEqual([place?.file, place?.startLine, place?.endLine], ['src/a "b".ts', 3, 5]);
    assert.equal(placeReference(renderMemory(memoryDetail({ metadata: {}, context: linked.context }))), null);
  });
});

describe('a path that a memory names', () => {
  it('leads somewhere only inside its folder and on this machine', () => {
    assert.ok(isSafePath('src/a..b/.c.ts') && isSafePath('/home/ada/a.ts') && isSafePath('C:\\a.ts'));
    for (const path of ['../a', 'src/../../a', '..\\a', '//host/share', '\\\\host\\share', '', 'a\0b']) {
      assert.ok(!isSafePath(path), path);
    }
  });
});
