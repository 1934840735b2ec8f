import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { STOPPED } from '../../src/client/hostState.js';
import { locateMemory } from '../../src/client/dataDirectory.js';
import { connectToOwner } from '../../src/client/stdioConnection.js';
import { WorkerHost } from '../../src/client/workerHost.js';
import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { WorkerSession } from '../../src/extension/workerSession.js';
import { resolveSettings } from '../../src/extension/workerSettings.js';
import type { Discovery } from '../../src/protocol/discovery.js';
import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { addCall, ask, openStream, type Door } from './endpointRig.js';

const SECRET = 'the launch code is swordfish';

/** Somebody who listens and remembers everything that reaches them. */
class Stranger {
  readonly heard: string[] = [];
  connections = 0;
  readonly #server = createServer((req, res) => void this.#hear(req, res));
  readonly #answer: (req: IncomingMessage) => Promise<string>;

  constructor(answer: (req: IncomingMessage) => Promise<string> = () => Promise.resolve('{}')) {
    this.#answer = answer;
    this.#server.on('connection', () => (this.connections += 1));
  }

  async listen(at: string | { host: string; port: number }): Promise<void> {
    if (typeof at === 'string') this.#server.listen(at);
    else this.#server.listen(at);
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #hear(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    this.heard.push(`${req.method} ${req.url} ${JSON.stringify(req.headers)} ${body}`);
    res.end(await this.#answer(req));
  }
}

describe('attacks on a data directory', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess;
  const dir = (): string => folder.path;
  const discovery = (): Discovery =>
    JSON.parse(readFileSync(path.join(dir(), 'worker_state.json'), 'utf8')) as Discovery;
  const token = (): string => readFileSync(path.join(dir(), 'worker.token'), 'utf8').trim();
  const plant = (changes: Partial<Discovery>): void =>
    writeFileSync(path.join(dir(), 'worker_state.json'), JSON.stringify({ ...discovery(), ...changes }));
  const tcp = (): Door => ({ port: Number(new URL(discovery().endpoint ?? '').port) });
  const client = (): WriteServiceClient =>
    new WriteServiceClient({ source: 'cli', dataDir: dir(), use: 'require', env: {}, keepAlive: false });
  const kept = (stranger: Stranger): void => {
    const heard = stranger.heard.join('\n');
    assert.ok(!heard.includes(SECRET), 'a memory reached a stranger');
    assert.ok(!heard.includes(token()), 'the token reached a stranger');
  };

  beforeEach(async () => {
    folder = scratchFolder();
    worker = await WorkerProcess.start(dir());
  });
  afterEach(async () => {
    await worker.end('SIGKILL');
    folder.remove();
  });

  it('a planted record with the port of a stranger gets neither memory nor token', async () => {
    const stranger = new Stranger();
    await stranger.listen({ host: '127.0.0.1', port: 0 });
    for (const prefix of [token(), 'A'.repeat(43)]) {
      plant({ endpoint: `http://127.0.0.1:${stranger.port}/${prefix}/mcp`, socket: '', pid: process.pid });
      renameSync(path.join(dir(), 'data/run'), path.join(dir(), 'data/away'));
      await assert.rejects(client().addMemory({ content: SECRET }), { code: 'worker_required' });
      renameSync(path.join(dir(), 'data/away'), path.join(dir(), 'data/run'));
    }
    kept(stranger);
    await stranger.close();
  });

  it('a stranger who passes the question on to the real owner gets nothing either', async () => {
    const real = tcp();
    const stranger = new Stranger(async (req) => (await ask(real, { path: req.url ?? '/' })).text);
    await stranger.listen({ host: '127.0.0.1', port: 0 });
    plant({ endpoint: `http://127.0.0.1:${stranger.port}/${token()}/mcp`, socket: '' });
    renameSync(path.join(dir(), 'data/run'), path.join(dir(), 'data/away'));
    await assert.rejects(client().addMemory({ content: SECRET }), { code: 'worker_required' });
    assert.match(stranger.heard.join(), /GET \/owner\?nonce=/);
    kept(stranger);
    await stranger.close();
  });

  it('the real owner is still reached over its port where the socket cannot be', async () => {
    renameSync(path.join(dir(), 'data/run'), path.join(dir(), 'data/away'));
    assert.equal((await client().addMemory({ content: 'over the port' })).status, 'added');
  });

  it('a planted record with the socket of a stranger is not followed', async () => {
    const open = path.join(dir(), 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const stranger = new Stranger();
    await stranger.listen(path.join(open, 's'));
    plant({ socket: path.join(open, 's') });
    renameSync(path.join(dir(), 'data/run'), path.join(dir(), 'data/away'));
    // The port is honest, and proves it.
    await client().addMemory({ content: SECRET });
    assert.deepEqual(stranger.heard, []);
    await stranger.close();
  });

  describe('a planted record with the addresses of a stranger', () => {
    let stranger: Stranger;
    let overPort: Stranger;
    let session: WorkerSession;
    const hideTheOwner = (): void => renameSync(path.join(dir(), 'data/run'), path.join(dir(), 'data/away'));
    let honestPort: string;
    let honestSocket: string;
    const url = (): string => `http://127.0.0.1:${overPort.port}/${token()}/mcp`;

    beforeEach(async () => {
      honestPort = new URL(discovery().endpoint ?? '').port;
      honestSocket = discovery().socket;
      const open = path.join(dir(), 'open');
      mkdirSync(open);
      chmodSync(open, 0o777);
      [stranger, overPort] = [new Stranger(), new Stranger()];
      await stranger.listen(path.join(open, 's'));
      await overPort.listen({ host: '127.0.0.1', port: 0 });
      session = new WorkerSession(
        resolveSettings(
          {
            dataDir: dir(),
            autoStart: true,
            httpEnabled: true,
            httpPort: null,
            secrets: undefined,
            embedding: { url: '', model: '', folder: '', key: null },
            storage: { url: '', password: null, whenUnreachable: 'refuse' },
          },
          {},
          dir(),
        ),
        ({ dataDir }) => new WorkerHost({ host: 'vscode', source: 'vscode', dataDir, env: {} }),
      );
      plant({ socket: path.join(open, 's'), endpoint: url(), pid: process.pid });
    });
    afterEach(async () => {
      await session.close();
      session.dispose();
      await Promise.all([stranger.close(), overPort.close()]);
    });

    it('is not joined by a window that finds nobody else, which hands on no address of theirs', async () => {
      hideTheOwner();
      assert.deepEqual(await session.start({ joinOnly: true }), STOPPED);
      assert.deepEqual(session.endpoints(), { socket: null, endpoint: null });
      assert.deepEqual([stranger.connections, overPort.connections], [0, 0]);
    });

    it('changes nothing for a window that knows the owner: agents get the owner’s addresses, never theirs', async () => {
      const honest = `http://127.0.0.1:${honestPort}/${token()}/mcp`;
      const spoken = new Promise<void>((resolve) => {
        session.onDidChange(({ status }) => {
          // At no moment, the one before the owner’s first word included.
          const { socket, endpoint } = session.endpoints();
          assert.ok(socket === null || socket === honestSocket, 'the socket of a stranger was handed on');
          assert.ok(endpoint === null || endpoint === honest, 'the URL of a stranger was handed on');
          if (status !== null) resolve();
        });
      });
      assert.equal((await session.start({ joinOnly: true })).phase, 'client');
      await spoken;
      assert.deepEqual(session.endpoints(), { socket: honestSocket, endpoint: honest });
      await session.service.call('add_memory', { content: SECRET });
      assert.deepEqual([stranger.connections, overPort.connections], [0, 0]);
    });

    it('is not what the stdio bridge connects to', async () => {
      hideTheOwner();
      assert.equal(await connectToOwner(locateMemory(dir(), {})), null);
      assert.deepEqual([stranger.connections, overPort.connections], [0, 0]);
    });
  });

  it('a socket folder that is a link to elsewhere is not followed, and no owner listens there', async () => {
    await worker.end('SIGKILL');
    const elsewhere = path.join(dir(), 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    rmSync(path.join(dir(), 'data/run'), { recursive: true });
    symlinkSync(elsewhere, path.join(dir(), 'data/run'));
    const stranger = new Stranger();
    await stranger.listen(path.join(elsewhere, 'worker.sock'));
    await assert.rejects(client().addMemory({ content: SECRET }), { code: 'worker_required' });
    assert.deepEqual(stranger.heard, []);
    await stranger.close();
    const { status, stderr } = await greeum(['worker', 'serve', '--data-dir', dir()]);
    assert.equal(status, 1);
    assert.match(stderr, /cannot be made safely/);
  });

  it('another user cannot use the socket', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { socket } = discovery();
    const script = `require('node:net').connect(${JSON.stringify(socket)})
      .on('connect', () => console.log('in')).on('error', (e) => console.log(e.code))`;
    const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
      execFile(process.execPath, ['-e', script], { uid: 65_534, gid: 65_534 }, (_error, out) =>
        resolve({ stdout: out }),
      );
    });
    assert.match(stdout, /EACCES/);
  });

  it('a lock file that somebody left, whatever it says, keeps nobody out and lets nobody in', async () => {
    await worker.end('SIGKILL');
    for (const [count, text] of ['', `{"pid":${process.pid},"role":"worker"}\n`, '\u0000'.repeat(1000)].entries()) {
      writeFileSync(path.join(dir(), 'data/worker.lock'), text);
      assert.equal((await greeumJson(['memory', 'add', `fact ${count}`, '--data-dir', dir()]))['status'], 'added');
    }
    worker = await WorkerProcess.start(dir());
  });

  it('folders that were opened to others are closed at the next start, and that is said', async () => {
    await worker.end('SIGTERM');
    for (const at of ['', 'data']) chmodSync(path.join(dir(), at), 0o755);
    worker = await WorkerProcess.start(dir());
    for (const at of ['', 'data']) assert.equal(statSync(path.join(dir(), at)).mode & 0o777, 0o700, at);
    assert.match(readFileSync(path.join(dir(), 'worker.log'), 'utf8'), /was open to other users \(mode 755\)/);
  });

  it('files are 0600 and folders 0700 after every way of writing, and folders are closed without a worker too', async () => {
    const modes = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(dir(), { recursive: true, encoding: 'utf8' })
          .concat('.')
          .map((name) => [name, statSync(path.join(dir(), name))] as const)
          .map(([name, found]) => [name, `${found.isDirectory() ? 'd' : ''}${(found.mode & 0o077).toString(8)}`]),
      );
    const assertClosed = (): void => {
      const open = Object.entries(modes()).filter(([, mode]) => !/^d?0$/.test(mode));
      assert.deepEqual(open, []);
    };
    await client().addMemory({ content: 'through the worker' });
    await greeum(['worker', 'token', 'rotate', '--data-dir', dir()]);
    assertClosed();
    await worker.end('SIGTERM');
    for (const at of ['', 'data']) chmodSync(path.join(dir(), at), 0o755);
    assert.equal((await greeumJson(['memory', 'add', 'without a worker', '--data-dir', dir()]))['via'], 'local');
    assertClosed();
  });

  it('a folder of somebody else, in which others may write, is not used', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await worker.end('SIGTERM');
    await new Promise((resolve) => execFile('chown', ['65534', dir()], resolve));
    chmodSync(dir(), 0o777);
    const { status, stderr } = await greeum(['worker', 'serve', '--data-dir', dir()]);
    assert.equal(status, 1);
    assert.match(stderr, /belongs to another user and others may write/);
  });

  describe('an exchanged token', () => {
    const call = (shown: string) => ask(tcp(), { headers: { 'x-api-key': shown }, body: addCall('a fact') });

    it('is dead at once, on connections and streams that were open too, and the new one opens', async () => {
      const old = token();
      const stream = await openStream(tcp(), { 'x-api-key': old }, '/watch');
      const ended = new Promise((resolve) =>
        stream
          .on('error', () => undefined)
          .on('close', resolve)
          .resume(),
      );
      assert.equal((await greeumJson(['worker', 'token', 'rotate', '--data-dir', dir()]))['status'], 'rotated');
      await ended;
      assert.notEqual(token(), old);
      assert.equal((await call(old)).status, 401);
      assert.equal((await call(token())).status, 200);
      assert.equal(new URL(discovery().endpoint ?? '').pathname, `/${token()}/mcp`);
      assert.equal(statSync(path.join(dir(), 'worker.token')).mode & 0o777, 0o600);
    });

    it('cannot be had with the old one', async () => {
      const body = { jsonrpc: '2.0', id: 1, method: 'greeum/rotate_token', params: {} };
      const old = token();
      const { json } = await ask(tcp(), { headers: { 'x-api-key': old }, body });
      assert.equal((json as { error: { data: { code: string } } }).error.data.code, 'unauthorized');
      assert.equal(token(), old);
    });

    it('stays exchanged after a crash', async () => {
      const old = token();
      await greeum(['worker', 'token', 'rotate', '--data-dir', dir()]);
      await worker.end('SIGKILL');
      worker = await WorkerProcess.start(dir());
      assert.notEqual(token(), old);
      assert.equal((await call(old)).status, 401);
    });
  });

  it('names out of Object’s prototype, wherever they stand in a request, change nothing for anybody', async () => {
    const poison = '{"polluted":true,"importance":0.99,"allow_duplicate":true,"metadata":{"polluted":true}}';
    const poisons = [`"__proto__":${poison}`, `"constructor":{"prototype":${poison}}`, `"prototype":${poison}`];
    const meta = '"io.modelcontextprotocol/protocolVersion":"2026-07-28"';
    for (const bad of poisons) {
      for (const body of [
        `{"jsonrpc":"2.0","id":1,"method":"greeum/add_memory","params":{"content":"a",${bad}}}`,
        `{"jsonrpc":"2.0","id":1,"method":"greeum/add_memory","params":{"content":"b","metadata":{"deep":[{${bad}}]}}}`,
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_memory","arguments":{${bad}},${bad}}}`,
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"__proto__","arguments":{}},${bad}}`,
        `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{${meta},${bad}}}}`,
        `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{${bad}},"clientInfo":{${bad}}}}`,
        `{${bad}}`,
      ]) {
        const { status, text } = await ask(tcp(), { headers: { 'x-api-key': token() }, body });
        assert.ok(status < 500, `${status} for ${body}`);
        assert.ok(!/TypeError|\bat .+:\d+/.test(text), text);
      }
    }
    await client().addMemory({ content: 'as plain as can be' });
    const plain = await client().addMemory({ content: 'as plain as can be' });
    assert.equal(plain.status, 'duplicate');
    const { memory } = await client().call('get_memory', { block_index: plain.block_index });
    assert.equal(memory.importance, 0.5);
    assert.deepEqual(Object.keys(memory.metadata), ['source']);
    const { text: health } = await ask(tcp(), { path: `/${token()}/healthz` });
    assert.ok(!health.includes('polluted'));
  });

  it('nothing that was written, but the memories’ own files, holds a memory or the token', async () => {
    await client().addMemory({ content: SECRET });
    await greeum(['memory', 'search', 'swordfish', '--data-dir', dir()]);
    await ask(tcp(), { headers: { 'x-api-key': token() }, body: `{"${SECRET}` });
    await ask(tcp(), { path: `/${token()}/nope`, body: addCall(SECRET) });
    const { text: metrics } = await ask(tcp(), { path: `/${token()}/metrics` });
    const { text: health } = await ask(tcp(), { path: `/${token()}/healthz` });
    const { stdout: processes } = await new Promise<{ stdout: string }>((resolve) => {
      execFile('ps', ['-eo', 'args'], (_error, stdout) => resolve({ stdout }));
    });
    // A repair at the start is logged, so that there is a log to look at.
    await worker.end('SIGTERM');
    chmodSync(dir(), 0o755);
    worker = await WorkerProcess.start(dir());
    const memoryFiles = /^data\/(memory\.db|journal|index|stm|backup|text)|^(worker\.token|worker_state\.json)$/;
    const others = readdirSync(dir(), { recursive: true, encoding: 'utf8' })
      .filter((name) => !memoryFiles.test(name) && statSync(path.join(dir(), name)).isFile())
      .map((name): [string, string] => [name, readFileSync(path.join(dir(), name), 'utf8')]);
    assert.ok(
      others.some(([name, text]) => name === 'worker.log' && text !== ''),
      others.map(([n]) => n).join(),
    );
    for (const [name, text] of [...Object.entries({ metrics, health }), ...others]) {
      assert.ok(!text.includes('swordfish') && !text.includes(token()), name);
    }
    assert.ok(!processes.includes(token()));
  });
});
