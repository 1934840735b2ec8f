import assert from 'node:assert/strict';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { GreeumError } from '../../../src/protocol/errors.js';
import { callTool } from '../../../src/mcp/toolCall.js';
import { IMPORT_TOOL, type ImportAnswer, type ImportProgress } from '../../../src/mcp/tools/importMemories.js';
import { FakeMemory } from './fakeMemory.js';

const validators = new AjvJsonSchemaValidator();
const accepts = (schema: object, value: unknown): boolean => validators.getValidator(schema)(value).valid;
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ content: `fact ${index}` })).join('\n');

describe('the tool import_memories', () => {
  const call = async (memory: FakeMemory, args: Record<string, unknown>, told: ImportProgress[] = []) => {
    const answer = await callTool(memory, 'import_memories', args, { onProgress: (more) => told.push(more) });
    const { structuredContent, isError } = answer;
    return { isError, text: answer.content[0].text, counts: structuredContent as ImportAnswer, structuredContent };
  };

  it('takes in notes: a memory for each bullet and section, and once only', async () => {
    const memory = new FakeMemory();
    const notes = { text: '# Build\n\nIt runs on Node 20.\n\n- use tabs\n- no semicolons\n', format: 'markdown' };
    const { counts, text } = await call(memory, notes);
    assert.deepEqual([counts.added, counts.present], [3, 0]);
    assert.equal(text, '3 added, 0 there already, 0 not taken in.');
    assert.ok(memory.contents.some((content) => content.includes('use tabs')));
    assert.deepEqual((await call(memory, notes)).counts.present, 3);
    assert.equal(memory.contents.length, 3);
  });

  it('says who imports, and where from', async () => {
    const memory = new FakeMemory();
    await callTool(memory, 'import_memories', { text: lines(1), format: 'jsonl' }, { client: 'claude 1' });
    const [asked] = memory.calls;
    assert.equal(asked?.input['origin'], 'a text given to import_memories');
    assert.deepEqual([asked?.options?.source, asked?.options?.client], ['mcp', 'claude 1']);
  });

  it('tells how far it is in bytes that only grow, up to all of them', async () => {
    const told: ImportProgress[] = [];
    const text = lines(450);
    await call(new FakeMemory(), { text, format: 'jsonl' }, told);
    const bytes = told.map(({ progress }) => progress);
    assert.ok(bytes.length >= 2);
    assert.deepEqual(
      bytes,
      [...new Set(bytes)].sort((a, b) => a - b),
    );
    assert.equal(bytes.at(-1), text.length);
  });

  it('writes nothing in a dry run', async () => {
    const memory = new FakeMemory();
    const { text, counts } = await call(memory, { text: lines(3), format: 'jsonl', dry_run: true });
    assert.match(text, /^Nothing was written\. It would be: 3 added/);
    assert.deepEqual([counts.dry_run, memory.contents], [true, []]);
    assert.deepEqual([...new Set(memory.calls.map(({ operation }) => operation))], ['preview_import']);
  });

  it('names what it cannot take by its line, the first twenty of them, and takes the rest', async () => {
    const { counts, text } = await call(new FakeMemory(), {
      text: `${lines(2)}\n${'{"content":\n'.repeat(25)}`,
      format: 'jsonl',
    });
    assert.deepEqual([counts.added, counts.rejected, counts.problems.length], [2, 25, 20]);
    assert.match(text, /line 3: This line is not JSON\./);
    assert.match(text, /… and 5 more\./);
  });

  it('stops when the caller gives it up, and says that what was taken in stays', async () => {
    const giveUp = new AbortController();
    const memory = new FakeMemory();
    const { isError, structuredContent } = await callTool(
      memory,
      'import_memories',
      { text: lines(450), format: 'jsonl' },
      { signal: giveUp.signal, onProgress: () => giveUp.abort() },
    );
    assert.equal(isError, true);
    const { error } = structuredContent as { error: { code: string; outcome: string } };
    assert.deepEqual([error.code, error.outcome, memory.contents.length], ['timeout', 'written', 200]);
  });

  const refused: readonly [what: string, args: Record<string, unknown>][] = [
    ['a path', { path: '/etc/passwd', format: 'jsonl' }],
    ['a path beside a text', { text: 'a', format: 'markdown', source: '/etc/passwd' }],
    ['no text', { format: 'markdown' }],
    ['an empty text', { text: ' \n', format: 'markdown' }],
    ['a text that is none', { text: ['a'], format: 'markdown' }],
    ['a format that reads directories', { text: '/etc', format: 'greeum' }],
    ['a format out of the prototype', { text: 'a', format: 'constructor' }],
    ['tags that are no list', { text: 'a', format: 'markdown', tags: 'a' }],
    ['a project that is no text', { text: 'a', format: 'markdown', project: 1 }],
    ['a dry run that is no boolean', { text: 'a', format: 'markdown', dry_run: 'yes' }],
  ];
  for (const [what, args] of refused) {
    it(`refuses ${what}, and asks the memory nothing`, async () => {
      const memory = new FakeMemory();
      const { isError, structuredContent } = await call(memory, args);
      assert.equal(isError, true);
      assert.equal((structuredContent as unknown as { error: { code: string } }).error.code, 'invalid_argument');
      assert.deepEqual(memory.calls, []);
    });
  }

  it('is described as it is', async () => {
    const { inputSchema, outputSchema } = IMPORT_TOOL;
    const args = { text: 'a', format: 'markdown', project: 'p', tags: ['t'], dry_run: true, idempotency_key: 'k' };
    assert.ok(accepts(inputSchema, args));
    assert.ok(!accepts(inputSchema, { ...args, path: '/etc/passwd' }));
    const { counts } = await call(new FakeMemory(), args);
    assert.ok(accepts(outputSchema, counts));
    assert.ok(accepts(outputSchema, { error: new GreeumError('degraded', 'No writes now.').toJSON() }));
    assert.ok(!accepts(outputSchema, { ...counts, added: undefined }));
  });
});
