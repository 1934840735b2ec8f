import assert from 'node:assert/strict';
import { WorkerHost } from '../../src/client/workerHost.js';
import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';

/** Real owner threads, real sockets, real kills. */
describe('clients of one memory', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let hosts: WorkerHost[];
  let clients: WriteServiceClient[];
  let worker: WorkerProcess | null;

  beforeEach(() => {
    folder = scratchFolder();
    hosts = [];
    clients = [];
    worker = null;
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await Promise.all(hosts.map((host) => host.close()));
    await worker?.end('SIGKILL');
    folder.remove();
  });

  function newHost(): WorkerHost {
    const host = new WorkerHost({ host: 'vscode', source: 'vscode', dataDir: folder.path, env: {} });
    hosts.push(host);
    return host;
  }

  function newClient(use: 'auto' | 'require' = 'auto'): WriteServiceClient {
    const client = new WriteServiceClient({ source: 'api', dataDir: folder.path, env: {}, use });
    clients.push(client);
    return client;
  }

  /** Resolves when one of the hosts owns the memory. */
  async function nextOwner(): Promise<WorkerHost> {
    return Promise.race(
      hosts.map(
        (host) =>
          new Promise<WorkerHost>((resolve) => {
            if (host.state.role === 'owner') resolve(host);
            host.onState(({ role }) => role === 'owner' && resolve(host));
          }),
      ),
    );
  }

  /** A client knows where HTTP is only when the owner has said so. */
  function firstWord(host: WorkerHost): Promise<void> {
    return new Promise((resolve) => {
      if (host.state.status !== null) return resolve();
      host.onStatus(() => resolve());
    });
  }

  async function assertOnceEach(texts: readonly string[]): Promise<void> {
    const { memories } = await newClient().listMemories({ limit: 1_000 });
    assert.deepEqual(memories.map(({ context }) => context).sort(), [...texts].sort());
    assert.deepEqual((await newClient().verify()).problems, []);
  }

  it('have one owner among three windows, and the next one when it leaves', async () => {
    const first = newHost();
    assert.equal((await first.start()).phase, 'owner');
    const others = [newHost(), newHost()];
    const states = await Promise.all(others.map((host) => host.start()));
    assert.deepEqual(
      states.map(({ phase }) => phase),
      ['client', 'client'],
    );
    await Promise.all(others.map(firstWord));
    assert.notEqual(others[0]?.capabilityUrl(), null);
    assert.equal(others[0]?.capabilityUrl(), first.capabilityUrl());
    assert.equal(others[0]?.ownerSocket(), first.ownerSocket());
    await others[0]?.service.addMemory({ content: 'by a client' });

    const adding = others.flatMap(({ service }, client) =>
      Array.from({ length: 20 }, (_, index) =>
        service.addMemory({ content: `during the hand-over ${client} ${index}` }),
      ),
    );
    hosts = others;
    await first.close();
    const owner = await nextOwner();
    await Promise.all(adding);
    assert.ok(others.includes(owner));
    const { epoch } = await owner.service.status();
    assert.equal(epoch, 2);
    const blocks = adding.length + 1;
    assert.equal((await owner.service.stats()).blocks, blocks);
  });

  it('lose nothing and write nothing twice when the owner is killed again and again', async () => {
    const standBy = newHost();
    const texts: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      worker = await WorkerProcess.start(folder.path);
      assert.equal((await standBy.start()).role, 'client');
      const writers = [newClient(), newClient('require'), standBy.service, standBy.service];
      const adding = writers.flatMap((writer, index) =>
        Array.from({ length: 15 }, (_, count) => {
          const content = `round ${round}, writer ${index}, memory ${count}`;
          texts.push(content);
          return writer.addMemory({ content });
        }),
      );
      await Promise.race(adding);
      await worker.end('SIGKILL');
      await Promise.all(adding);
      await standBy.stop();
    }
    await assertOnceEach(texts);
  });

  it('notice the death of an owner at once, and the next one answers writes', async () => {
    worker = await WorkerProcess.start(folder.path);
    const standBy = newHost();
    await standBy.start();
    const client = newClient('require');
    await client.addMemory({ content: 'before' });
    const owned = nextOwner();
    await worker.end('SIGKILL');
    await owned;
    await client.addMemory({ content: 'after' });
    await assertOnceEach(['before', 'after']);
  });

  it('go on without a worker when it is gone, through the same lock and journal', async () => {
    worker = await WorkerProcess.start(folder.path);
    const client = newClient();
    assert.equal((await client.callWithRoute('add_memory', { content: 'one' })).via, 'worker');
    await worker.end('SIGKILL');
    assert.equal((await client.callWithRoute('add_memory', { content: 'two' })).via, 'local');
    worker = await WorkerProcess.start(folder.path);
    assert.equal((await client.callWithRoute('add_memory', { content: 'three' })).via, 'worker');
    await assertOnceEach(['one', 'two', 'three']);
  });

  it('become owners again after somebody stopped the worker for good', async () => {
    const host = newHost();
    await host.start();
    const stopped = new Promise<void>((resolve) => {
      host.onState(({ phase }) => phase === 'stopped' && resolve());
    });
    await newClient().stop();
    await stopped;
    await assert.rejects(host.service.stats(), { code: 'worker_required' });
    assert.equal((await host.start()).phase, 'owner');
  });
});
