/** What clients are told of the tools holds: they may call without asking what only reads, and repeat what may be. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { TOOL_LIST } from '../../src/mcp/toolCall.js';
import type { CallableName } from '../../src/mcp/tools/tool.js';
import type { Discovery } from '../../src/protocol/discovery.js';
import { layoutOf } from '../../src/storage/layout.js';
import { digests } from '../support/digests.js';
import type { Dump } from '../support/dump.js';
import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { dumpOfFile } from '../support/memory.js';
import { WorkerCalls } from '../support/workerCalls.js';
import { CLIENTS, type McpClient } from './mcpClientRig.js';

type Arguments = Record<string, unknown>;

/** With every argument that could make a difference; complete by type. */
const CALLS: { readonly [K in CallableName]: readonly Arguments[] } = {
  add_memory: [{ content: 'The bakery closes at six.', supersedes: 0, slot: 'A', allow_duplicate: true }],
  search_memory: [
    { query: 'bakery bread', detail: 'full', tags: ['town'], slot: 'A', limit: 5 },
    { query: 'nothing like that' },
  ],
  get_memory: [{ block_index: 1 }],
  list_memories: [{ limit: 2 }, { project: 'town', slot: 'A', before: 3 }],
  update_associations: [
    { add: [{ source: 0, target: 3, type: 'causal', strength: 0.9 }] },
    { add: [{ source: 0, target: 1, strength: 0.1 }], remove: [{ source: 1, target: 0 }] },
    { remove: [{ source: 1, target: 2 }] },
  ],
  anchor_update: [
    { slot: 'B', block_index: 2, pinned: true },
    { slot: 'A', pinned: true },
    { slot: 'A', block_index: null },
  ],
  get_memory_stats: [{}],
  worker_status: [{}],
  import_memories: [
    {
      text: '- The mill stands still.\n- The bakery opens at seven.',
      format: 'markdown',
      project: 'town',
      tags: ['new'],
    },
  ],
};

/** What a memory knows of its own requests: every write adds there, and none of it can be asked for. */
const BOOKKEEPING = ['greeum_requests', 'greeum_state'];

describe('the annotations of the tools', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess;
  let calls: WorkerCalls;
  let client: McpClient;
  before(async () => {
    folder = scratchFolder();
    worker = await WorkerProcess.start(folder.path);
    calls = new WorkerCalls(folder.path);
    const record = readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8');
    client = await (CLIENTS[0] as (typeof CLIENTS)[number]).connect({
      url: (JSON.parse(record) as Discovery).endpoint ?? '',
    });
    for (const content of [
      'The bakery opens at seven.',
      'Bread is sold out by noon.',
      'The mill stands by the river.',
    ]) {
      await call('add_memory', { content, slot: 'A', project: 'town', tags: ['town'] });
    }
    await call('add_memory', { content: 'The river floods in March.', slot: 'B' });
  });
  beforeEach(async () => {
    const [one, two, other] = [
      { source: 0, target: 1 },
      { source: 1, target: 2 },
      { source: 0, target: 3 },
    ];
    await call('update_associations', { add: [one, two], remove: [one, two, other] });
    await call('anchor_update', { slot: 'A', block_index: 1, pinned: false });
    await call('anchor_update', { slot: 'B', block_index: 3, pinned: true });
  });
  after(async () => {
    await client.close();
    await worker.end('SIGKILL');
    folder.remove();
  });

  async function call(name: CallableName, args: Arguments): Promise<unknown> {
    const { isError, structuredContent, content } = await client.callTool(name, args);
    assert.notEqual(isError, true, content[0]?.text);
    return structuredContent;
  }

  /** The memory's own files, not the index, which grows beside them when there is time. */
  function ownFiles(): Record<string, string> {
    const { journalFolder, database, slots } = layoutOf(folder.path);
    const own = Object.entries(digests(folder.path)).filter(([file]) =>
      [database, journalFolder, slots].some((place) => file.startsWith(place)),
    );
    assert.ok(own.some(([file]) => file === database));
    return Object.fromEntries(own);
  }

  /** Of the latest write, whatever it wrote. */
  async function lastSequence(): Promise<number> {
    return (await calls.call('flush', {})).applied_sequence;
  }

  /** All that the memory holds, read from the file. */
  async function held(): Promise<Dump> {
    await calls.call('flush', {});
    const all = await dumpOfFile(readFileSync(layoutOf(folder.path).database));
    return Object.fromEntries(Object.entries(all).filter(([table]) => !BOOKKEEPING.includes(table)));
  }

  /** What a person would miss: memories, links, and slots that are pinned; the others move with every memory. */
  async function treasures(): Promise<string[]> {
    const { memories } = await calls.call('export_memories', {});
    const { associations } = await calls.call('list_associations', { limit: 1_000 });
    const { anchors } = await calls.call('list_anchors', {});
    const pinned = anchors.filter((anchor) => anchor.pinned).map(({ slot, hash }) => ({ slot, hash }));
    return [...memories, ...associations, ...pinned].map((each) => JSON.stringify(each));
  }

  for (const { name, annotations } of TOOL_LIST) {
    const writes = annotations.destructiveHint ? 'takes away' : 'adds';
    it(`are true: ${name} ${annotations.readOnlyHint ? 'only reads' : writes}`, async () => {
      const written = await lastSequence();
      const [files, things] = [ownFiles(), await treasures()];
      for (const args of CALLS[name]) await call(name, args);
      if (annotations.readOnlyHint) assert.deepEqual(ownFiles(), files);
      assert.equal((await lastSequence()) === written, annotations.readOnlyHint);
      const left = new Set(await treasures());
      const missed = things.filter((each) => !left.has(each));
      assert.equal(missed.length > 0, annotations.destructiveHint, missed.join('\n'));
    });

    it(`are true: ${name} ${annotations.idempotentHint ? 'may' : 'may not'} be repeated`, async () => {
      for (const args of CALLS[name]) {
        await call(name, args);
        const once = await held();
        await call(name, args);
        if (annotations.idempotentHint) assert.deepEqual(await held(), once, JSON.stringify(args));
        else assert.notDeepEqual(await held(), once, JSON.stringify(args));
      }
    });
  }
});
