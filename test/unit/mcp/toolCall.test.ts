import assert from 'node:assert/strict';
import { GreeumError } from '../../../src/protocol/errors.js';
import { callTool } from '../../../src/mcp/toolCall.js';
import { FakeMemory } from './fakeMemory.js';

const failing = (error: unknown): FakeMemory =>
  new FakeMemory({
    add_memory: () => {
      throw error;
    },
  });

describe('a tool call', () => {
  it('answers with the result as it is and a text', async () => {
    const memory = new FakeMemory();
    const { content, structuredContent, isError } = await callTool(memory, 'add_memory', { content: 'a fact' });
    assert.equal(isError, false);
    assert.match(content[0].text, /Memory Successfully Added/);
    assert.equal((structuredContent as { block_index: number }).block_index, 0);
  });

  it('says that the memory comes over MCP, unless the caller says otherwise', async () => {
    const memory = new FakeMemory();
    await callTool(memory, 'add_memory', { content: 'a' });
    await callTool(memory, 'add_memory', { content: 'b' }, { source: 'cli' });
    assert.deepEqual(
      memory.calls.map(({ options }) => options?.source),
      ['mcp', 'cli'],
    );
  });

  it('hands on the signal that gives up', async () => {
    const memory = new FakeMemory();
    const { signal } = new AbortController();
    await callTool(memory, 'add_memory', { content: 'a' }, { signal });
    assert.equal(memory.calls[0]?.options?.signal, signal);
  });

  it('gives a write a key of its own when it has none, and leaves a read alone', async () => {
    const memory = new FakeMemory();
    await callTool(memory, 'add_memory', { content: 'a' });
    await callTool(memory, 'add_memory', { content: 'a' });
    await callTool(memory, 'search_memory', { query: 'a' });
    const [first, second, read] = memory.calls.map(({ input }) => input['idempotency_key']);
    assert.equal(typeof first, 'string');
    assert.notEqual(first, second);
    assert.equal(read, undefined);
  });

  it('keeps the key that the caller gave', async () => {
    const memory = new FakeMemory();
    await callTool(memory, 'add_memory', { content: 'a', idempotency_key: 'mine' });
    assert.equal(memory.calls[0]?.input['idempotency_key'], 'mine');
  });

  it('drops what Python sends with a search and nothing else', async () => {
    const memory = new FakeMemory();
    await callTool(memory, 'search_memory', { query: 'a', limit: 5, threshold: 0.1, fallback: true, odd: 1 });
    assert.deepEqual(memory.calls[0]?.input, { query: 'a', limit: 5, odd: 1 });
  });

  it('turns a failure into a result that the model reads', async () => {
    const result = await callTool(new FakeMemory(), 'add_memory', { content: ' ' });
    assert.deepEqual(result, {
      content: [{ type: 'text', text: 'A memory needs text. Say what is to be remembered.' }],
      structuredContent: {
        error: {
          code: 'empty_content',
          message: 'A memory needs text.',
          outcome: 'not_written',
          retry: 'never',
          hint: 'Say what is to be remembered.',
        },
      },
      isError: true,
    });
  });

  it('tells the key to repeat a write with when nobody knows what became of it', async () => {
    const lost = new GreeumError('connection_lost', 'The worker went away.', { outcome: 'unknown', retry: 'same-key' });
    const memory = failing(lost);
    const { content, structuredContent } = await callTool(memory, 'add_memory', { content: 'a' });
    const key = String(memory.calls[0]?.input['idempotency_key']);
    assert.equal(content[0].text, `The worker went away. To repeat it safely, use idempotency_key "${key}".`);
    assert.equal((structuredContent as { idempotency_key?: string }).idempotency_key, key);
  });

  it('does not tell the key twice when the hint has it', async () => {
    const lost = new GreeumError('timeout', 'Too late.', { outcome: 'unknown', hint: 'Repeat it with the key mine.' });
    const { content } = await callTool(failing(lost), 'add_memory', { content: 'a', idempotency_key: 'mine' });
    assert.equal(content[0].text, 'Too late. Repeat it with the key mine.');
  });

  it('reports a defect as internal, with an open outcome for a write', async () => {
    const { structuredContent } = await callTool(failing(new TypeError('boom')), 'add_memory', { content: 'a' });
    const { error } = structuredContent as { error: { code: string; outcome: string } };
    assert.deepEqual([error.code, error.outcome], ['internal', 'unknown']);
  });
});
