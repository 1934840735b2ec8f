import assert from 'node:assert/strict';
import { bounded, costOf, MAX_ANSWER_CHARS, MAX_PAGE } from '../../../src/mcp/bounded.js';
import { readResource } from '../../../src/mcp/resources/index.js';
import { callTool } from '../../../src/mcp/toolCall.js';
import type { MemoryRecord, SearchHit } from '../../../src/protocol/operations.js';
import { FakeMemory, memoryDetail, memoryRecord, STATUS } from './fakeMemory.js';

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const TAGS = many(32, (index) => `${index}`.padEnd(100, 'x'));
/** As large as the rules let it be, in a script that costs most. */
const LARGE: Partial<MemoryRecord> = {
  context: '가"\n'.repeat(100_000),
  tags: TAGS,
  project: '가'.repeat(200),
  client: 'c'.repeat(60_000),
};

describe('an answer within what a model takes in', () => {
  it('is cut where it is longest, and keeps the matches that are still there', () => {
    const long = 'x'.repeat(2 * MAX_ANSWER_CHARS);
    const answer = {
      results: [
        { context: 'short', matches: [[0, 5]] },
        {
          context: long,
          matches: [
            [0, 4],
            [long.length - 4, long.length],
          ],
        },
      ] as { context: string; matches: [number, number][] }[],
    };
    const [short, cut] = bounded(answer).results;
    assert.deepEqual(short, answer.results[0]);
    assert.ok((cut?.context.length ?? 0) <= MAX_ANSWER_CHARS);
    assert.deepEqual(cut?.matches, [[0, 4]]);
  });

  const pages: readonly [string, (index: number) => MemoryRecord][] = [
    ['of short memories', (index) => memoryRecord({ block_index: 2_000 - index, context: `fact ${index}` })],
    ['of the largest memories', (index) => memoryRecord({ block_index: 2_000 - index, ...LARGE })],
  ];
  for (const [what, make] of pages) {
    it(`holds for the longest list ${what}, which says where it goes on`, async () => {
      const memory = new FakeMemory({
        list_memories: ({ limit = 20 }) => ({ memories: many(limit, make), next_before: 2_001 - limit }),
      });
      const { content, structuredContent } = await callTool(memory, 'list_memories', { limit: 1_000 });
      assert.ok(costOf(structuredContent) <= MAX_ANSWER_CHARS, `${costOf(structuredContent)}`);
      assert.ok(costOf(content[0].text) <= MAX_ANSWER_CHARS, `${costOf(content[0].text)}`);
      const { memories, next_before } = structuredContent as { memories: MemoryRecord[]; next_before: number };
      assert.ok(memories.length >= 5, `${memories.length} memories`);
      assert.equal(next_before, memories.at(-1)?.block_index);
      assert.ok(content[0].text.includes(`before=${next_before}`));
    });
  }

  it('reads no more memories than could be shown, and leaves a wrong limit to the memory', async () => {
    const memory = new FakeMemory({ list_memories: () => ({ memories: [], next_before: null }) });
    for (const limit of [20, 1_000, 1_001]) await callTool(memory, 'list_memories', { limit });
    assert.deepEqual(
      memory.calls.map(({ input }) => input['limit']),
      [20, MAX_PAGE, 1_001],
    );
    const shortest = { memories: many(MAX_PAGE, () => memoryRecord({ context: '', tags: [], branch: null })) };
    assert.ok(bounded(shortest).memories.length < MAX_PAGE);
  });

  it('holds for the longest search, whose cursor goes on after what is shown', async () => {
    const hits = many(200, (index): SearchHit => ({
      ...memoryRecord({ block_index: index, ...LARGE }),
      score: 1,
      matches: many(5_000, (at): [number, number] => [at, at + 1]),
      alike: many(1_000, (at) => at),
      explanation: {
        ...{ words: 1, meaning: 0, context: 0, time: 0, recency: 0, importance: 0, slot_head: 0 },
        by_word: many(1_000, (at) => ({ word: `word${at}`, score: 0.123 })),
      },
    }));
    const memory = new FakeMemory({
      search_memory: ({ limit = 5 }) => ({ results: hits.slice(0, limit), next_cursor: `after ${limit}`, took_ms: 1 }),
    });
    const args = { query: 'x', limit: 200, detail: 'full', explain: true };
    const { content, structuredContent } = await callTool(memory, 'search_memory', args);
    assert.ok(costOf(structuredContent) <= MAX_ANSWER_CHARS, `${costOf(structuredContent)}`);
    assert.ok(costOf(content[0].text) <= MAX_ANSWER_CHARS, `${costOf(content[0].text)}`);
    const { results, next_cursor } = structuredContent as { results: SearchHit[]; next_cursor: string };
    assert.ok(results.length >= 1);
    assert.equal(next_cursor, `after ${results.length}`);
  });

  it('holds for one memory with everything that can hang on it, over the tool and as a resource', async () => {
    const detail = memoryDetail({
      ...LARGE,
      keywords: many(5_000, (index) => `keyword${index}`),
      after: many(500, () => 'a'.repeat(64)),
      metadata: { source: 'mcp', small: 1, large: 'x'.repeat(60_000) },
      associations: many(5_000, (target) => ({
        association_id: `assoc_${target}`,
        source: 0,
        target,
        type: 'semantic',
        strength: 0.5,
      })),
    });
    const memory = new FakeMemory({ get_memory: () => ({ memory: detail }) });
    const { content, structuredContent } = await callTool(memory, 'get_memory', { block_index: 0 });
    const resource = await readResource(memory, 'greeum://memory/0');
    for (const answer of [structuredContent, content[0].text, JSON.parse(resource ?? '') as unknown]) {
      assert.ok(costOf(answer) <= MAX_ANSWER_CHARS, `${costOf(answer)}`);
    }
    type Shown = typeof detail & { context_chars: number; left_off: Record<string, number> };
    const { memory: shown } = structuredContent as unknown as { memory: Shown };
    assert.equal(shown.context_chars, detail.context.length);
    assert.deepEqual(shown.metadata, { source: 'mcp', small: 1 });
    assert.equal(shown.left_off['metadata'], 1);
    assert.equal(shown.associations.length + (shown.left_off['associations'] ?? 0), 5_000);
    assert.ok(shown.context.length > 1_000);
  });

  it('holds for the numbers of a memory with very many projects', async () => {
    const projects = many(5_000, (index) => ({ name: `project ${index}`, blocks: 1 }));
    const stats = { ...STATS, projects };
    const { structuredContent } = await callTool(
      new FakeMemory({ get_memory_stats: () => stats }),
      'get_memory_stats',
      {},
    );
    assert.ok(costOf(structuredContent) <= MAX_ANSWER_CHARS);
    const { projects: shown, left_off } = structuredContent as unknown as {
      projects: unknown[];
      left_off: { projects: number };
    };
    assert.equal(shown.length + left_off.projects, 5_000);
  });
});

const STATS = {
  ...{ blocks: 1, branches: 1, associations: 0, tags: 2, first_timestamp: null, last_timestamp: null },
  ...{ data_dir: STATUS.data_dir, database: STATUS.database, database_bytes: 4096, journal_bytes: 0 },
};
