import assert from 'node:assert/strict';

import fc from 'fast-check';

import { TABLE_COLUMNS, type Change, type RowWrite } from '../../../src/protocol/change.js';
import { statementsOf, type Statement } from '../../../src/team/rowStatements.js';
import { check } from '../property.js';

const TWO_COLUMNS = '"block_index" bigint, "metadata" text';

function statements(...rows: readonly RowWrite[]): Statement[] {
  return statementsOf([{ rows }]);
}

function only(...rows: readonly RowWrite[]): Statement {
  const [statement, ...more] = statements(...rows);
  assert.ok(statement !== undefined && more.length === 0);
  return statement;
}

function records({ values }: Statement): unknown {
  assert.equal(values.length, 1);
  return JSON.parse(values[0] ?? '');
}

/** What each statement does, and to which table. */
function outline(changes: readonly Change[]): string[] {
  return statementsOf(changes).map(({ text, values }) => {
    const [, verb, table] = /^(INSERT INTO|UPDATE|DELETE FROM) (\w+)/.exec(text) ?? [];
    return `${verb} ${table}${text.includes('ON CONFLICT') ? ' or replace' : ''} ${values.join(' ')}`;
  });
}

describe('rows as statements of PostgreSQL', () => {
  it('are none for no rows', () => {
    assert.deepEqual(statementsOf([{ rows: [] }, { rows: [] }]), []);
  });

  it('inserts what goes into one table by one statement, over all changes of a batch, in order', () => {
    const [first, second] = statementsOf([
      { rows: [['insert', 'block_metadata', [3, '{}']]] },
      {
        rows: [
          ['insert', 'greeum_superseded', [1, 3]],
          ['insert', 'block_metadata', [4, '{"a":1}']],
        ],
      },
    ]);
    assert.deepEqual(first, {
      text:
        'INSERT INTO block_metadata ("block_index", "metadata") SELECT "block_index", "metadata" ' +
        `FROM json_to_recordset($1::text::json) AS new_rows(${TWO_COLUMNS})`,
      values: ['[{"block_index":3,"metadata":"{}"},{"block_index":4,"metadata":"{\\"a\\":1}"}]'],
    });
    assert.match(second?.text ?? '', /^INSERT INTO greeum_superseded /);
  });

  it('keeps the order of what is done to one row, and lets the others of its table wait together', () => {
    const rows: RowWrite[] = [
      ['insert', 'block_metadata', [1, 'a']],
      ['update', 'block_metadata', 1, { metadata: 'b' }],
      ['insert', 'block_metadata', [2, 'c']],
      ['put', 'block_metadata', [1, 'd']],
      ['delete', 'block_metadata', 2],
      ['put', 'block_metadata', [2, 'e']],
    ];
    assert.deepEqual(outline([{ rows }]), [
      'INSERT INTO block_metadata [{"block_index":1,"metadata":"a"}]',
      'UPDATE block_metadata 1 b',
      'INSERT INTO block_metadata [{"block_index":2,"metadata":"c"}]',
      'DELETE FROM block_metadata 2',
      'INSERT INTO block_metadata or replace [{"block_index":1,"metadata":"d"},{"block_index":2,"metadata":"e"}]',
    ]);
  });

  it('puts the later of two rows with one key: one statement cannot replace its own row', () => {
    const put = only(
      ['put', 'greeum_slots', ['A', 'h1', null, 'old', 1, 0, 0]],
      ['put', 'greeum_slots', ['B', 'h2', null, 'other', 1.5, 0, 0]],
      ['put', 'greeum_slots', ['A', 'h3', null, 'new', 2, 0, 1]],
    );
    assert.deepEqual(
      (records(put) as { slot_name: string; anchor_block: string; pinned: number }[]).map((row) => [
        row.slot_name,
        row.anchor_block,
        row.pinned,
      ]),
      [
        ['A', 'h3', 1],
        ['B', 'h2', 0],
      ],
    );
    assert.match(put.text, /ON CONFLICT \("slot_name"\) DO UPDATE SET "anchor_block" = EXCLUDED\."anchor_block", /);
    assert.doesNotMatch(put.text, /SET.*"slot_name" =/);
  });

  it('inserts two rows with one key by two statements, so that the table refuses the second', () => {
    const rows: RowWrite[] = [
      ['insert', 'block_metadata', [3, 'a']],
      ['insert', 'block_metadata', [3, 'b']],
    ];
    assert.deepEqual(outline([{ rows }]), [
      'INSERT INTO block_metadata [{"block_index":3,"metadata":"a"}]',
      'INSERT INTO block_metadata [{"block_index":3,"metadata":"b"}]',
    ]);
  });

  it('makes what continues a new row a part of it, as the database would write it', () => {
    const added = only(
      ['insert', 'block_metadata', [3, '[]']],
      ['append', 'block_metadata', 3, 'metadata', 'a"b'],
      ['append', 'block_metadata', 3, 'metadata', 'c'],
    );
    assert.deepEqual(records(added), [{ block_index: 3, metadata: '["a\\"b","c"]' }]);
    const old: RowWrite[] = [
      ['insert', 'block_metadata', [3, '[]']],
      ['append', 'block_metadata', 2, 'metadata', 'c'],
    ];
    assert.deepEqual(outline([{ rows: old }]), [
      'UPDATE block_metadata 2 "c"',
      'INSERT INTO block_metadata [{"block_index":3,"metadata":"[]"}]',
    ]);
  });

  it('lets the database number the rows of numbered tables, also where one brings a number', () => {
    const insert = only(['insert', 'block_tags', [null, 3, 'a']], ['insert', 'block_tags', [9, 3, 'b']]);
    assert.deepEqual(records(insert), [
      { block_index: 3, tag: 'a' },
      { block_index: 3, tag: 'b' },
    ]);
    assert.doesNotMatch(insert.text, /"id"/);
  });

  it('brings blobs through JSON as base64', () => {
    const insert = only(['insert', 'block_embeddings', [3, { base64: 'AAECAw==' }, 'model', 1]]);
    assert.deepEqual(records(insert), [
      { block_index: 3, embedding: 'AAECAw==', embedding_model: 'model', embedding_dim: 1 },
    ]);
    assert.match(insert.text, /SELECT "block_index", decode\("embedding", 'base64'\), .*"embedding" text/);
    const update = only(['update', 'block_embeddings', 3, { embedding: { base64: 'AA==' }, embedding_model: null }]);
    assert.deepEqual(update, {
      text:
        `UPDATE block_embeddings SET "embedding" = decode($2::text, 'base64'), "embedding_model" = $3::text ` +
        'WHERE "block_index" = $1::text::bigint',
      values: ['3', 'AA==', null],
    });
  });

  it('updates some columns of one row, each as its type', () => {
    assert.deepEqual(
      only(['update', 'associations', 'assoc_1', { strength: 0.5, activation_count: 2, metadata: '{}' }]),
      {
        text:
          'UPDATE associations SET "strength" = $2::text::double precision, "activation_count" = $3::text::bigint, ' +
          '"metadata" = $4::text WHERE "association_id" = $1::text',
        values: ['assoc_1', '0.5', '2', '{}'],
      },
    );
  });

  it('appends to a list in a column, with the text as JSON has it', () => {
    const { text, values } = only(['append', 'blocks', 7, 'after', 'ha"sh']);
    assert.deepEqual(values, ['7', '"ha\\"sh"']);
    assert.match(text, /^UPDATE blocks SET "after" = CASE WHEN "after" IS NULL OR "after" IN \('', '\[\]'\) THEN /);
    assert.match(text, /WHERE "block_index" = \$1::text::bigint$/);
  });

  it('deletes by key', () => {
    assert.deepEqual(only(['delete', 'greeum_requests', 'key']), {
      text: 'DELETE FROM greeum_requests WHERE "key" = $1::text',
      values: ['key'],
    });
  });

  it('refuses a column that the table does not have, so that no text of a log becomes SQL', () => {
    const injected = 'tag" = NULL; DROP TABLE blocks; --';
    assert.throws(() => statements(['update', 'block_tags', 1, { [injected]: 'x' }]), /block_tags does not have/);
    assert.throws(() => statements(['append', 'block_tags', 1, injected, 'x']), /block_tags does not have/);
  });

  it('puts no value into the text of a statement', () => {
    const value = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((text) => `'"${text}$1`);
    check(
      fc.property(value, value, (key, text) => {
        const write = (k: string, t: string): string[] =>
          statements(
            ['insert', 'greeum_requests', [k, t, t, 1]],
            ['put', 'greeum_requests', [k, t, t, 1]],
            ['update', 'greeum_requests', k, { answer: t }],
            ['append', 'memory_nodes', k, 'metadata', t],
            ['delete', 'greeum_requests', k],
          ).map((statement) => statement.text);
        assert.deepEqual(write(key, text), write('k', 't'));
      }),
    );
  });

  it('names every column of a table once, in the order of the values', () => {
    const values = TABLE_COLUMNS.blocks.map((_, place) => place);
    const [row] = records(only(['insert', 'blocks', values])) as Record<string, number>[];
    assert.deepEqual(
      Object.entries(row ?? {}),
      TABLE_COLUMNS.blocks.map((column, place) => [column, place]),
    );
  });
});
