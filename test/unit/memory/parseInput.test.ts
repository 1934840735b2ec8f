import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GreeumError, type ErrorCode } from '../../../src/protocol/errors.js';
import type { OperationName } from '../../../src/protocol/operations.js';
import { parseInput } from '../../../src/memory/parseInput.js';
import { check } from '../property.js';

const MIB = 1024 * 1024;
const LONE = 'cut \ud83d here';

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { a: deep(levels - 1) };
}

/** As from a wire: `__proto__` is then a property like any other. */
function parsed(json: string): unknown {
  return JSON.parse(json);
}

function add(more: object): object {
  return { content: 'something', ...more };
}

function link(more: object): object {
  return { add: [{ source: 1, target: 2, ...more }] };
}

const BAD: [why: string, operation: OperationName, input: unknown, code: ErrorCode][] = [
  ['null is no object', 'add_memory', null, 'invalid_argument'],
  ['a list is no object', 'add_memory', ['x'], 'invalid_argument'],
  ['text is no object', 'search_memory', 'x', 'invalid_argument'],
  ['an instance of a class is no object', 'add_memory', new Date(0), 'invalid_argument'],
  ['an unknown field', 'add_memory', add({ colour: 'red' }), 'invalid_argument'],
  ['__proto__ as a field', 'add_memory', JSON.parse('{"content":"a","__proto__":{}}'), 'invalid_argument'],
  ['a field where none is taken', 'flush', { now: true }, 'invalid_argument'],
  ['no content', 'add_memory', {}, 'empty_content'],
  ['empty content', 'add_memory', { content: '' }, 'empty_content'],
  ['whitespace', 'add_memory', { content: ' \n\t\u3000' }, 'empty_content'],
  ['characters that nobody sees', 'add_memory', { content: '\u200b\ufeff\u0007' }, 'empty_content'],
  ['content that is a number', 'add_memory', { content: 5 }, 'invalid_argument'],
  ['content that is null', 'add_memory', { content: null }, 'invalid_argument'],
  ['content over 1 MiB', 'add_memory', { content: 'a'.repeat(MIB + 1) }, 'content_too_large'],
  ['content over 1 MiB in bytes only', 'add_memory', { content: '한'.repeat(MIB / 3 + 1) }, 'content_too_large'],
  ['half a character in content', 'add_memory', { content: LONE }, 'invalid_text'],
  ['NUL in content', 'add_memory', { content: 'a\0b' }, 'invalid_text'],
  ['half a character in a tag', 'add_memory', add({ tags: [LONE] }), 'invalid_text'],
  ['half a character in the project', 'add_memory', add({ project: LONE }), 'invalid_text'],
  ['half a character in the key', 'add_memory', add({ idempotency_key: LONE }), 'invalid_text'],
  ['half a character in metadata', 'add_memory', add({ metadata: { a: [LONE] } }), 'invalid_text'],
  ['half a character in a name of metadata', 'add_memory', add({ metadata: { [LONE]: 1 } }), 'invalid_text'],
  ['half a character in a query', 'search_memory', { query: LONE }, 'invalid_text'],
  ['half a character in a type', 'update_associations', link({ type: LONE }), 'invalid_text'],
  ['importance below 0', 'add_memory', add({ importance: -0.001 }), 'invalid_importance'],
  ['importance above 1', 'add_memory', add({ importance: 1.001 }), 'invalid_importance'],
  ['importance NaN', 'add_memory', add({ importance: NaN }), 'invalid_importance'],
  ['importance NaN as JSON has it', 'add_memory', add({ importance: null }), 'invalid_importance'],
  ['importance as text', 'add_memory', add({ importance: '0.5' }), 'invalid_importance'],
  ['an unknown slot', 'add_memory', add({ slot: 'D' }), 'unknown_slot'],
  ['a slot in lower case', 'search_memory', { query: 'a', slot: 'a' }, 'unknown_slot'],
  ['a slot named like a property of objects', 'list_memories', { slot: 'constructor' }, 'unknown_slot'],
  ['no slot to move', 'anchor_update', { block_index: 1 }, 'unknown_slot'],
  ['tags that are no list', 'add_memory', add({ tags: 'a,b' }), 'invalid_tags'],
  ['a tag that is no text', 'add_memory', add({ tags: [1] }), 'invalid_tags'],
  ['a hole in the tags', 'add_memory', add({ tags: new Array(2) }), 'invalid_tags'],
  ['a blank tag', 'add_memory', add({ tags: ['a', ' '] }), 'invalid_tags'],
  ['a tag of 101 characters', 'add_memory', add({ tags: ['a'.repeat(101)] }), 'invalid_tags'],
  ['33 tags', 'add_memory', add({ tags: Array.from({ length: 33 }, (_, n) => `t${n}`) }), 'invalid_tags'],
  ['metadata that is a list', 'add_memory', add({ metadata: [] }), 'invalid_metadata'],
  ['metadata with __proto__', 'add_memory', add({ metadata: parsed('{"__proto__":{"x":1}}') }), 'invalid_metadata'],
  ['__proto__ deeper in', 'add_memory', add({ metadata: parsed('{"a":[{"__proto__":1}]}') }), 'invalid_metadata'],
  ['metadata with a reserved key', 'add_memory', add({ metadata: { source: 'me' } }), 'invalid_metadata'],
  ['metadata over 64 KiB', 'add_memory', add({ metadata: { a: 'x'.repeat(65_536) } }), 'invalid_metadata'],
  ['metadata of very many values', 'add_memory', add({ metadata: { a: new Array(MIB).fill(0) } }), 'invalid_metadata'],
  ['metadata 17 levels deep', 'add_memory', add({ metadata: deep(17) }), 'invalid_metadata'],
  ['metadata that is a circle', 'add_memory', add({ metadata: circle() }), 'invalid_metadata'],
  ['metadata with what JSON cannot hold', 'add_memory', add({ metadata: { a: 1n } }), 'invalid_metadata'],
  ['metadata with a Date', 'add_memory', add({ metadata: { a: new Date(0) } }), 'invalid_metadata'],
  ['metadata with infinity', 'add_memory', add({ metadata: { a: Infinity } }), 'invalid_metadata'],
  ['a day that no month has', 'add_memory', add({ occurred_at: '2026-02-30' }), 'invalid_date'],
  ['29 February in a common year', 'add_memory', add({ occurred_at: '2100-02-29' }), 'invalid_date'],
  ['the hour 24', 'add_memory', add({ occurred_at: '2026-02-03T24:00' }), 'invalid_date'],
  ['a zone that does not exist', 'add_memory', add({ occurred_at: '2026-02-03T10:00+25:00' }), 'invalid_date'],
  ['a date in words', 'add_memory', add({ occurred_at: 'yesterday' }), 'invalid_date'],
  ['a date as a number', 'add_memory', add({ occurred_at: 1778544000 }), 'invalid_date'],
  ['the year 0', 'search_memory', { query: 'a', since: '0000-01-01' }, 'invalid_date'],
  ['since after until', 'search_memory', { query: 'a', since: '2026-05-02', until: '2026-05-01' }, 'invalid_date'],
  ['a blank project', 'add_memory', add({ project: '  ' }), 'invalid_project'],
  ['a project of 201 characters', 'list_memories', { project: 'p'.repeat(201) }, 'invalid_project'],
  ['a project that is no text', 'search_memory', { query: 'a', project: 1 }, 'invalid_project'],
  ['a limit of 0', 'search_memory', { query: 'a', limit: 0 }, 'invalid_limit'],
  ['a limit of 201', 'search_memory', { query: 'a', limit: 201 }, 'invalid_limit'],
  ['half a limit', 'list_memories', { limit: 1.5 }, 'invalid_limit'],
  ['a limit as text', 'list_associations', { limit: '5' }, 'invalid_limit'],
  ['an unknown detail', 'search_memory', { query: 'a', detail: 'all' }, 'invalid_detail'],
  ['no query', 'search_memory', {}, 'empty_query'],
  ['a blank query', 'search_memory', { query: ' \u200b ' }, 'empty_query'],
  ['a cursor that is no text', 'search_memory', { query: 'a', cursor: 5 }, 'invalid_argument'],
  ['299 tokens', 'search_memory', { query: 'a', max_tokens: 299 }, 'invalid_limit'],
  ['a diversity of 1.1', 'search_memory', { query: 'a', diversity: 1.1 }, 'invalid_argument'],
  ['an explain that is no yes or no', 'search_memory', { query: 'a', explain: 'yes' }, 'invalid_argument'],
  ['a query of 100 kB', 'search_memory', { query: 'cache '.repeat(17_000) }, 'invalid_argument'],
  ['a query that is a list', 'search_memory', { query: ['a'] }, 'invalid_argument'],
  ['a query of 2001 characters', 'search_memory', { query: 'q'.repeat(2001) }, 'invalid_argument'],
  ['an empty key', 'add_memory', add({ idempotency_key: '' }), 'invalid_idempotency_key'],
  ['a key of 201 characters', 'add_memory', add({ idempotency_key: 'k'.repeat(201) }), 'invalid_idempotency_key'],
  [
    'a key that is a number',
    'anchor_update',
    { slot: 'A', pinned: true, idempotency_key: 7 },
    'invalid_idempotency_key',
  ],
  ['neither number nor hash', 'get_memory', {}, 'invalid_argument'],
  ['both number and hash', 'get_memory', { block_index: 1, hash: 'a'.repeat(64) }, 'invalid_argument'],
  ['a negative number', 'get_memory', { block_index: -1 }, 'invalid_argument'],
  ['a number beyond whole numbers', 'get_memory', { block_index: 2 ** 53 }, 'invalid_argument'],
  ['half a hash', 'get_memory', { hash: 'a'.repeat(32) }, 'invalid_argument'],
  ['a cursor that is no number', 'list_memories', { before: 'first' }, 'invalid_argument'],
  ['no link at all', 'update_associations', {}, 'invalid_argument'],
  ['empty lists of links', 'update_associations', { add: [], remove: [] }, 'invalid_argument'],
  ['links that are no list', 'update_associations', { add: { source: 1, target: 2 } }, 'invalid_association'],
  ['a link that is no object', 'update_associations', { remove: [3] }, 'invalid_argument'],
  ['a hole in the links', 'update_associations', { remove: new Array(1) }, 'invalid_argument'],
  ['a link without an end', 'update_associations', { add: [{ source: 1 }] }, 'invalid_argument'],
  ['a link with an unknown field', 'update_associations', link({ weight: 1 }), 'invalid_argument'],
  ['a link to itself', 'update_associations', { add: [{ source: 4, target: 4 }] }, 'self_association'],
  ['a strength above 1', 'update_associations', link({ strength: 2 }), 'invalid_association'],
  ['a strength NaN', 'update_associations', link({ strength: NaN }), 'invalid_association'],
  ['a blank type', 'update_associations', link({ type: '' }), 'invalid_association'],
  [
    '201 links',
    'update_associations',
    { remove: new Array(201).fill({ source: 1, target: 2 }) },
    'invalid_association',
  ],
  ['nothing to change of a slot', 'anchor_update', { slot: 'A' }, 'invalid_argument'],
  ['a slot moved to no number', 'anchor_update', { slot: 'A', block_index: 'x' }, 'invalid_argument'],
  ['pinned as text', 'anchor_update', { slot: 'A', pinned: 'yes' }, 'invalid_argument'],
];

function circle(): object {
  const object: Record<string, unknown> = {};
  object['self'] = object;
  return object;
}

function errorOf(operation: OperationName, input: unknown): GreeumError {
  try {
    parseInput(operation, input);
  } catch (error) {
    assert.ok(error instanceof GreeumError, `${String(error)} is no GreeumError`);
    return error;
  }
  assert.fail('the input was taken');
}

describe('parseInput refuses', () => {
  for (const [why, operation, input, code] of BAD) {
    it(`${why}: ${code}`, () => {
      const error = errorOf(operation, input);
      assert.equal(error.code, code);
      assert.equal(error.outcome, 'not_written');
      assert.equal(error.retry, 'never');
      assert.match(error.message, /\.$/, 'a sentence');
      assert.match(error.hint ?? '', /\.$/, 'a sentence that says what to do');
    });
  }

  it('with the names of the fields that there are', () => {
    const { message, hint } = errorOf('search_memory', { query: 'a', top_k: 3 });
    assert.match(message, /search_memory has no field "top_k"/);
    assert.match(hint ?? '', /query, limit, slot/);
  });

  it('without repeating what the memory says', () => {
    const secret = 'the code is 1234';
    for (const input of [
      { content: `${secret}\0` },
      { content: secret + 'x'.repeat(MIB) },
      add({ tags: [`${secret}\0`] }),
    ]) {
      assert.ok(!JSON.stringify(errorOf('add_memory', input)).includes(secret));
    }
  });

  it('anything it does not take with an error of the project, and nothing else', () => {
    const operations: OperationName[] = ['add_memory', 'search_memory', 'get_memory', 'list_memories'];
    operations.push('update_associations', 'anchor_update', 'list_associations');
    const names = ['content', 'importance', 'tags', 'slot', 'metadata', 'occurred_at', 'query', 'limit', 'hash', 'add'];
    const input = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...names), fc.anything({ withBigInt: true })));
    check(
      fc.property(fc.constantFrom(...operations), input, (operation, value) => {
        try {
          parseInput(operation, value);
        } catch (error) {
          assert.ok(error instanceof GreeumError);
          assert.notEqual(error.code, 'internal');
        }
      }),
      1_000,
    );
  });
});

describe('parseInput takes', () => {
  it('a memory with nothing but content, and fills in the defaults', () => {
    assert.deepEqual(parseInput('add_memory', { content: ' as it is ' }), {
      content: ' as it is ',
      importance: 0.5,
      tags: [],
      metadata: {},
    });
  });

  it('1 MiB of text, whatever its script', () => {
    for (const content of ['a'.repeat(MIB), '한'.repeat(Math.floor(MIB / 3)), '😀'.repeat(MIB / 4)]) {
      assert.equal(parseInput('add_memory', { content }).content, content);
    }
  });

  it('names without the spaces around them, and each tag once', () => {
    const { project, tags } = parseInput('add_memory', add({ project: ' atlas ', tags: [' db', 'db', '태그'] }));
    assert.equal(project, 'atlas');
    assert.deepEqual(tags, ['db', '태그']);
  });

  it('characters beyond the BMP as one each when it counts', () => {
    assert.equal(parseInput('add_memory', add({ tags: ['😀'.repeat(100)] })).tags.length, 1);
  });

  it('metadata as a copy that shares nothing with the input', () => {
    const metadata = { file: 'a.ts', lines: [1, 2], nested: { constructor: 'x', none: null, left: undefined } };
    const parsed = parseInput('add_memory', add({ metadata })).metadata;
    assert.deepEqual(parsed, { file: 'a.ts', lines: [1, 2], nested: { constructor: 'x', none: null } });
    metadata.lines.push(3);
    assert.deepEqual(parsed['lines'], [1, 2]);
  });

  it('minus zero as zero, which is what the database gives back', () => {
    assert.ok(Object.is(parseInput('add_memory', add({ importance: -0 })).importance, 0));
  });

  it('a hash in capitals', () => {
    assert.deepEqual(parseInput('get_memory', { hash: 'AB'.repeat(32) }), { hash: 'ab'.repeat(32) });
  });

  it('null as a block index that clears a slot', () => {
    assert.deepEqual(parseInput('anchor_update', { slot: 'B', block_index: null }), { slot: 'B', block_index: null });
  });

  it('no input where there are no fields', () => {
    assert.deepEqual(parseInput('flush', undefined), {});
  });
});

describe('dates', () => {
  const first = (occurred_at: string) => parseInput('add_memory', add({ occurred_at })).occurred_at;
  const until = (text: string) => parseInput('search_memory', { query: 'a', until: text }).until;

  const cases: [given: string, first: string, last: string][] = [
    ['2026-05-12', '2026-05-12T00:00:00', '2026-05-12T23:59:59.999999'],
    ['2026-05-12T09:30', '2026-05-12T09:30:00', '2026-05-12T09:30:59.999999'],
    ['2026-05-12 09:30:15', '2026-05-12T09:30:15', '2026-05-12T09:30:15.999999'],
    ['2026-05-12T09:30:15.25', '2026-05-12T09:30:15.250000', '2026-05-12T09:30:15.250000'],
    ['2026-05-12T09:30:15.123456789', '2026-05-12T09:30:15.123456', '2026-05-12T09:30:15.123456'],
    ['2024-02-29', '2024-02-29T00:00:00', '2024-02-29T23:59:59.999999'],
    ['0099-12-31', '0099-12-31T00:00:00', '0099-12-31T23:59:59.999999'],
  ];
  for (const [given, start, end] of cases) {
    it(`${given} begins at ${start} and ends at ${end}`, () => {
      assert.equal(first(given), start);
      assert.equal(until(given), end);
    });
  }

  it('with a zone are moved to local time', () => {
    const local = (utc: number): string => {
      const date = new Date(utc);
      const two = (value: number): string => String(value).padStart(2, '0');
      const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
      return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
    };
    assert.equal(first('2026-05-12T09:30:15Z'), local(Date.UTC(2026, 4, 12, 9, 30, 15)));
    assert.equal(first('2026-05-12T09:30:15+09:00'), local(Date.UTC(2026, 4, 12, 0, 30, 15)));
    assert.equal(first('2026-01-01T00:00-0530'), local(Date.UTC(2026, 0, 1, 5, 30)));
    assert.equal(first('2026-05-12T09:30:15+09'), local(Date.UTC(2026, 4, 12, 0, 30, 15)));
  });

  it('outside the years 1 to 9999 after the move are refused', () => {
    assert.equal(errorOf('add_memory', add({ occurred_at: '9999-12-31T23:59-23:59' })).code, 'invalid_date');
  });
});
