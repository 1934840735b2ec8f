import assert from 'node:assert/strict';
import { jsonLineEntries } from '../../../../src/transfer/sources/jsonLines.js';
import { collect, linesOf, memoriesOf, problemsOf } from '../entries.js';

const entriesOf = (lines: readonly string[]) => collect(jsonLineEntries(linesOf(lines.join('\n'))));

describe('JSON Lines', () => {
  it('of other tools are memories by the usual names, and what has no place is metadata', async () => {
    const entries = await entriesOf([
      '{"text":"first","created_at":"2026-01-02T03:04:05","tags":["a"],"score":1,"metadata":{"b":2}}',
      '"only a text"',
      '{"content":"second","text":"kept too"}',
    ]);
    assert.deepEqual(
      memoriesOf(entries).map(({ place, record }) => ({ place, ...record })),
      [
        {
          place: 'line 1',
          content: 'first',
          timestamp: '2026-01-02T03:04:05',
          tags: ['a'],
          metadata: { score: 1, b: 2 },
        },
        { place: 'line 2', content: 'only a text' },
        { place: 'line 3', content: 'second', metadata: { text: 'kept too' } },
      ],
    );
  });

  it('that are wrong are named by their line, without their text, and the others are read', async () => {
    const entries = await entriesOf([
      '{"content":"good"}',
      '{"content":"secret',
      '[1]',
      '',
      '7',
      '{"content":"good too"}',
    ]);
    assert.deepEqual(problemsOf(entries), [
      'line 2: invalid_argument',
      'line 3: invalid_argument',
      'line 5: invalid_argument',
    ]);
    assert.equal(memoriesOf(entries).length, 2);
    assert.equal(JSON.stringify(entries).includes('secret'), false);
  });

  it('of a newer export are not begun with', async () => {
    await assert.rejects(entriesOf(['{"greeum_export":2}', '{"id":0}']), { code: 'newer_format' });
  });

  it('of an export that were tampered with are named', async () => {
    const entries = await entriesOf([
      '{"greeum_export":1}',
      '{"id":-1,"content":"x"}',
      '{"id":0,"content":"y","links":7}',
      '{"id":1,"content":"z","before":"0"}',
    ]);
    assert.deepEqual(problemsOf(entries).length, 3);
  });

  it('of an MCP memory server are a memory for each entity and observation, and a link for each relation', async () => {
    const entries = await entriesOf([
      '{"type":"entity","name":"Ada","entityType":"person","observations":["likes tea","lives in Bonn"]}',
      '{"type":"relation","from":"Ada","to":"Lab","relationType":"leads"}',
      '{"type":"entity","name":"Lab","entityType":"place"}',
      '{"type":"neither"}',
    ]);
    assert.deepEqual(
      memoriesOf(entries).map(({ record, links }) => [record.content, links?.[0] ?? null]),
      [
        ['Ada (person)', null],
        ['Ada: likes tea', { to: 'entity Ada', type: 'observation', strength: 1 }],
        ['Ada: lives in Bonn', { to: 'entity Ada', type: 'observation', strength: 1 }],
      ],
    );
    assert.deepEqual(entries[3], {
      kind: 'link',
      place: 'line 2',
      from: 'entity Ada',
      to: 'entity Lab',
      type: 'leads',
    });
    assert.deepEqual(problemsOf(entries), ['line 3: invalid_argument', 'line 4: invalid_argument']);
  });
});
