import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { Agent } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GreeumError } from '../../src/protocol/errors.js';
import { FIRST_PORT, LAST_PORT } from '../../src/protocol/limits.js';
import type { ResultOf } from '../../src/protocol/operations.js';
import { admitOnSocket } from '../../src/worker/endpoint/auth.js';
import { Connections } from '../../src/worker/endpoint/connections.js';
import type { HttpOptions } from '../../src/worker/endpoint/endpoint.js';
import { createHttpServer, Gate } from '../../src/worker/endpoint/httpServer.js';
import { ENDPOINT_LIMITS } from '../../src/worker/endpoint/limits.js';
import { listenOnSocket } from '../../src/worker/endpoint/listen.js';
import { sendEmpty } from '../../src/worker/endpoint/reply.js';
import { FakeMemory, memoryRecord } from '../unit/mcp/fakeMemory.js';
import {
  addCall,
  ask,
  deferred,
  open,
  socketDoor,
  socketPathIn,
  startRig,
  tcpDoor,
  TOKEN,
  until,
  type Rig,
  type RigOptions,
} from './endpointRig.js';

const isWindows = process.platform === 'win32';
const onUnix = isWindows ? it.skip : it;
/** Tests that need a second user run where we may become one. */
const asRoot = process.getuid?.() === 0 ? it : it.skip;
const NOBODY = 65_534;

const mode = (file: string): number => lstatSync(file).mode & 0o777;
const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as { port: number }).port;
const stop = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

describe('where the endpoint listens', () => {
  let dir: string;
  const rigs: Rig[] = [];
  const start = async (options: RigOptions = {}): Promise<Rig> => {
    const rig = await startRig({ dir, http: null, ...options });
    rigs.push(rig);
    return rig;
  };
  const refusal = (options: RigOptions = {}): Promise<GreeumError> =>
    start(options).then(
      () => assert.fail('It started.'),
      (error: unknown) => error as GreeumError,
    );
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'greeum-listen-'))));
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
    rmSync(dir, { recursive: true, force: true });
  });

  onUnix('is a socket that only this user can open, in a folder that only this user can enter', async () => {
    const { endpoint } = await start();
    assert.equal(mode(endpoint.socketPath), 0o600);
    assert.equal(mode(path.dirname(endpoint.socketPath)), 0o700);
  });

  onUnix('is in a folder whose permissions are repaired', async () => {
    mkdirSync(path.join(dir, 'run'));
    chmodSync(path.join(dir, 'run'), 0o777);
    await start();
    assert.equal(mode(path.join(dir, 'run')), 0o700);
  });

  asRoot('is out of reach of another user', async () => {
    chmodSync(dir, 0o755);
    const { endpoint } = await start();
    const script = `require('net').connect(${JSON.stringify(endpoint.socketPath)}).on('error', (e) => console.log(e.code)).on('connect', () => console.log('in'))`;
    const said = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ['-e', script], { uid: NOBODY, gid: NOBODY }, (error, stdout) =>
        error === null ? resolve(stdout.trim()) : reject(new Error('The other user did not run.', { cause: error })),
      );
    });
    assert.equal(said, 'EACCES');
  });

  asRoot('is not in a folder of another user', async () => {
    mkdirSync(path.join(dir, 'run'));
    chownSync(path.join(dir, 'run'), NOBODY, NOBODY);
    assert.equal((await refusal()).code, 'unsafe_permissions');
  });

  onUnix('is not where a link leads', async () => {
    mkdirSync(path.join(dir, 'elsewhere'));
    symlinkSync(path.join(dir, 'elsewhere'), path.join(dir, 'run'));
    const error = await refusal();
    assert.equal(error.code, 'unsafe_permissions');
    assert.equal(existsSync(path.join(dir, 'elsewhere', 'worker.sock')), false);
  });

  onUnix('is not where a file is in the way, and the file stays', async () => {
    mkdirSync(path.join(dir, 'run'));
    writeFileSync(socketPathIn(dir), 'mine');
    assert.equal((await refusal()).code, 'unsafe_permissions');
    assert.equal(readFileSync(socketPathIn(dir), 'utf8'), 'mine');
    rmSync(path.join(dir, 'run'), { recursive: true });
    writeFileSync(path.join(dir, 'run'), 'mine');
    assert.equal((await refusal()).code, 'unsafe_permissions');
  });

  onUnix('is where a dead owner left its socket', async () => {
    mkdirSync(path.join(dir, 'run'));
    const script = `require('net').createServer().listen(${JSON.stringify(socketPathIn(dir))}, () => process.kill(process.pid, 'SIGKILL'))`;
    await new Promise((resolve) => execFile(process.execPath, ['-e', script], resolve));
    assert.ok(lstatSync(socketPathIn(dir)).isSocket());
    const rig = await start();
    assert.equal((await ask(socketDoor(rig), { path: '/healthz' })).status, 200);
  });

  it('is no port when HTTP is off', async () => {
    const { endpoint } = await start();
    assert.deepEqual([endpoint.port, endpoint.url, endpoint.capabilityUrl], [null, null, null]);
  });

  it('is a port whose URL for agents holds the token, and whose URL for logs does not', async () => {
    const { endpoint } = await start({ http: http({ port: 0 }) });
    assert.equal(endpoint.url, `http://127.0.0.1:${endpoint.port}/mcp`);
    assert.equal(endpoint.capabilityUrl, `http://127.0.0.1:${endpoint.port}/${TOKEN}/mcp`);
  });

  it('is the port of the owner before, when it is free', async () => {
    const freed = await listenOn(0);
    const port = portOf(freed);
    await stop(freed);
    assert.equal((await start({ http: http({ preferredPort: port }) })).endpoint.port, port);
  });

  it('is the first free port of the range when the one before is taken', async () => {
    const taken = await listenOn(0);
    try {
      const { endpoint } = await start({ http: http({ preferredPort: portOf(taken) }) });
      assert.ok(endpoint.port !== null && endpoint.port >= FIRST_PORT && endpoint.port <= LAST_PORT);
    } finally {
      await stop(taken);
    }
  });

  it('is not another port than the one that was asked for', async () => {
    const taken = await listenOn(0);
    try {
      const error = await refusal({ http: http({ port: portOf(taken) }) });
      assert.equal(error.code, 'no_free_port');
      assert.match(error.message, new RegExp(String(portOf(taken))));
      if (!isWindows) assert.equal(existsSync(socketPathIn(dir)), false);
    } finally {
      await stop(taken);
    }
  });

  it('says so when the whole range is taken', async () => {
    const taken: Server[] = [];
    const takeAll = async (): Promise<void> => {
      for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
        // Taken by somebody else already is as good.
        await listenOn(port).then(
          (server) => taken.push(server),
          () => undefined,
        );
      }
    };
    const tryToStart = (): Promise<GreeumError | null> =>
      start({ http: http({}) }).then(
        async () => {
          await rigs.pop()?.close();
          return null;
        },
        (error: unknown) => error as GreeumError,
      );
    try {
      let error: GreeumError | null = null;
      // What somebody else gives back meanwhile is taken too.
      for (let tries = 0; tries < 5 && error === null; tries += 1) {
        await takeAll();
        error = await tryToStart();
      }
      assert.equal(error?.code, 'no_free_port');
      assert.match(error?.hint ?? '', /--port/);
    } finally {
      await Promise.all(taken.map(stop));
    }
  });

  for (const bind of ['0.0.0.0', '::', '192.168.1.5', 'example.com', '']) {
    it(`is never ${bind || 'an empty address'}, and the way from another machine is named`, async () => {
      const error = await refusal({ http: http({ bind }) });
      assert.equal(error.code, 'not_loopback');
      assert.match(error.hint ?? '', /ssh -L/);
    });
  }

  it('is this machine by its name', async () => {
    const rig = await start({ http: http({ bind: 'localhost', port: 0 }) });
    assert.equal((await ask(tcpDoor(rig), { path: `/${TOKEN}/healthz` })).status, 200);
  });

  for (const [what, decide, status] of [
    ['answers who has come early once the directory is open', 'open', 200],
    ['tells who has come early that nobody took the call when the directory cannot be opened', 'shut', 503],
  ] as const) {
    it(what, async () => {
      const gate = new Gate();
      const connections = new Connections();
      let served = 0;
      const server = createHttpServer({
        routes: {
          '/x': {
            GET: ({ res }) => {
              served += 1;
              sendEmpty(res, 200);
            },
          },
        },
        admit: admitOnSocket,
        connections,
        limits: ENDPOINT_LIMITS,
        gate,
        pace: null,
        takeLines: null,
        onWarning: () => undefined,
      });
      await listenOnSocket(server, socketPathIn(dir));
      const answer = ask({ socketPath: socketPathIn(dir) }, { path: '/x' });
      await until(() => connections.count === 1);
      assert.equal(served, 0);
      gate[decide]();
      const { status: answered, text } = await answer;
      assert.equal(answered, status);
      if (status === 503) assert.match(text, /"code":"worker_stopping".*"outcome":"not_written"/);
      assert.equal(served, status === 200 ? 1 : 0);
      server.close();
      await connections.close(1000);
    });
  }
});

describe('closing the endpoint', () => {
  it('lets the answers under way leave, takes nothing new, and leaves no file', async () => {
    const held = deferred<ResultOf<'flush'>>();
    const memory = new FakeMemory({ flush: () => held.promise });
    const rig = await startRig({ memory });
    const answers = [
      ask(socketDoor(rig), { body: { jsonrpc: '2.0', id: 1, method: 'greeum/flush' } }),
      ask(tcpDoor(rig), { path: `/${TOKEN}/mcp`, body: { jsonrpc: '2.0', id: 2, method: 'greeum/flush' } }),
    ];
    await until(() => memory.calls.length === 2);
    const closed = rig.close();
    await assert.rejects(ask(tcpDoor(rig), { path: `/${TOKEN}/healthz` }), { code: 'ECONNREFUSED' });
    held.resolve({ status: 'flushed', applied_sequence: 1, database_bytes: 1 });
    for (const answer of answers) {
      const { status, headers } = await answer;
      assert.deepEqual([status, headers.connection], [200, 'close']);
    }
    await closed;
    assert.equal(existsSync(rig.endpoint.socketPath), false);
    assert.equal(rig.endpoint.clients(), 0);
  });

  it('does not cut off a large answer that is still on its way', async () => {
    const context = 'x'.repeat(8 * 1024 * 1024);
    const memory = new FakeMemory({
      search_memory: () => ({ results: [{ ...memoryRecord({ context }), score: 1 }], took_ms: 1 }),
    });
    const rig = await startRig({ memory });
    const peer = open(socketDoor(rig));
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'greeum/search_memory', params: { query: 'x' } });
    peer.write(
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(peer, 'readable');
    const closed = rig.close();
    let bytes = 0;
    for await (const chunk of peer) bytes += (chunk as Buffer).length;
    await closed;
    assert.ok(bytes > context.length, `only ${bytes} bytes came`);
  });

  it('ends connections that were kept open for later', async () => {
    const rig = await startRig();
    const agent = new Agent({ keepAlive: true });
    await ask(socketDoor(rig), { agent, body: addCall('a') });
    assert.equal(rig.endpoint.clients(), 1);
    await rig.close();
    assert.equal(rig.endpoint.clients(), 0);
    agent.destroy();
  });

  it('waits for a bounded time only', async () => {
    const memory = new FakeMemory({ flush: () => new Promise(() => undefined) });
    const rig = await startRig({ memory, limits: { closeGraceMs: 50 } });
    const answer = ask(socketDoor(rig), { body: { jsonrpc: '2.0', id: 1, method: 'greeum/flush' } });
    await until(() => memory.calls.length === 1);
    await Promise.all([rig.close(), assert.rejects(answer, { code: 'ECONNRESET' })]);
  });

  it('can be asked for twice', async () => {
    const rig = await startRig();
    await Promise.all([rig.endpoint.close(), rig.endpoint.close()]);
    await rig.close();
  });
});

describe('the watch stream', () => {
  const lines = (text: string): number[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => (JSON.parse(line) as { blocks: number }).blocks);

  it('has a line at once, one for a change, and ends with the endpoint', async () => {
    const rig = await startRig({ limits: { watchIntervalMs: 0 } });
    const peer = open(socketDoor(rig));
    let text = '';
    peer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    peer.write('GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => lines(text).length === 1);
    assert.match(text, /application\/x-ndjson/);
    rig.setStatus({ blocks: 3 });
    await until(() => lines(text).length === 2);
    assert.deepEqual(lines(text), [2, 3]);
    const ended = once(peer, 'end');
    await rig.close();
    await ended;
    assert.match(text, /\r\n0\r\n\r\n$/);
  });

  it('keeps little for a reader that does not read, which gets the newest status in the end', async () => {
    const rig = await startRig({ limits: { watchIntervalMs: 0 } });
    const padding = 'x'.repeat(1024 * 1024);
    const peer = open(socketDoor(rig));
    peer.write('GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(peer, 'readable');
    for (let blocks = 10; blocks < 60; blocks += 1) rig.setStatus({ blocks, data_dir: padding });
    let text = '';
    peer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await until(() => text.includes('"blocks":59'));
    assert.ok(text.length < 5 * padding.length, `${text.length} characters were kept`);
    peer.destroy();
    await rig.close();
  });
});

function http(changes: { bind?: string; port?: number; preferredPort?: number }): HttpOptions {
  return { bind: '127.0.0.1', port: null, preferredPort: null, ...changes };
}
