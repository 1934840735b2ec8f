import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bounded, MAX_ANSWER_CHARS } from '../../../src/mcp/bounded.js';
import { readResource, RESOURCES } from '../../../src/mcp/resources/index.js';
import { branchUri, memoryUri, parseUri } from '../../../src/mcp/resources/uri.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { FakeMemory, memoryRecord } from './fakeMemory.js';

describe('the address of a resource', () => {
  it('is read back as it was made', () => {
    fc.assert(
      fc.property(fc.nat(), (index) => assert.deepEqual(parseUri(memoryUri(index)), { kind: 'memory', index })),
    );
    fc.assert(fc.property(fc.uuid(), (root) => assert.deepEqual(parseUri(branchUri(root)), { kind: 'branch', root })));
    assert.deepEqual(parseUri('greeum://slots'), { kind: 'slots' });
  });

  it('is nothing when it is anything else, tricks in the path included', () => {
    for (const uri of [
      '',
      'greeum://',
      'greeum://slots/',
      'greeum://memory/01',
      'greeum://memory/-1',
      'greeum://memory/1/../2',
      'greeum://branch/../../etc/passwd',
      'greeum://branch/%',
      'greeum://memory/1\n',
      'file:///etc/passwd',
      `greeum://branch/${'a'.repeat(400)}`,
    ]) {
      assert.equal(parseUri(uri), null, uri);
    }
  });

  it('of any text is nothing or something, and never an error', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseUri(`greeum://branch/${text}`)));
  });
});

describe('a resource', () => {
  const memory = new FakeMemory();
  before(() => memory.call('add_memory', { content: 'The bridge opens at noon' }));

  it('is JSON, and says where to go from a memory', async () => {
    const { memory: found, see_also: seeAlso } = JSON.parse(
      (await readResource(memory, 'greeum://memory/0')) ?? '',
    ) as {
      memory: { context: string };
      see_also: string[];
    };
    assert.equal(found.context, 'The bridge opens at noon');
    assert.deepEqual(seeAlso, ['greeum://branch/5a1f9e0c-0000-4000-8000-000000000000']);
  });

  it('is there for each that is listed', async () => {
    for (const { uri } of RESOURCES) assert.ok(await readResource(memory, uri), uri);
  });

  it('is null where there is nothing', async () => {
    for (const uri of ['greeum://memory/77', 'greeum://branch/none', 'greeum://else']) {
      assert.equal(await readResource(memory, uri), null);
    }
  });

  it('fails when the memory does', async () => {
    const failing = new FakeMemory({
      list_anchors: () => {
        throw new GreeumError('read_failed', 'No.');
      },
    });
    await assert.rejects(readResource(failing, 'greeum://slots'), { code: 'read_failed' });
  });
});

describe('an answer', () => {
  const total = (memories: readonly { context: string }[]): number =>
    memories.reduce((sum, { context }) => sum + context.length, 0);

  it('that fits stays as it is', () => {
    const answer = { memories: [memoryRecord()], next_before: 3 };
    assert.equal(bounded(answer), answer);
  });

  it('that does not is cut, the longest texts first, and says what was cut', () => {
    const answer = { memories: [memoryRecord({ context: 'short' }), memoryRecord({ context: 'x'.repeat(100_000) })] };
    const [short, long] = bounded(answer).memories;
    assert.equal(short?.context, 'short');
    assert.ok(long !== undefined && total([long]) <= MAX_ANSWER_CHARS + 1);
    assert.equal((long as { context_chars?: number }).context_chars, 100_000);
  });

  it('is never longer than its bound and a little, and never cuts a character in two', () => {
    const text = fc.nat(30_000).map((length) => '😀'.repeat(length));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const { results } = bounded({ results: texts.map((context) => memoryRecord({ context })) });
        assert.ok(total(results) <= MAX_ANSWER_CHARS + texts.length);
        for (const { context } of results) assert.doesNotMatch(context, /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
      }),
      { numRuns: 50 },
    );
  });
});
