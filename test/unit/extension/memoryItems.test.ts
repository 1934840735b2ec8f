import assert from 'node:assert/strict';
import { memoryItem } from '../../../src/extension/memoryItems.js';

const memory = {
  block_index: 12,
  hash: 'ab'.repeat(32),
  timestamp: '2026-01-02T03:04:05.000006',
  context: 'We chose sql.js.\nIt needs no compiler.',
  importance: 0.5,
  slot: null,
  branch: null,
  tags: ['decision', 'storage'],
  project: 'greeum',
  occurred_at: null,
  source: null,
  client: null,
  superseded_by: null,
};

describe('memoryItem', () => {
  it('shows the text on one line, and below it which memory it is', () => {
    const { label, detail, blockIndex } = memoryItem(memory);
    assert.equal(label, 'We chose sql.js. It needs no compiler.');
    assert.equal(detail, '#12 · 2026-01-02 03:04 · greeum · decision, storage');
    assert.equal(blockIndex, 12);
  });

  it('lets no text of the memory become an icon', () => {
    const { label, detail } = memoryItem({ ...memory, context: '$(trash)', project: '$(flame)', tags: [] });
    assert.equal(label, '\\$(trash)');
    assert.match(detail, /\\\$\(flame\)/);
  });
});
