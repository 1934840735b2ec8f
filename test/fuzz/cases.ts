/** What a hostile or broken caller may send, made from a seed. */

import fc from 'fast-check';
import { TOOL_LIST } from '../../src/mcp/toolCall.js';
import type { ToolName } from '../../src/mcp/tools/tool.js';
import { METHOD_PREFIX } from '../../src/protocol/jsonRpc.js';
import type { OperationName } from '../../src/protocol/operations.js';

/** In every memory that a caller without the token asks for: must never be found. */
export const STRANGER_MARK = 'written-by-a-stranger';

export type Door = 'port' | 'port with token' | 'socket' | 'lines';

export interface Case {
  readonly kind: string;
  readonly door: Door;
  readonly bytes: Buffer;
}

/** Where the caller of the port shows the token; replaced when the case is sent. */
export const TOKEN_PLACE = '<token>';

const DOORS = fc.constantFrom<Door>('port', 'port with token', 'socket');

/** Values of every type, with those that programs stumble over. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', '\0', '\ud800', 0, -1, 1.5, -0, 1e308, 2 ** 53, [], {}, [[]], [null]),
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '%00',
    '<script>',
    "'; DROP TABLE blocks; --",
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 0, max: 3_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 1, max: 200 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown),
);

/** A tool, or an operation of the bare route, with the names of its arguments. */
type Target = { readonly fields: readonly string[] } & ({ readonly tool: string } | { readonly operation: string });

/** What no tool reaches; complete by type. */
const MORE_OPERATIONS: { readonly [K in Exclude<OperationName, ToolName | DireOperation>]: readonly string[] } = {
  list_associations: ['block_index', 'limit'],
  list_anchors: [],
  list_tags: ['limit'],
  list_groups: ['by', 'limit', 'before', 'project', 'include_global'],
  memory_graph: ['limit'],
  import_memories: ['records', 'slots', 'origin', 'idempotency_key'],
  preview_import: ['records', 'origin'],
  export_memories: ['after', 'limit', 'project'],
  reindex: [],
  reembed: [],
  verify: [],
  flush: [],
};
/** Called as they should be, they end the worker or take the token away from the cases that come next. */
type DireOperation = 'stop' | 'rotate_token';
const DIRE_OPERATIONS: readonly DireOperation[] = ['stop', 'rotate_token'];

/** Python's tools are listed nowhere; the names of their arguments are in `pythonTools.ts`. */
const PYTHON_TOOLS: Readonly<Record<string, readonly string[]>> = {
  search: ['query', 'limit'],
  fetch: ['block_id', 'count'],
  get_recent_memories: ['limit'],
  get_memories_by_date: ['start_date', 'end_date', 'limit'],
  usage_analytics: ['days'],
  analyze: ['days'],
  system_doctor: [],
};

const TARGETS: readonly Target[] = [
  ...TOOL_LIST.flatMap(({ name, inputSchema }) => {
    const fields = Object.keys(inputSchema['properties'] as object);
    return [
      { tool: name, fields },
      { operation: name, fields },
    ];
  }),
  ...Object.entries(MORE_OPERATIONS).map(([operation, fields]) => ({ operation, fields })),
  ...Object.entries(PYTHON_TOOLS).map(([tool, fields]) => ({ tool, fields })),
];

/** A call with one argument of any type, the others left out or of any type as well. */
const anyCall: fc.Arbitrary<unknown> = fc.constantFrom(...TARGETS).chain((target) => {
  const names = fc.constantFrom(...target.fields, '__proto__', 'unknown');
  return fc.tuple(fc.array(fc.tuple(names, anyValue), { minLength: 1, maxLength: 4 }), anyValue).map(([pairs, id]) => {
    const args = Object.fromEntries(pairs);
    return 'operation' in target
      ? { jsonrpc: '2.0', id, method: METHOD_PREFIX + target.operation, params: args }
      : { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: target.tool, arguments: args } };
  });
});

/** Refused for an argument that they do not have, and so not among what is damaged before it is sent. */
const refusedCall: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...DIRE_OPERATIONS), anyValue, anyValue)
  .map(([operation, id, unknown]) => ({ jsonrpc: '2.0', id, method: METHOD_PREFIX + operation, params: { unknown } }));

const METHODS = [
  'initialize',
  'notifications/initialized',
  'notifications/cancelled',
  'ping',
  'tools/list',
  'tools/call',
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
  'subscriptions/listen',
  'server/discover',
  'logging/setLevel',
  `${METHOD_PREFIX}list_memories`,
  '__proto__',
];

const message: fc.Arbitrary<unknown> = fc.oneof(
  anyCall,
  fc.record({ jsonrpc: fc.constant('2.0'), id: anyValue, method: fc.constantFrom(...METHODS), params: anyValue }),
  fc.record({ jsonrpc: anyValue, id: anyValue, method: anyValue, params: anyValue }, { requiredKeys: [] }),
  fc.array(anyCall, { maxLength: 5 }),
  anyValue,
);

const json = message.map((value) => JSON.stringify(value) ?? 'undefined');

/** Bytes with some cut out, changed or put in. */
function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(bytes, fc.nat(), fc.nat(), fc.oneof(fc.constant(Buffer.alloc(0)), fc.uint8Array({ maxLength: 12 })))
    .map(([whole, from, length, put]) => {
      const start = whole.length === 0 ? 0 : from % whole.length;
      return Buffer.concat([whole.subarray(0, start), put, whole.subarray(start + (length % 20))]);
    });
}

const body: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: json.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: damaged(json.map((text) => Buffer.from(text))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.integer({ min: 50, max: 100_000 }).map((depth) => Buffer.from('[{"a":'.repeat(depth))) },
);

const strangersCall = `{"jsonrpc":"2.0","id":1,"method":"greeum/add_memory","params":{"content":"${STRANGER_MARK}"}}`;

function post(content: Buffer, { path = '/mcp', head = '' }: { path?: string; head?: string } = {}): Buffer {
  return Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${TOKEN_PLACE}` +
        `Content-Length: ${content.length}\r\nConnection: close\r\n${head}\r\n`,
    ),
    content,
  ]);
}

const headerValue = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ''));
const headers = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'Accept',
        'MCP-Protocol-Version',
        'Mcp-Method',
        'Mcp-Session-Id',
        'Greeum-Source',
        'Greeum-Client',
        'X',
      ),
      fc.oneof(
        headerValue,
        fc.constantFrom('application/json, text/event-stream', '2025-11-25', '2026-07-28', '__proto__'),
      ),
    ),
    { maxLength: 5 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}: ${value}\r\n`).join(''));

const requests = fc.tuple(body, headers).map(([content, head]) => post(content, { head }));
const HEADS = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET http://evil.example/mcp HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n',
  'POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
  'POST /mcp HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nContent-Length: -1\r\n\r\n',
  'GET /watch HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'DELETE /mcp HTTP/1.1\r\nHost: localhost\r\nMcp-Session-Id: __proto__\r\nConnection: close\r\n\r\n',
  '\r\n\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
].map((text) => Buffer.from(text, 'latin1'));
const pathsOfStrangers = fc.oneof(
  fc.constantFrom('/mcp', '/', '//mcp', '/mcp/', '/MCP', '/..%2fmcp', '/owner', `/${'A'.repeat(43)}/mcp`, '/%00'),
  fc.webPath(),
);

function of(kind: string, door: fc.Arbitrary<Door>, bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Case> {
  return fc.record({ kind: fc.constant(kind), door, bytes });
}

/** Every kind in equal parts but for those that move much. */
export const anyCase: fc.Arbitrary<Case> = fc.oneof(
  {
    weight: 30,
    arbitrary: of(
      'wrong types',
      DOORS,
      fc
        .oneof(
          { weight: TARGETS.length, arbitrary: anyCall },
          { weight: DIRE_OPERATIONS.length, arbitrary: refusedCall },
        )
        .map((call) => post(Buffer.from(JSON.stringify(call)))),
    ),
  },
  { weight: 20, arbitrary: of('bodies and headers', DOORS, requests) },
  { weight: 15, arbitrary: of('broken bytes', DOORS, damaged(requests)) },
  {
    weight: 10,
    arbitrary: of(
      'cut short',
      DOORS,
      fc.tuple(requests, fc.nat()).map(([all, at]) => all.subarray(0, at % all.length)),
    ),
  },
  { weight: 5, arbitrary: of('heads', DOORS, fc.oneof(fc.constantFrom(...HEADS), damaged(fc.constantFrom(...HEADS)))) },
  {
    weight: 5,
    arbitrary: of(
      'pipelined',
      DOORS,
      fc.array(requests, { minLength: 2, maxLength: 8 }).map((all) => Buffer.concat(all)),
    ),
  },
  {
    weight: 10,
    arbitrary: of(
      'strangers',
      fc.constant<Door>('port'),
      fc.tuple(pathsOfStrangers, headers).map(([path, head]) => post(Buffer.from(strangersCall), { path, head })),
    ),
  },
  {
    weight: 10,
    arbitrary: of(
      'lines',
      fc.constant<Door>('lines'),
      fc.array(body, { maxLength: 6 }).map((all) => Buffer.concat(all.flatMap((line) => [line, Buffer.from('\n')]))),
    ),
  },
  {
    weight: 1,
    arbitrary: of(
      'too large',
      DOORS,
      fc.constantFrom(1, 2, 9).map((mib) => post(Buffer.alloc(mib * 1024 * 1024 + 1, 0x20))),
    ),
  },
);
