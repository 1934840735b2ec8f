import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { watchOwner } from '../../../src/client/ownerWatch.js';
import { workerStatus } from './fakes.js';
import { TestServer } from './testServer.js';

/** What a watch tells, in order, and a way to wait for more of it. */
function recorder() {
  const told: string[] = [];
  let wake = (): void => undefined;
  const tell = (what: string): void => {
    told.push(what);
    wake();
  };
  return {
    told,
    handlers: {
      onConnected: () => tell('connected'),
      onStatus: ({ blocks }: { blocks: number }) => tell(`status ${blocks}`),
      onGone: (wasConnected: boolean) => tell(wasConnected ? 'gone' : 'nobody'),
    },
    until: async (count: number): Promise<void> => {
      while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

describe('the watch on an owner', () => {
  let server: TestServer;
  let listener: RequestListener;

  beforeEach(async () => {
    server = await TestServer.start((request, response) => listener(request, response));
  });
  afterEach(() => server.stop());

  it('tells each status line, also one that comes in pieces, and ignores what is none', async () => {
    const lines = `${JSON.stringify(workerStatus({ blocks: 1 }))}\n\nnoise\n{"running":false}\n${JSON.stringify(workerStatus({ blocks: 2 }))}\n`;
    listener = (request, response) => {
      assert.equal(request.url, '/watch');
      response.write(lines.slice(0, 50), () => response.write(lines.slice(50)));
    };
    const { told, handlers, until } = recorder();
    const watch = watchOwner(server.socket, handlers);
    await until(3);
    watch.dispose();
    assert.deepEqual(told, ['connected', 'status 1', 'status 2']);
  });

  it('tells once that the owner has gone, however the connection ends', async () => {
    const ends: ((response: ServerResponse) => void)[] = [
      (response) => response.end(),
      (response) => response.socket?.destroy(),
      (response) => response.socket?.resetAndDestroy(),
    ];
    for (const end of ends) {
      listener = (_, response) => response.write(`${JSON.stringify(workerStatus())}\n`, () => end(response));
      const { told, handlers, until } = recorder();
      watchOwner(server.tcp, handlers);
      await until(3);
      assert.deepEqual(told, ['connected', 'status 0', 'gone']);
    }
  });

  it('tells that nobody is there, and that an answer of another kind is no owner', async () => {
    listener = (_, response) => response.writeHead(404).end();
    const stranger = recorder();
    watchOwner(server.socket, stranger.handlers);
    await stranger.until(2);
    assert.deepEqual(stranger.told, ['connected', 'gone']);
    const { socket } = server;
    await server.stop();
    const empty = recorder();
    watchOwner(socket, empty.handlers);
    await empty.until(1);
    assert.deepEqual(empty.told, ['nobody']);
  });

  it('tells nothing any more once it is disposed of, and lets go of the connection', async () => {
    let connection: ServerResponse | undefined;
    listener = (_, response) => {
      connection = response;
      response.write(`${JSON.stringify(workerStatus())}\n`);
    };
    const { told, handlers, until } = recorder();
    const watch = watchOwner(server.socket, handlers);
    await until(2);
    watch.dispose();
    watch.dispose();
    assert.ok(connection !== undefined);
    if (!connection.closed) await once(connection, 'close');
    assert.deepEqual(told, ['connected', 'status 0']);
  });
});
