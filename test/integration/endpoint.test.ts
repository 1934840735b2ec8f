import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { METRICS_PATH, HEALTH_PATH, WATCH_PATH } from '../../src/protocol/jsonRpc.js';
import { MAX_JSON_DEPTH, MAX_PORT_REQUEST_BYTES, MAX_REQUEST_BYTES } from '../../src/protocol/limits.js';
import { FakeMemory } from '../unit/mcp/fakeMemory.js';
import {
  addCall,
  ask,
  exchangeRaw,
  open,
  socketDoor,
  startRig,
  tcpDoor,
  TOKEN,
  until,
  type Ask,
  type Door,
  type Rig,
} from './endpointRig.js';

const OTHER_TOKEN = 'Zb3-_'.repeat(8) + 'xyz';
const withKey = { 'x-api-key': TOKEN };
const code = (json: unknown): unknown => (json as { error: { data: { code: string } } }).error.data.code;
const rpcCode = (json: unknown): unknown => (json as { error: { code: number } }).error.code;

describe('the endpoint', () => {
  let rig: Rig;
  let socket: Door;
  let tcp: Door;
  beforeEach(async () => {
    rig = await startRig();
    socket = socketDoor(rig);
    tcp = tcpDoor(rig);
  });
  afterEach(() => rig.close());

  describe('who comes in over TCP', () => {
    const matrix: readonly [what: string, ask: Ask, status: number][] = [
      ['the token in the path', { path: `/${TOKEN}/mcp` }, 200],
      ['the token as bearer', { headers: { authorization: `Bearer ${TOKEN}` } }, 200],
      ['the token as API key', { headers: withKey }, 200],
      ['no token', {}, 401],
      ['another token in the path', { path: `/${OTHER_TOKEN}/mcp` }, 401],
      ['another token as bearer', { headers: { authorization: `Bearer ${OTHER_TOKEN}` } }, 401],
      ['another token as API key', { headers: { 'x-api-key': OTHER_TOKEN } }, 401],
      ['the token in another case', { path: `/${TOKEN.toLowerCase()}/mcp` }, 401],
      ['the token and a foreign origin', { headers: { ...withKey, origin: 'https://evil.example' } }, 403],
      ['the token in the path and a foreign origin', { path: `/${TOKEN}/mcp`, headers: { origin: 'null' } }, 403],
      ['the token and a rebound host', { headers: { ...withKey, host: 'evil.example:8820' } }, 403],
      ['the token and a local origin', { headers: { ...withKey, origin: 'http://localhost:6274' } }, 200],
      ['the token and the name of a tunnel', { headers: { ...withKey, host: 'localhost:9000' } }, 200],
    ];
    for (const [what, request, status] of matrix) {
      it(`${status === 200 ? 'lets in' : 'keeps out'} ${what}`, async () => {
        const answer = await ask(tcp, { ...request, body: addCall('a fact') });
        assert.equal(answer.status, status);
        assert.deepEqual(rig.memory.contents, status === 200 ? ['a fact'] : []);
        if (status !== 200) assert.equal(code(answer.json), 'unauthorized');
      });
    }

    it('answers 401 for every path, so that nobody learns which there are', async () => {
      for (const at of [HEALTH_PATH, METRICS_PATH, WATCH_PATH, '/', '/nope']) {
        const { status, headers } = await ask(tcp, { path: at });
        assert.equal(status, 401);
        assert.equal(headers['www-authenticate'], 'Bearer realm="greeum"');
      }
    });

    it('never says that a page of another origin may read the answer', async () => {
      const preflight = await ask(tcp, {
        method: 'OPTIONS',
        path: `/${TOKEN}/mcp`,
        headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
      });
      assert.equal(preflight.status, 405);
      for (const { headers } of [preflight, await ask(tcp, { headers: withKey, body: addCall('a') })]) {
        assert.ok(!Object.keys(headers).some((name) => name.startsWith('access-control')));
      }
    });

    it('does not repeat a token or a memory in a refusal', async () => {
      for (const answer of [
        await ask(tcp, { path: `/${OTHER_TOKEN}/mcp`, body: addCall('secret text') }),
        await ask(tcp, { path: `/${TOKEN}/nope`, body: addCall('secret text') }),
        await ask(tcp, { path: `/${TOKEN}/mcp`, body: '{"secret text"' }),
      ]) {
        assert.ok(
          !answer.text.includes(OTHER_TOKEN) && !answer.text.includes(TOKEN) && !answer.text.includes('secret'),
        );
      }
      assert.deepEqual(rig.warnings, []);
    });
  });

  describe('who comes in over the socket', () => {
    it('is whoever can open it, without a token', async () => {
      const { status, json } = await ask(socket, { body: addCall('a fact') });
      assert.equal(status, 200);
      assert.equal((json as { result: { status: string } }).result.status, 'added');
    });

    it('may make the connection one of lines, as on stdin and stdout; over TCP nobody may', async () => {
      const upgrade = (more = ''): string =>
        `GET /stdio HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: greeum-stdio\r\n${more}\r\n`;
      const peer = open(socket);
      let received = '';
      peer.setEncoding('utf8').on('data', (text: string) => (received += text));
      peer.write(`${upgrade()}{"jsonrpc":"2.0","id":1,"method":"ping"}\n`);
      await until(() => received.includes('}\n'));
      assert.match(received, /^HTTP\/1\.1 101 [^]+\r\n\r\n\{.*"result":\{\}.*\}\n$/);
      peer.end();
      await until(() => rig.endpoint.clients() === 0);
      assert.match(await exchangeRaw(socket, upgrade('Origin: https://evil.example\r\n')), /^HTTP\/1\.1 403 /);
      assert.match(await exchangeRaw(socket, upgrade().replace('/stdio', '/mcp')), /^HTTP\/1\.1 403 /);
      const withToken = upgrade(`X-API-Key: ${TOKEN}\r\n`).replace('Connection: Upgrade', 'Connection: close, Upgrade');
      assert.match(await exchangeRaw(tcp, withToken), /^HTTP\/1\.1 404 /);
    });

    it('is no web page, should somebody have forwarded the socket to a port', async () => {
      for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }]) {
        assert.equal((await ask(socket, { headers, body: addCall('a') })).status, 403);
      }
    });
  });

  describe('the routes', () => {
    it('are the same behind both doors', async () => {
      for (const [door, prefix] of [
        [socket, ''],
        [tcp, `/${TOKEN}`],
      ] as const) {
        assert.equal((await ask(door, { path: `${prefix}${HEALTH_PATH}` })).status, 200);
        assert.equal((await ask(door, { path: `${prefix}${METRICS_PATH}` })).status, 200);
        assert.equal((await ask(door, { path: `${prefix}/mcp`, body: addCall('a') })).status, 200);
        assert.equal((await ask(door, { path: `${prefix}/nope` })).status, 404);
      }
    });

    it('answer a method that they do not have with 405 and those that they have', async () => {
      for (const [method, at, allow] of [
        ['GET', '/mcp', 'POST'],
        ['DELETE', '/mcp', 'POST'],
        ['PUT', '/mcp', 'POST, GET, DELETE'],
        ['OPTIONS', '/mcp', 'POST, GET, DELETE'],
        ['POST', HEALTH_PATH, 'GET'],
        ['DELETE', METRICS_PATH, 'GET'],
      ] as const) {
        const { status, headers } = await ask(socket, { method, path: at });
        assert.deepEqual([status, headers.allow], [405, allow], `${method} ${at}`);
      }
    });

    it('do not follow tricks in the path', async () => {
      for (const at of ['//mcp', '/mcp/', '/./mcp', '/%6dcp', '/mcp%00', '/__proto__', '/constructor', '*']) {
        assert.equal((await ask(socket, { path: at })).status, 404, at);
      }
    });

    it('tell the health without asking the memory', async () => {
      const { json } = await ask(socket, { path: HEALTH_PATH });
      assert.deepEqual([(json as { epoch: number }).epoch, rig.memory.calls.length], [7, 0]);
    });

    it('give the metrics as Prometheus expects them', async () => {
      const { headers, text } = await ask(socket, { path: METRICS_PATH });
      assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
      assert.match(text, /^greeum_queue_depth 3$/m);
    });
  });

  describe('the body', () => {
    it('is JSON by its type: anything else is 415 and has no effect', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '']) {
        const { status } = await ask(socket, { headers: { 'content-type': type }, body: addCall('a') });
        assert.equal(status, 415, type);
      }
      assert.deepEqual(rig.memory.contents, []);
    });

    it('may name its charset, in any case', async () => {
      const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
      assert.equal((await ask(socket, { headers, body: addCall('a') })).status, 200);
    });

    it('may have any type from a caller that knows the capability URL', async () => {
      const headers = { 'content-type': 'text/plain' };
      assert.equal((await ask(tcp, { path: `/${TOKEN}/mcp`, headers, body: addCall('a') })).status, 200);
      assert.equal((await ask(tcp, { headers: { ...headers, ...withKey }, body: addCall('a') })).status, 415);
    });

    for (const [what, body] of [
      ['is cut off', '{"jsonrpc":"2.0","id":1'],
      ['is empty', ''],
      ['is not JSON', 'hello'],
      ['begins with a byte order mark', '\ufeff{}'],
      ['is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ] as const) {
      it(`is a parse error when it ${what}`, async () => {
        const { status, json } = await ask(socket, { body });
        assert.deepEqual([status, rpcCode(json)], [400, -32700]);
      });
    }

    it('is an invalid request when it is JSON of another shape', async () => {
      const { status, json } = await ask(socket, { body: '[]' });
      assert.deepEqual([status, rpcCode(json)], [400, -32600]);
    });

    const bounds = [
      ['over the port', () => tcp, MAX_PORT_REQUEST_BYTES],
      ['over the socket', () => socket, MAX_REQUEST_BYTES],
    ] as const;
    for (const [where, door, most] of bounds) {
      it(`is refused by its announced length before it is read, ${where}`, async () => {
        const peer = open(door());
        peer.write(
          'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n' +
            `X-API-Key: ${TOKEN}\r\nContent-Length: ${most + 1}\r\n\r\n{`,
        );
        const [answer] = (await once(peer, 'data')) as [Buffer];
        assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
        assert.match(answer.toString(), /request_too_large/);
        peer.destroy();
      });

      it(`is refused when it grows past the bound ${where}, and the caller gets to read why`, async () => {
        const body = Buffer.alloc(most + 1024, 0x20);
        const headers = { ...withKey, 'transfer-encoding': 'chunked' };
        const { status, json } = await ask(door(), { headers, body });
        assert.deepEqual([status, code(json)], [413, 'request_too_large']);
      });

      it(`may be as large as the bound ${where}`, async () => {
        const call = JSON.stringify(addCall('a'));
        const body = call + ' '.repeat(most - call.length);
        assert.equal((await ask(door(), { headers: withKey, body })).status, 200);
      });
    }

    it('may nest as deep as the bound, and is not parsed when it nests deeper', async () => {
      const nested = (depth: number): string =>
        `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_":${'['.repeat(depth)}"[[[["${']'.repeat(depth)}}}`;
      assert.equal((await ask(socket, { body: nested(MAX_JSON_DEPTH - 2) })).status, 200);
      for (const depth of [MAX_JSON_DEPTH - 1, 400_000]) {
        const { status, json } = await ask(socket, { body: nested(depth) });
        assert.deepEqual([status, rpcCode(json)], [400, -32700]);
      }
    });

    it('has to wait when others fill the room for bodies, which they leave when they end', async () => {
      const small = await startRig({ limits: { bodiesInFlightBytes: 10_000 } });
      const door = socketDoor(small);
      const slow = open(door);
      slow.write(
        'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9001\r\n\r\n' +
          ' '.repeat(9_000),
      );
      const body = JSON.stringify(addCall('x'.repeat(2_000)));
      let answer = await ask(door, { body });
      // The first one may still be on its way.
      while (answer.status === 200) answer = await ask(door, { body });
      assert.deepEqual([answer.status, code(answer.json)], [503, 'overloaded']);
      slow.destroy();
      await until(() => small.endpoint.clients() === 0);
      assert.equal((await ask(door, { body })).status, 200);
      await small.close();
    });

    it('is asked for only when the head is welcome', async () => {
      const head = (extra: string): string =>
        `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${extra}Expect: 100-continue\r\n\r\n`;
      const body = JSON.stringify(addCall('a'));
      const stranger = open(tcp);
      stranger.write(head(`Content-Length: ${body.length}\r\n`));
      assert.match(String((await once(stranger, 'data'))[0]), /^HTTP\/1\.1 401 /);
      stranger.destroy();
      const friend = open(tcp);
      friend.write(head(`X-API-Key: ${TOKEN}\r\nContent-Length: ${body.length}\r\n`));
      assert.match(String((await once(friend, 'data'))[0]), /^HTTP\/1\.1 100 /);
      friend.write(body);
      assert.match(String((await once(friend, 'data'))[0]), /^HTTP\/1\.1 200 /);
      friend.destroy();
    });
  });

  describe('JSON-RPC', () => {
    it('answers exactly the bytes that Python sends', async () => {
      const payload = `{"jsonrpc": "2.0", "id": "add_memory", "method": "tools/call", "params": {"name": "add_memory", "arguments": {"content": "\\uae30\\uc5b5", "importance": 0.5}}}`;
      const answer = await exchangeRaw(
        tcp,
        `POST /${TOKEN}/mcp HTTP/1.1\r\nAccept-Encoding: identity\r\nContent-Length: ${payload.length}\r\n` +
          `Host: 127.0.0.1:${rig.endpoint.port}\r\nUser-Agent: Python-urllib/3.11\r\n` +
          `Content-Type: application/json\r\nConnection: close\r\n\r\n${payload}`,
      );
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\n/);
      const { id, result } = JSON.parse(body) as { id: string; result: { content: [{ text: string }] } };
      assert.equal(id, 'add_memory');
      assert.match(result.content[0].text, /Memory Successfully Added/);
      assert.deepEqual(rig.memory.contents, ['기억']);
    });

    it('answers the health check that Python derives from the endpoint', async () => {
      const path = new URL(rig.endpoint.capabilityUrl ?? '').pathname.replace(/\/mcp$/, '/healthz');
      const answer = await exchangeRaw(
        tcp,
        `GET ${path} HTTP/1.1\r\nAccept-Encoding: identity\r\nHost: 127.0.0.1:${rig.endpoint.port}\r\n` +
          'User-Agent: Python-urllib/3.11\r\nConnection: close\r\n\r\n',
      );
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    });

    it('takes the source of a memory from our own clients, and no other word for it', async () => {
      await ask(socket, { headers: { 'greeum-source': 'vscode' }, body: addCall('a') });
      await ask(socket, { headers: { 'greeum-source': 'root' }, body: addCall('a') });
      assert.deepEqual(
        rig.memory.calls.map(({ options }) => options?.source),
        ['vscode', 'api'],
      );
    });

    it('answers notifications with 202 and nothing', async () => {
      const { status, text } = await ask(socket, { body: { jsonrpc: '2.0', method: 'greeum/flush' } });
      assert.deepEqual([status, text], [202, '']);
    });

    it('answers a batch as a batch', async () => {
      const { json } = await ask(socket, { body: [addCall('a', 1), addCall('b', 2)] });
      assert.deepEqual(
        (json as { id: number }[]).map(({ id }) => id),
        [1, 2],
      );
    });

    it('answers many callers at once, each with its own', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 64 });
      const answers = await Promise.all(
        Array.from({ length: 500 }, (_, id) => ask(socket, { agent, body: addCall(`fact ${id}`, id) })),
      );
      agent.destroy();
      for (const [id, { json }] of answers.entries()) {
        const { result, ...rest } = json as { id: number; result: { block_index: number } };
        assert.equal(rest.id, id);
        assert.equal(rig.memory.contents[result.block_index], `fact ${id}`);
      }
    });

    it('answers requests that were sent before the answers to earlier ones came, in their order', async () => {
      const one = (id: number, close = false): string => {
        const body = JSON.stringify(addCall('a', id));
        return `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${close ? 'Connection: close\r\n' : ''}\r\n${body}`;
      };
      const text = await exchangeRaw(socket, one(1) + one(2) + one(3, true));
      assert.deepEqual(
        [...text.matchAll(/"id":(\d)/g)].map(([, id]) => id),
        ['1', '2', '3'],
      );
    });
  });

  describe('what is not HTTP', () => {
    it('is answered with 400 and closed', async () => {
      assert.match(await exchangeRaw(socket, 'hello\r\n\r\n'), /^HTTP\/1\.1 400 /);
      assert.match(await exchangeRaw(tcp, Buffer.from([0x16, 0x03, 0x01, 0x00])), /^HTTP\/1\.1 400 /);
    });

    it('is refused when its head is too large', async () => {
      const answer = await exchangeRaw(
        socket,
        `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 431 /);
    });

    it('is refused when a length is given in two ways', async () => {
      const answer = await exchangeRaw(
        socket,
        'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      );
      assert.match(answer, /^HTTP\/1\.1 400 /);
    });
  });

  it('answers a defect of ours with 500, and tells details to nobody', async () => {
    const text = await exchangeRaw(socket, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    assert.match(text, /^HTTP\/1\.1 200 /);
    rig.setStatus({ queue: undefined as never });
    const { status, json, text: body } = await ask(socket, { path: METRICS_PATH });
    assert.deepEqual([status, code(json)], [500, 'internal']);
    assert.doesNotMatch(body, /undefined|queue|\.ts/);
    assert.match(rig.warnings.join(), /^A request failed inside: TypeError at metrics\.ts:\d+:\d+\.$/);
  });

  it('answers /healthz in the midst of many calls that came at the same time', async () => {
    const health = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const body = JSON.stringify(addCall('a fact'));
    const call = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const connections = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const connection = open(socket);
        connection.write(health);
        await once(connection, 'data');
        return connection;
      }),
    );
    const [last] = connections.splice(-1);
    assert.ok(last !== undefined);
    for (const connection of connections) connection.write(call);
    last.write(health);
    await once(last, 'data');
    const begun = rig.memory.contents.length;
    assert.ok(begun < connections.length / 2, `${begun} of ${connections.length} calls were carried out before it`);
    await until(() => rig.memory.contents.length === connections.length);
    for (const connection of connections) connection.destroy();
    last.destroy();
  });

  it('counts the connections that are open', async () => {
    assert.equal(rig.endpoint.clients(), 0);
    const peer = open(socket);
    peer.write('GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(peer, 'data');
    assert.equal(rig.endpoint.clients(), 1);
    peer.destroy();
  });
});

describe('a fast caller', () => {
  it('of the port is told to wait, keeps its connection, and takes nothing from others', async () => {
    const rig = await startRig({ limits: { requestBurst: 3, requestsPerSecond: 0 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const health = { path: HEALTH_PATH, headers: withKey, agent };
      for (let call = 0; call < 3; call += 1) assert.equal((await ask(tcpDoor(rig), health)).status, 200);
      const { status, json, headers } = await ask(tcpDoor(rig), health);
      assert.deepEqual([status, code(json), headers['retry-after']], [429, 'overloaded', '1']);
      assert.equal(headers.connection, 'keep-alive');
      assert.equal((await ask(tcpDoor(rig), { path: HEALTH_PATH, headers: withKey })).status, 200);
      for (let call = 0; call < 9; call += 1) {
        assert.equal((await ask(socketDoor(rig), { path: HEALTH_PATH, agent })).status, 200);
      }
    } finally {
      agent.destroy();
      await rig.close();
    }
  });

  it('without the token is soon not answered on one connection, and shuts nobody out who has it', async () => {
    const rig = await startRig({ limits: { refusalBurst: 3, refusalsPerSecond: 0 } });
    try {
      const guess = { path: HEALTH_PATH, headers: { 'x-api-key': OTHER_TOKEN } };
      for (let call = 0; call < 3; call += 1) assert.equal((await ask(tcpDoor(rig), guess)).status, 401);
      const { status, headers } = await ask(tcpDoor(rig), guess);
      assert.deepEqual([status, headers.connection], [429, 'close']);
      assert.equal((await ask(tcpDoor(rig), { path: HEALTH_PATH, headers: withKey })).status, 200);
    } finally {
      await rig.close();
    }
  });
});

describe('a slow caller', () => {
  it('is not waited for: neither for its head nor for its body', async () => {
    const rig = await startRig({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100, checkIntervalMs: 20 } });
    try {
      for (const bytes of [
        'POST /mcp HTTP/1.1\r\nHost: loc',
        'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      ]) {
        assert.match(await exchangeRaw(socketDoor(rig), bytes), /^HTTP\/1\.1 408 /);
      }
      await until(() => rig.endpoint.clients() === 0);
    } finally {
      await rig.close();
    }
  });

  it('cannot make answers pile up: past the bound it is refused, and what came before is still answered', async () => {
    const memory = new FakeMemory();
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let heldCalls = 0;
    const answer = memory.call.bind(memory);
    memory.call = async (...call) => {
      heldCalls += 1;
      await held;
      return answer(...call);
    };
    const rig = await startRig({ memory, limits: { answersPerConnection: 3 } });
    try {
      const peer = open(socketDoor(rig));
      await once(peer, 'connect');
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'greeum/list_memories', params: {} });
      const head = `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
      let received = '';
      peer.setEncoding('utf8').on('data', (text: string) => (received += text));
      peer.write(`${head}${body}`.repeat(5));
      await until(() => heldCalls === 3);
      goOn();
      await until(() => received.split('HTTP/1.1').length > 5);
      assert.deepEqual(
        [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
        ['200', '200', '200', '503', '503'],
      );
      assert.match(received, /"code":"overloaded"[^}]*"outcome":"not_written"/);
      peer.destroy();
    } finally {
      await rig.close();
    }
  });

  it('does not take the place of others: past the bound, connections are closed at once', async () => {
    const rig = await startRig({ limits: { connections: 2 } });
    try {
      const held = [open(socketDoor(rig)), open(socketDoor(rig))];
      for (const peer of held) await once(peer, 'connect');
      const refused = open(socketDoor(rig));
      refused.on('error', () => undefined);
      await once(refused, 'close');
      for (const peer of held) peer.destroy();
    } finally {
      await rig.close();
    }
  });
});
