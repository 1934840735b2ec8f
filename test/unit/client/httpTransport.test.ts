import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import path from 'node:path';
import { HttpTransport, MAX_ANSWER_BYTES, type Exchange, type Post } from '../../../src/client/httpTransport.js';
import { WriteServiceClient } from '../../../src/client/writeServiceClient.js';
import { FakeTiming } from './fakes.js';
import { TestServer } from './testServer.js';

function post(changes: Partial<Post> = {}): Post {
  return { body: '{}', source: undefined, timeoutMs: 60_000, signal: new AbortController().signal, ...changes };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('HttpTransport', () => {
  let server: TestServer;
  let listener: RequestListener;
  const transport = new HttpTransport({ keepAlive: false });

  beforeEach(async () => {
    server = await TestServer.start((request, response) => listener(request, response));
  });
  afterEach(() => server.stop());

  it('posts to /mcp on a socket, and below the token on loopback', async () => {
    const seen: object[] = [];
    listener = (request, response) => {
      void bodyOf(request).then((body) => {
        seen.push([
          request.method,
          request.url,
          request.headers['greeum-source'],
          request.headers['content-type'],
          body,
        ]);
        response.end('"ok"');
      });
    };
    const expected: Exchange = { kind: 'answer', status: 200, body: '"ok"' };
    assert.deepEqual(await transport.post(server.socket, post({ body: '{"ü":1}', source: 'cli' })), expected);
    assert.deepEqual(await transport.post(server.tcp, post({ body: '{"ü":1}' })), expected);
    assert.deepEqual(seen, [
      ['POST', '/mcp', 'cli', 'application/json', '{"ü":1}'],
      ['POST', '/t0ken/mcp', undefined, 'application/json', '{"ü":1}'],
    ]);
  });

  it('names this machine as the host, whatever it connects to', async () => {
    const hosts: (string | undefined)[] = [];
    listener = ({ headers }, response) => {
      hosts.push(headers.host);
      response.end();
    };
    await transport.post(server.socket, post());
    await transport.post(server.tcp, post());
    for (const host of hosts) assert.match(host ?? '', /^(localhost|127\.0\.0\.1)(:\d+)?$/);
  });

  it('knows that nothing was sent where nobody listens', async () => {
    const { socket, tcp } = server;
    await server.stop();
    const nowhere = { kind: 'socket', path: path.join(__dirname, 'no-such.sock') } as const;
    for (const endpoint of [socket, tcp, nowhere]) {
      const end = await transport.post(endpoint, post());
      assert.equal(end.kind, 'unreachable');
      assert.equal(end.kind === 'unreachable' && end.isBusy, false);
    }
  });

  it('knows that the request may have arrived when the connection breaks before an answer', async () => {
    listener = (request) => request.socket.destroy();
    for (const endpoint of [server.socket, server.tcp]) {
      assert.equal((await transport.post(endpoint, post())).kind, 'lost');
    }
  });

  it('knows the same when it breaks in mid-answer', async () => {
    listener = (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"half":', () => request.socket.destroy());
    };
    assert.equal((await transport.post(server.socket, post())).kind, 'lost');
    listener = (request, response) => {
      response.write('{"chunked":', () => request.socket.destroy());
    };
    assert.equal((await transport.post(server.socket, post())).kind, 'lost');
  });

  it('gives up when the time is up, and says whether the request was sent', async () => {
    const timing = new FakeTiming({ automatic: false });
    listener = () => timing.advance(5_000);
    const patient = new HttpTransport({ keepAlive: false, timing });
    assert.deepEqual(await patient.post(server.socket, post({ timeoutMs: 5_000 })), { kind: 'gave-up', isSent: true });
    assert.deepEqual(await patient.post(server.socket, post({ timeoutMs: 0 })), { kind: 'gave-up', isSent: false });
    assert.equal(timing.pending, 0);
  });

  it('gives up when its caller does', async () => {
    const controller = new AbortController();
    listener = () => controller.abort();
    const end = await transport.post(server.socket, post({ signal: controller.signal }));
    assert.deepEqual(end, { kind: 'gave-up', isSent: true });
  });

  it('stops reading an answer without an end', async () => {
    listener = (_, response) => {
      const block = Buffer.alloc(8 * 1024 * 1024);
      const send = (): void => {
        if (!response.destroyed) response.write(block, send);
      };
      send();
    };
    assert.deepEqual(await transport.post(server.socket, post()), { kind: 'answer-too-large' });
    assert.ok(MAX_ANSWER_BYTES < 2 ** 29);
  });

  it('keeps its connection for the next call when it is to live longer', async () => {
    const ports = new Set<unknown>();
    listener = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    };
    const lasting = new HttpTransport({ keepAlive: true });
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await lasting.post(server.tcp, post())).kind, 'answer');
    }
    lasting.close();
    assert.equal(ports.size, 1);
  });

  it('takes a hundred calls of one client at once without a warning about listeners', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', note);
    listener = (_, response) => response.end('{"jsonrpc":"2.0","id":1,"result":{}}');
    const { socket } = server;
    assert.ok(socket.kind === 'socket');
    const client = new WriteServiceClient({ source: 'api', endpoint: `unix:${socket.path}`, env: {} });
    await Promise.all(Array.from({ length: 100 }, () => client.stats()));
    client.close();
    await new Promise(setImmediate);
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });
});
