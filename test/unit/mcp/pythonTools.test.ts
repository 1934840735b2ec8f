import assert from 'node:assert/strict';

import { TOOL_LIST } from '../../../src/mcp/toolCall.js';
import { callPythonTool, isPythonTool, pythonArguments } from '../../../src/mcp/pythonTools.js';
import { FakeMemory } from './fakeMemory.js';

/** Names that Python Greeum lists and we answer to under our own names as well. */
const SHARED = ['add_memory', 'search_memory', 'get_memory_stats'];
const UPSTREAM = [
  ...SHARED,
  ...['usage_analytics', 'analyze', 'system_doctor', 'get_recent_memories', 'get_memories_by_date', 'search', 'fetch'],
];

describe('the tools of Python Greeum', () => {
  let memory: FakeMemory;

  beforeEach(async () => {
    memory = new FakeMemory();
    for (const content of ['zero', 'one fact', 'two facts']) await memory.call('add_memory', { content });
    memory.calls.length = 0;
  });

  async function text(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const { content, isError } = await callPythonTool(memory, name, args, { source: 'mcp' });
    assert.equal(isError, content[0].text.startsWith('ERROR:'));
    return content[0].text;
  }

  it('are all known, and agents who list tools see none of them twice', () => {
    const listed = TOOL_LIST.map(({ name }) => name as string);
    for (const name of UPSTREAM) assert.equal(isPythonTool(name) !== listed.includes(name), true, name);
  });

  it('find, list and fetch in lines as Python prints them', async () => {
    assert.match(await text('search', { query: 'fact', limit: 2 }), /^Found 2 memories:\n1\. \[.+\] one fact \[#1/);
    assert.equal(await text('search', { query: 'nothing' }), `No memories found for query: 'nothing'`);
    assert.match(await text('get_recent_memories'), /^Found 3 memories:\n1\. \[.+\] two facts/);
    assert.match(await text('fetch', { block_id: '0' }), /\] zero \[#0/);
    assert.match(await text('fetch', {}), /^Found 3 memories:/);
  });

  it('say what is wrong in a text that begins with ERROR', async () => {
    assert.match(await text('fetch', { block_id: 'seven' }), /^ERROR: .*integer/);
    assert.match(await text('fetch', { block_id: '77' }), /^ERROR: .*not found/);
    assert.match(await text('get_memories_by_date'), /^ERROR: start_date/);
    assert.match(await text('analyze', { days: 900 }), /^ERROR: days/);
  });

  it('ask for the days that were named', async () => {
    await text('get_memories_by_date', { start_date: '2026-05-01', end_date: '2026-05-02', limit: 3 });
    assert.deepEqual(memory.calls[0]?.input, { since: '2026-05-01', until: '2026-05-02', limit: 3 });
  });
});

describe('what Python’s client sends', () => {
  it('has its tags where tags belong, and nothing where it says null', () => {
    const args = { content: 'x', importance: 0.5, metadata: { tags: ['a', ' b ', ''], file: 'f' }, slot: null };
    assert.deepEqual(pythonArguments('add_memory', args), {
      content: 'x',
      importance: 0.5,
      tags: ['a', 'b'],
      metadata: { file: 'f' },
    });
  });

  it('keeps what is ours as it is', () => {
    for (const args of [
      { content: 'x', tags: ['t'], metadata: { tags: ['a'] } },
      { content: 'x', metadata: { tags: 'a' } },
    ]) {
      assert.deepEqual(pythonArguments('add_memory', args), args);
    }
    assert.deepEqual(pythonArguments('get_memory', { block_index: null }), { block_index: null });
  });

  it('searches without the settings of another ranking', () => {
    const args = { query: 'q', limit: 5, slot: 'A', threshold: 0.1, fallback: true, depth: 3, entry: 'cursor' };
    assert.deepEqual(pythonArguments('search_memory', args), { query: 'q', limit: 5, slot: 'A' });
  });
});
