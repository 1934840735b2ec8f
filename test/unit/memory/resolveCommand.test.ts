import assert from 'node:assert/strict';
import { GreeumError } from '../../../src/protocol/errors.js';
import type { AddMemoryCommand, ImportMemoriesCommand } from '../../../src/protocol/commands.js';
import type { Provenance } from '../../../src/memory/author.js';
import { resolveCommand } from '../../../src/memory/resolveCommand.js';
import { Commands, NOON_ISH_MS, testPorts } from './commands.js';

describe('resolveCommand', () => {
  it('gives a memory its time, ids, words and keywords', () => {
    const command = new Commands().add('The JWT clock was skewed', { slot: 'B', tags: ['auth'] });
    assert.equal(command.atMs, NOON_ISH_MS);
    assert.equal(command.timestamp, '2026-05-12T09:30:15');
    assert.deepEqual([...command.words], ['the', 'jwt', 'clock', 'was', 'skewed']);
    assert.deepEqual(command.keywords, ['skewed', 'clock', 'jwt']);
    assert.match(command.newRoot, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(command.nodeId, /^node_[0-9a-f]{12}$/);
    assert.equal(new Set(command.associationIds).size, 7);
    for (const id of command.associationIds) assert.match(id, /^assoc_[0-9a-f]{12}$/);
    assert.deepEqual([command.slot, command.tags, command.importance], ['B', ['auth'], 0.5]);
  });

  it('writes milliseconds as microseconds', () => {
    const { timestamp } = new Commands(testPorts(NOON_ISH_MS + 7)).add('x');
    assert.equal(timestamp, '2026-05-12T09:30:15.007000');
  });

  it('keeps who wrote it, the project and the date with the metadata of the caller', () => {
    const command = new Commands().add('x', {
      project: 'atlas',
      occurred_at: '2026-05-01',
      metadata: { file: 'a.ts' },
    });
    assert.deepEqual(command.metadata, {
      file: 'a.ts',
      source: 'cli',
      project: 'atlas',
      occurred_at: '2026-05-01T00:00:00',
    });
    assert.deepEqual([command.project, command.occurredAt], ['atlas', '2026-05-01T00:00:00']);
  });

  it('says who adds a memory, and takes nobody’s word for it', () => {
    const metadataOf = (metadata: object, provenance: Provenance) =>
      (resolveCommand('add_memory', { content: 'x', metadata }, testPorts(), provenance) as AddMemoryCommand).metadata;
    assert.deepEqual(metadataOf({ file: 'a.ts' }, { source: 'mcp', client: 'claude 1' }), {
      file: 'a.ts',
      source: 'mcp',
      client: 'claude 1',
    });
    for (const claimed of [{ source: 'vscode' }, { client: 'the user' }]) {
      assert.throws(() => metadataOf(claimed, { source: 'api' }), { code: 'invalid_metadata' });
    }
  });

  describe('of an import', () => {
    const claimed = { content: 'x', metadata: { source: 'vscode', client: 'the user', file: 'a.ts' } };
    const metadataOf = (record: object, provenance: Provenance) => {
      const input = { records: [record], origin: 'notes' };
      const { records } = resolveCommand('import_memories', input, testPorts(), provenance) as ImportMemoriesCommand;
      const [first] = records;
      assert.ok(first !== undefined && 'metadata' in first);
      return first.metadata;
    };

    it('by an agent says which agent it was, and keeps what the record claims as a claim', () => {
      for (const record of [claimed, { ...claimed, timestamp: '2024-01-02T03:04:05' }]) {
        assert.deepEqual(metadataOf(record, { source: 'mcp', client: 'claude 1' }), {
          file: 'a.ts',
          original_source: 'vscode',
          original_client: 'the user',
          source: 'mcp',
          client: 'claude 1',
          imported_from: 'notes',
        });
      }
      const nameless = metadataOf(claimed, { source: 'api' });
      assert.deepEqual([nameless['source'], 'client' in nameless], ['api', false]);
    });

    it('by the user takes the word of the record, and says where it has none', () => {
      assert.deepEqual(metadataOf(claimed, { source: 'cli' }), { ...claimed.metadata, imported_from: 'notes' });
      assert.equal(metadataOf({ content: 'x' }, { source: 'cli' })['source'], 'cli');
      // Written at another time, by somebody who is not known.
      assert.ok(!('source' in metadataOf({ content: 'x', timestamp: '2024-01-02T03:04:05' }, { source: 'cli' })));
    });
  });

  it('gives each link an id, and each of its ends the id of a node it may need', () => {
    const { add } = new Commands().link({
      add: [
        { source: 1, target: 2 },
        { source: 3, target: 4, type: 'causal' },
      ],
    });
    const ids = add.flatMap(({ associationId, nodeIds }) => [associationId, ...nodeIds]);
    assert.equal(new Set(ids).size, 6);
    assert.deepEqual(
      add.map(({ type, strength }) => [type, strength]),
      [
        ['semantic', 0.5],
        ['causal', 0.5],
      ],
    );
  });

  it('tells clearing a slot from leaving it where it is', () => {
    const commands = new Commands();
    assert.equal(commands.anchor({ slot: 'A', block_index: null }).blockIndex, null);
    assert.equal(commands.anchor({ slot: 'A', pinned: true }).blockIndex, undefined);
  });

  it('throws for bad input before it takes a time or an id', () => {
    const ports = {
      nowMs: () => assert.fail('the clock was read'),
      randomUuid: () => assert.fail('an id was drawn'),
      randomHex: () => assert.fail('an id was drawn'),
    };
    assert.throws(() => resolveCommand('add_memory', { content: ' ' }, ports, { source: 'mcp' }), GreeumError);
  });
});

describe('the payload hash', () => {
  const hashOf = (input: object): string =>
    resolveCommand('add_memory', { content: 'x', idempotency_key: 'k', ...input }, testPorts(), { source: 'cli' })
      .payloadHash;

  it('is the same for the same request, in whatever order its fields come', () => {
    assert.match(hashOf({}), /^[0-9a-f]{64}$/);
    assert.equal(hashOf({ slot: 'A', metadata: { a: 1, b: 2 } }), hashOf({ metadata: { b: 2, a: 1 }, slot: 'A' }));
  });

  it('does not hold the key, nor what is undefined', () => {
    assert.equal(hashOf({ idempotency_key: 'k2' }), hashOf({ slot: undefined }));
  });

  it('differs with any field and with the operation', () => {
    const others = [
      { content: 'y' },
      { importance: 0.6 },
      { tags: ['a'] },
      { metadata: { a: 1 } },
      { metadata: { a: '1' } },
    ];
    const hashes = others.map((input) => hashOf(input));
    assert.equal(new Set([hashOf({}), ...hashes]).size, 6);
    const commands = new Commands();
    const anchor = commands.anchor({ slot: 'A', pinned: true, idempotency_key: 'k' });
    assert.notEqual(anchor.payloadHash, hashOf({}));
  });

  it('is empty without a key: nothing will be compared with it', () => {
    assert.equal(new Commands().add('x').payloadHash, '');
  });
});
