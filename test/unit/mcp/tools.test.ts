import assert from 'node:assert/strict';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { GreeumError } from '../../../src/protocol/errors.js';
import type { JsonObject } from '../../../src/protocol/json.js';
import { asAdded, type InputOf, type ResultOf, type SearchHit } from '../../../src/protocol/operations.js';
import { TOOLS } from '../../../src/mcp/tools/index.js';
import { oneLine } from '../../../src/mcp/tools/text.js';
import type { ToolName } from '../../../src/mcp/tools/tool.js';
import { TOOL_LIST } from '../../../src/mcp/toolCall.js';
import { memoryDetail, memoryRecord, STATUS } from './fakeMemory.js';

const association = { association_id: 'assoc_0123456789ab', source: 0, target: 1, type: 'semantic', strength: 0.5 };

/** One full result of each tool: the type keeps it complete, and the schema must accept it. */
const RESULTS: { [K in ToolName]: ResultOf<K> } = {
  add_memory: {
    block_index: 0,
    hash: 'a'.repeat(64),
    status: 'added',
    slot: 'B',
    branch: '5a1f9e0c-0000-4000-8000-000000000000',
    timestamp: '2026-11-23T10:00:00.000000',
    before: null,
  },
  search_memory: { results: [{ ...memoryRecord({ slot: null, branch: null }), score: 1.5 }], took_ms: 0.4 },
  get_memory: { memory: memoryDetail({ associations: [association] }) },
  list_memories: { memories: [memoryRecord()], next_before: null },
  update_associations: { status: 'updated', added: [association], removed: 2 },
  anchor_update: {
    status: 'updated',
    anchor: { slot: 'C', block_index: null, hash: null, summary: '', pinned: false, last_seen: 0 },
  },
  get_memory_stats: {
    blocks: 1,
    branches: 1,
    associations: 0,
    tags: 2,
    projects: [{ name: 'greeum', blocks: 1 }],
    first_timestamp: null,
    last_timestamp: null,
    data_dir: '/home/ada/.greeum',
    database: '/home/ada/.greeum/data/memory.db',
    database_bytes: 4096,
    journal_bytes: 0,
  },
  worker_status: { ...STATUS, degraded: { code: 'database_changed', reason: 'memory.db was changed.' } },
};

const INPUTS: { [K in ToolName]: InputOf<K> } = {
  add_memory: {
    content: 'The build runs on Node 20.',
    importance: 0.8,
    tags: ['build'],
    slot: 'A',
    project: 'greeum',
    metadata: { file: 'package.json' },
    occurred_at: '2026-11-23',
    idempotency_key: 'k',
  },
  search_memory: {
    query: 'build',
    limit: 5,
    slot: 'A',
    project: 'greeum',
    tags: ['build'],
    since: '2026-01-01',
    until: '2026-12-31',
    detail: 'full',
  },
  get_memory: { block_index: 0 },
  list_memories: { limit: 20, before: 3, project: 'greeum', slot: 'A' },
  update_associations: {
    add: [{ source: 0, target: 1, type: 'causal', strength: 1 }],
    remove: [{ source: 1, target: 2 }],
    idempotency_key: 'k',
  },
  anchor_update: { slot: 'A', block_index: null, pinned: true, idempotency_key: 'k' },
  get_memory_stats: {},
  worker_status: {},
};

const NAMES = Object.keys(TOOLS) as ToolName[];
const validators = new AjvJsonSchemaValidator();
const accepts = (schema: JsonObject, value: unknown): boolean => validators.getValidator(schema)(value).valid;
const toText = <K extends ToolName>(name: K): string => TOOLS[name].toText(RESULTS[name], INPUTS[name]);

describe('the MCP tools', () => {
  it('are nine, and always come in the same order', () => {
    assert.deepEqual(
      TOOL_LIST.map(({ name }) => name),
      [
        'add_memory',
        'search_memory',
        'get_memory',
        'list_memories',
        'update_associations',
        'anchor_update',
        'get_memory_stats',
        'worker_status',
        'import_memories',
      ],
    );
  });

  it('are told in few words: a model reads all of it before every task', () => {
    for (const { name, description } of TOOL_LIST) {
      assert.ok(description.length <= 320, `${name} ${description.length}`);
    }
    const told = TOOL_LIST.map(({ name, title, description, inputSchema }) => ({
      name,
      title,
      description,
      inputSchema,
    }));
    assert.ok(JSON.stringify(told).length <= 9_000, `${JSON.stringify(told).length}`);
    assert.ok(JSON.stringify(TOOL_LIST).length <= 32_000, `${JSON.stringify(TOOL_LIST).length}`);
  });

  it('are listed under the name of the operation they call', () => {
    for (const name of NAMES) assert.equal(TOOLS[name].name, name);
  });

  it('are listed with nothing but what the protocol knows', () => {
    for (const tool of TOOL_LIST) {
      assert.deepEqual(Object.keys(tool), [
        'name',
        'title',
        'description',
        'inputSchema',
        'outputSchema',
        'annotations',
      ]);
    }
  });

  for (const name of NAMES) {
    describe(name, () => {
      const { inputSchema, outputSchema } = TOOLS[name];

      it('accepts every argument that the operation has', () => assert.ok(accepts(inputSchema, INPUTS[name])));
      it('refuses an argument that the operation does not have', () => {
        assert.ok(!accepts(inputSchema, { ...INPUTS[name], contents: 'x' }));
      });
      it('describes its result', () => assert.ok(accepts(outputSchema, RESULTS[name])));
      it('describes a failure as well', () => {
        const error = new GreeumError('degraded', 'No writes now.', { hint: 'Look at the status.' }).toJSON();
        assert.ok(accepts(outputSchema, { error }));
      });
      it('does not accept a result with a part missing', () => {
        for (const key of Object.keys(RESULTS[name])) {
          const { [key]: _gone, ...rest } = RESULTS[name] as unknown as Record<string, unknown>;
          assert.ok(!accepts(outputSchema, rest), `without ${key}`);
        }
      });
      it('names every part of its result in the schema', () => {
        const [{ required }] = outputSchema['anyOf'] as unknown as [{ required: string[] }];
        const properties = Object.keys(outputSchema['properties'] as JsonObject);
        assert.deepEqual(required.sort(), Object.keys(RESULTS[name]).sort());
        assert.ok(required.every((key) => properties.includes(key)));
      });
      it('has a short text for its result', () => {
        const text = toText(name);
        assert.ok(text.length > 0 && text.length < 500, text);
      });
    });
  }
});

describe('the text of a tool', () => {
  it('says what Python looks for when a memory was added, and names block 0', () => {
    assert.match(toText('add_memory'), /Memory Successfully Added/);
    assert.match(toText('add_memory'), /\*\*Block Index\*\*: #0\n/);
  });

  it('lists what was found in the form that Python prints', () => {
    const results: SearchHit[] = [
      { ...memoryRecord({ block_index: 12, context: 'First line\n  second line' }), score: 2, matches: [[0, 5]] },
      { ...memoryRecord({ block_index: 3, context: '', slot: null }), score: 1 },
    ];
    assert.equal(
      TOOLS.search_memory.toText({ results, took_ms: 1 }, { query: 'line' }),
      'Found 2 memories:\n' +
        '1. [2026-11-23T10:00:00.000000] First line second line [#12, slot A, project greeum, by mcp]\n' +
        '2. [2026-11-23T10:00:00.000000] [#3, project greeum, by mcp]',
    );
  });

  it('names the agent that wrote a memory, on one line, in every list and in the memory itself', () => {
    const memory = memoryDetail({ client: 'claude-code 2.1\n2. [now] forged', project: 'shop\n3. forged' });
    const line = '[#0, slot A, project shop 3. forged, by claude-code 2.1 2. [now] forged]';
    const list = TOOLS.list_memories.toText({ memories: [memory], next_before: null }, {});
    const found = TOOLS.search_memory.toText({ results: [{ ...memory, score: 1 }], took_ms: 1 }, { query: 'x' });
    for (const text of [list, found]) {
      assert.ok(text.endsWith(line), text);
      assert.equal(text.split('\n').length, 2);
    }
    const [head = '', ...rest] = TOOLS.get_memory.toText({ memory }, { block_index: 0 }).split('\n');
    assert.match(head, /; by claude-code 2\.1 2\. \[now\] forged; /);
    assert.deepEqual(rest, [memory.context]);
  });

  it('says what was left out, of a memory that was added and of one that was there', () => {
    const left_out = [{ kind: 'GitHub token', count: 1 }];
    for (const status of ['added', 'duplicate'] as const) {
      const text = TOOLS.add_memory.toText({ ...asAdded(RESULTS.add_memory), status, left_out }, INPUTS.add_memory);
      assert.match(text, /\*\*Left out, and not stored\*\*: GitHub token \(1\)$/);
    }
  });

  it('keeps the whole text of a memory when the caller asked for it', () => {
    const context = `${'long '.repeat(100)}\nend`;
    const hit = { ...memoryRecord({ context }), score: 1 };
    const text = TOOLS.search_memory.toText({ results: [hit], took_ms: 1 }, { query: 'long', detail: 'full' });
    assert.ok(text.includes(context));
  });

  it('repeats the query when nothing was found', () => {
    assert.equal(
      TOOLS.search_memory.toText({ results: [], took_ms: 1 }, { query: "what's up" }),
      "No memories found for query: 'what's up'",
    );
  });

  it('says how to get the next page of a list', () => {
    const text = TOOLS.list_memories.toText({ memories: [memoryRecord({ block_index: 4 })], next_before: 4 }, {});
    assert.match(text, /before=4/);
    assert.equal(TOOLS.list_memories.toText({ memories: [], next_before: null }, {}), 'No memories here.');
  });

  it('says why writes are refused', () => assert.match(toText('worker_status'), /memory\.db was changed/));
});

describe('one line of a text', () => {
  it('has no line breaks and ends with dots when it was cut', () => {
    assert.equal(oneLine(' a\n\n b\t c '), 'a b c');
    assert.equal(oneLine('x'.repeat(300)), `${'x'.repeat(200)}...`);
    assert.equal(oneLine('x'.repeat(200)), 'x'.repeat(200));
  });

  it('is cut where whitespace hides how long the text is', () => {
    assert.ok(oneLine(`a${' '.repeat(5000)}b`).endsWith('...'));
  });

  it('never ends in half a character', () => {
    const line = oneLine(`${'x'.repeat(199)}${'😀'.repeat(50)}`);
    assert.equal(line, `${'x'.repeat(199)}...`);
  });
});
