import assert from 'node:assert/strict';
import type { RowWrite } from '../../../src/protocol/change.js';
import type { ImportMemoriesCommand } from '../../../src/protocol/commands.js';
import type { ImportMemoriesFacts, ImportTarget, SlotFacts } from '../../../src/protocol/facts.js';
import { SLOT_NAMES } from '../../../src/protocol/operations.js';
import type { ImportMemoriesInput, ImportMemoriesResult } from '../../../src/protocol/transfer.js';
import { blockHash } from '../../../src/memory/blockHash.js';
import { decideImportMemories } from '../../../src/memory/decideImportMemories.js';
import { resolveCommand } from '../../../src/memory/resolveCommand.js';
import { testPorts } from './commands.js';

const LAST = { blockIndex: 7, hash: 'f'.repeat(64) };
const THERE: ImportTarget = { blockIndex: 3, hash: 'a'.repeat(64), root: 'old-root', nodeId: null, content: 'there' };

function slotsWith(used: Partial<Record<string, string>> = {}): SlotFacts[] {
  return SLOT_NAMES.map((slot) => ({
    slot,
    anchorHash: used[slot] ?? null,
    head: null,
    topicVector: null,
    summary: '',
    lastSeen: 0,
    hysteresis: 0,
    pinned: false,
  }));
}

function decided(
  input: Omit<ImportMemoriesInput, 'origin'>,
  changes: Partial<ImportMemoriesFacts> = {},
): { rows: readonly RowWrite[]; answer: ImportMemoriesResult; of: (table: string) => (readonly unknown[])[] } {
  const given = { ...input, origin: 'notes.jsonl' };
  const command = resolveCommand('import_memories', given, testPorts(), { source: 'cli' }) as ImportMemoriesCommand;
  const facts: ImportMemoriesFacts = {
    kind: 'import_memories',
    request: null,
    expiredKeys: [],
    lastBlock: LAST,
    existing: input.records.map(() => null),
    targets: new Map(),
    slots: slotsWith(),
    hasConsolidationQueue: false,
    ...changes,
  };
  const { rows, answer } = decideImportMemories(command, facts);
  const of = (table: string) =>
    rows.filter((row) => row[1] === table && Array.isArray(row[2])).map((row) => row[2] as readonly unknown[]);
  return { rows, answer: answer as unknown as ImportMemoriesResult, of };
}

const placesOf = ({ results }: ImportMemoriesResult) => results.map(({ status, block_index }) => [status, block_index]);

describe('taking memories in from elsewhere', () => {
  it('continues the chain with their own times and importances', () => {
    const { answer, of } = decided({
      records: [
        { content: 'one', timestamp: '2024-01-02T03:04:05', importance: 0.9 },
        { content: 'two', timestamp: '2023-01-02T03:04:05' },
      ],
    });
    assert.deepEqual(placesOf(answer), [
      ['added', 8],
      ['added', 9],
    ]);
    const [first = [], second = []] = of('blocks');
    assert.deepEqual([first[0], first[2], first[3], first[5]], [8, 'one', 0.9, LAST.hash]);
    assert.equal(second[5], first[4], 'prev_hash is the hash of the block before');
    const [timestamp, context] = [String(second[1]), 'two'];
    assert.match(timestamp, /^2023-01-02T03:04:05/);
    assert.equal(
      second[4],
      blockHash({ blockIndex: 9, timestamp, context, importance: 0.5, prevHash: String(first[4]) }),
    );
  });

  it('begins a chain where there is none', () => {
    const { of } = decided({ records: [{ content: 'one' }] }, { lastBlock: null });
    assert.deepEqual([of('blocks')[0]?.[0], of('blocks')[0]?.[5]], [0, '']);
  });

  it('writes nothing for what is there already, and lets others refer to it', () => {
    const { answer, of, rows } = decided(
      { records: [{ content: 'there' }, { content: 'new', before: { record: 0 } }] },
      { existing: [3, null], targets: new Map([[3, THERE]]) },
    );
    assert.deepEqual(placesOf(answer), [
      ['present', 3],
      ['added', 8],
    ]);
    const [block = []] = of('blocks');
    assert.deepEqual([block[6], block[7]], [THERE.root, THERE.hash], 'root and before are those of what it continues');
    assert.ok(
      rows.some((row) => row[1] === 'blocks' && row[2] === 3),
      'what it continues names it',
    );
  });

  it('takes two texts without a time for one, in one project', () => {
    const { answer } = decided({
      records: [{ content: 'same' }, { content: 'same' }, { content: 'same', project: 'atlas' }],
    });
    assert.deepEqual(placesOf(answer), [
      ['added', 8],
      ['present', 8],
      ['added', 9],
    ]);
  });

  it('counts what cannot be taken in among the others, and leaves out what refers to it', () => {
    const { answer, of } = decided({
      records: [
        { content: ' ' },
        {
          content: 'fine',
          before: { record: 0 },
          supersedes: { record: 0 },
          links: [{ to: { record: 0 }, type: 'x', strength: 1 }],
        },
      ],
    });
    assert.deepEqual(placesOf(answer), [
      ['rejected', null],
      ['added', 8],
    ]);
    assert.equal(answer.results[0]?.error?.code, 'empty_content');
    assert.deepEqual([of('blocks')[0]?.[7], of('associations'), of('greeum_superseded')], [null, [], []]);
  });

  it('links both ways, and gives the other a node where it has none, once', () => {
    const { of } = decided(
      {
        records: [
          {
            content: 'new',
            links: [
              { to: { block_index: 3 }, type: 'causes', strength: 0.25 },
              { from: { block_index: 3 }, type: 'follows', strength: 1 },
            ],
          },
        ],
      },
      { targets: new Map([[3, THERE]]) },
    );
    const nodes = new Map(of('memory_nodes').map(([node, block]) => [block, node]));
    assert.deepEqual([...nodes.keys()].sort(), [3, 8]);
    assert.equal(of('memory_nodes').length, 2);
    assert.deepEqual(
      of('associations').map((row) => row.slice(1, 5)),
      [
        [nodes.get(8), nodes.get(3), 'causes', 0.25],
        [nodes.get(3), nodes.get(8), 'follows', 1],
      ],
    );
  });

  it('says of an older memory that it is replaced', () => {
    const { of } = decided(
      { records: [{ content: 'new', supersedes: { block_index: 3 } }] },
      { targets: new Map([[3, THERE]]) },
    );
    assert.deepEqual(of('greeum_superseded'), [[3, 8]]);
  });

  it('fills a slot that is empty, and moves none that is in use', () => {
    const records = [{ content: 'new' }];
    const slots = SLOT_NAMES.map((slot) => ({ slot, memory: { record: 0 } }));
    const { answer, of } = decided({ records, slots }, { slots: slotsWith({ B: THERE.hash }) });
    assert.deepEqual(answer.slots, ['A', 'C']);
    const hash = of('blocks')[0]?.[4];
    assert.deepEqual(
      of('greeum_slots').map(([slot, anchor]) => [slot, anchor]),
      [
        ['A', hash],
        ['C', hash],
      ],
    );
  });

  it('tells Python’s consolidation of each memory where the directory has its queue', () => {
    const records = [{ content: 'one' }, { content: 'two' }];
    const withQueue = decided({ records }, { hasConsolidationQueue: true });
    assert.equal(withQueue.rows.length, decided({ records }).rows.length + 2);
  });
});
