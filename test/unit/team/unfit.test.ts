import assert from 'node:assert/strict';

import { TABLE_COLUMNS, type SqlValue, type TableName } from '../../../src/protocol/change.js';
import { unfit } from '../../../src/team/unfit.js';

describe('a row that PostgreSQL cannot take', () => {
  const GOOD: Partial<Record<TableName, { readonly [column: string]: SqlValue }>> = {
    blocks: { block_index: 3, context: 'a text', importance: 0.5, hash: 'h', visit_count: 2 },
    block_tags: { id: null, block_index: 3, tag: 'a' },
    block_embeddings: { block_index: 3, embedding: { base64: 'AA==' }, embedding_dim: 1 },
    associations: { association_id: 'a', strength: 1 },
  };

  function why(table: TableName, changes: { readonly [column: string]: SqlValue }): string | null {
    const row = { ...GOOD[table], ...changes };
    return unfit(
      table,
      TABLE_COLUMNS[table].map((column) => row[column] ?? null),
    );
  }

  it('is none of those that Greeum writes', () => {
    for (const table of Object.keys(GOOD) as TableName[]) assert.equal(why(table, {}), null);
  });

  const CASES: readonly (readonly [TableName, string, SqlValue, string])[] = [
    ['blocks', 'context', 'a\0b', 'has a NUL character (U+0000) in it'],
    ['blocks', 'context', { base64: 'AA==' }, 'holds no text'],
    ['blocks', 'importance', 'much', 'holds no number'],
    ['blocks', 'importance', Infinity, 'holds no number'],
    ['blocks', 'visit_count', 0.5, 'holds no whole number'],
    ['blocks', 'visit_count', 2 ** 60, 'holds no whole number'],
    ['block_embeddings', 'embedding', 'text', 'holds no bytes'],
    ['associations', 'association_id', null, 'is missing'],
    ['associations', 'association_id', 'x'.repeat(3_000), 'is longer than 2600 bytes'],
    ['block_tags', 'tag', '가'.repeat(1_000), 'is longer than 2600 bytes'],
  ];
  for (const [table, column, value, end] of CASES) {
    it(`is told by its column: ${table}.${column} ${end}`, () => {
      assert.equal(why(table, { [column]: value }), `its "${column}" ${end}`);
    });
  }

  it('may have a long text where no index holds it', () => {
    assert.equal(why('blocks', { context: 'x'.repeat(1_000_000) }), null);
  });
});
