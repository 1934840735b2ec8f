import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WriteServiceClient, type ClientOptions, type ClientWarning } from '../../../src/client/writeServiceClient.js';
import { GreeumError, type ErrorCode } from '../../../src/protocol/errors.js';
import type { WorkerUse } from '../../../src/protocol/environment.js';
import {
  added,
  answer,
  busy,
  FailingCall,
  FakeLocal,
  FakeTiming,
  FakeTransport,
  hangs,
  lockBusy,
  lost,
  nobody,
  refusal,
  workerStatus,
} from './fakes.js';

// No such directory: the client only derives paths from it.
const dataDir = path.join(tmpdir(), 'greeum-client-test', 'memory');

function clientOf(options: Partial<ClientOptions> & { transport: FakeTransport }): {
  client: WriteServiceClient;
  warnings: ClientWarning[];
} {
  const warnings: ClientWarning[] = [];
  let keys = 0;
  const client = new WriteServiceClient({
    source: 'api',
    dataDir,
    env: {},
    timing: new FakeTiming(),
    newKey: () => `key-${++keys}`,
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { client, warnings };
}

async function failure(promise: Promise<unknown>): Promise<GreeumError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GreeumError, String(error));
  return error;
}

describe('WriteServiceClient', () => {
  describe('with a worker', () => {
    it('sends the operation, its input and the source, and returns the result', async () => {
      const transport = new FakeTransport(answer(added));
      const { client, warnings } = clientOf({ transport, use: 'auto' });
      assert.deepEqual(await client.callWithRoute('add_memory', { content: 'x' }), { result: added, via: 'worker' });
      assert.deepEqual(transport.sent, [
        {
          endpoint: { kind: 'socket', path: client.location.socket },
          method: 'greeum/add_memory',
          params: { content: 'x', idempotency_key: 'key-1' },
          source: 'api',
        },
      ]);
      assert.deepEqual(warnings, []);
    });

    it('gives each write its own key, keeps a given one, and gives none to reads', async () => {
      const transport = new FakeTransport(answer(added));
      const { client } = clientOf({ transport, use: 'auto' });
      await client.addMemory({ content: 'a' });
      await client.addMemory({ content: 'a' });
      await client.addMemory({ content: 'a', idempotency_key: 'mine' });
      await client.searchMemory({ query: 'a' });
      assert.deepEqual(transport.keys, ['key-1', 'key-2', 'mine', undefined]);
    });

    it('passes the error of the owner on as it is', async () => {
      const { client } = clientOf({ transport: new FakeTransport(refusal('empty_content', { hint: 'Write it.' })) });
      const { code, outcome, retry, hint } = await failure(client.addMemory({ content: '' }));
      assert.deepEqual([code, outcome, retry, hint], ['empty_content', 'not_written', 'never', 'Write it.']);
    });

    it('has a method for every operation', async () => {
      const transport = new FakeTransport(answer({}));
      const { client } = clientOf({ transport });
      await client.addMemory({ content: 'a' });
      await client.searchMemory({ query: 'a' });
      await client.getMemory({ block_index: 0 });
      await client.listMemories();
      await client.updateAssociations({});
      await client.listAssociations();
      await client.anchorUpdate({ slot: 'A' });
      await client.listAnchors();
      await client.stats();
      await client.verify();
      await client.status();
      await client.flush();
      await client.stop();
      assert.equal(new Set(transport.sent.map(({ method }) => method)).size, 13);
    });

    it('refuses numbers that JSON would turn into null', async () => {
      const { client } = clientOf({ transport: new FakeTransport(answer(added)) });
      assert.equal((await failure(client.addMemory({ content: 'a', importance: NaN }))).code, 'invalid_importance');
      assert.equal((await failure(client.listMemories({ limit: Infinity }))).code, 'invalid_argument');
    });

    it('refuses what is larger than a request may be before sending it', async () => {
      const transport = new FakeTransport(answer(added));
      const { client } = clientOf({ transport });
      const error = await failure(client.addMemory({ content: 'x'.repeat(9 * 1024 * 1024) }));
      assert.deepEqual([error.code, error.outcome, transport.sent.length], ['request_too_large', 'not_written', 0]);
    });
  });

  describe('when nobody is there', () => {
    const table: readonly [WorkerUse, 'add_memory' | 'search_memory' | 'worker_status', 'local' | ErrorCode][] = [
      ['auto', 'add_memory', 'local'],
      ['auto', 'search_memory', 'local'],
      ['auto', 'worker_status', 'worker_required'],
      ['never', 'add_memory', 'local'],
      ['never', 'search_memory', 'local'],
      ['never', 'worker_status', 'worker_required'],
      ['require', 'add_memory', 'worker_required'],
      ['require', 'search_memory', 'worker_required'],
      ['require', 'worker_status', 'worker_required'],
    ];
    for (const [use, operation, expected] of table) {
      it(`${operation} under "${use}" comes to ${expected}`, async () => {
        const local = new FakeLocal({});
        const { client } = clientOf({ transport: new FakeTransport(nobody), use, openLocal: local.open });
        const input = { content: 'x', query: 'x' };
        const call = client.callWithRoute(operation, input);
        if (expected === 'local') assert.equal((await call).via, 'local');
        else assert.equal((await failure(call)).code, expected);
        const opened = expected === 'local' ? [operation === 'add_memory' ? 'write' : 'read'] : [];
        assert.deepEqual(
          local.opened.map(({ mode }) => mode),
          opened,
        );
        assert.equal(local.closed, opened.length);
      });
    }

    it('says once that it writes without a worker, and nothing when that was asked for', async () => {
      const local = new FakeLocal(added);
      const automatic = clientOf({ transport: new FakeTransport(nobody), use: 'auto', openLocal: local.open });
      await automatic.client.addMemory({ content: 'a' });
      await automatic.client.addMemory({ content: 'b' });
      assert.deepEqual(
        automatic.warnings.map(({ kind }) => kind),
        ['no-worker'],
      );
      const asked = clientOf({ transport: new FakeTransport(nobody), use: 'never', openLocal: local.open });
      await asked.client.addMemory({ content: 'a' });
      assert.deepEqual(asked.warnings, []);
    });

    it('says once that it may read less than others of the team have written', async () => {
      const local = new FakeLocal({ memories: [], next_before: null });
      local.behindBecause = 'The database does not answer.';
      const { client, warnings } = clientOf({ transport: new FakeTransport(nobody), openLocal: local.open });
      await client.listMemories();
      await client.listMemories();
      assert.deepEqual(
        warnings.map(({ kind }) => kind),
        ['behind-team'],
      );
      assert.match(warnings[0]?.message ?? '', /The database does not answer\./);
    });

    it('keeps the error of the local store, also when it is the class of another bundle', async () => {
      const foreign = Object.assign(new Error('Newer.'), {
        code: 'newer_format',
        outcome: 'not_written',
        retry: 'never',
      });
      const local = new FakeLocal(foreign);
      const { client } = clientOf({ transport: new FakeTransport(nobody), openLocal: local.open });
      assert.equal((await failure(client.addMemory({ content: 'a' }))).code, 'newer_format');
    });

    it('closes the local store also when the call fails', async () => {
      const local = new FakeLocal(new FailingCall(new GreeumError('empty_content', 'Empty.')));
      const { client } = clientOf({ transport: new FakeTransport(nobody), openLocal: local.open });
      assert.equal((await failure(client.addMemory({ content: '' }))).code, 'empty_content');
      assert.equal(local.closed, 1);
    });

    it('opens the store for writing to flush it', async () => {
      const local = new FakeLocal({});
      const { client } = clientOf({ transport: new FakeTransport(nobody), openLocal: local.open });
      await client.flush();
      assert.equal(local.opened[0]?.mode, 'write');
    });
  });

  describe('when the connection breaks', () => {
    it('repeats a write with the same key against whoever is there next', async () => {
      const transport = new FakeTransport(lost, lost, answer(added));
      const { client } = clientOf({ transport, use: 'require' });
      assert.deepEqual(await client.addMemory({ content: 'x' }), added);
      assert.deepEqual(transport.keys, ['key-1', 'key-1', 'key-1']);
    });

    it('takes the local path with the same key when the worker is gone for good', async () => {
      const transport = new FakeTransport(lost, nobody);
      const local = new FakeLocal(added);
      const { client } = clientOf({ transport, use: 'auto', openLocal: local.open });
      assert.equal((await client.callWithRoute('add_memory', { content: 'x' })).via, 'local');
      assert.equal(local.calls[0]?.input['idempotency_key'], 'key-1');
    });

    it('waits for the next owner where a worker is required, and says "unknown" when none comes', async () => {
      const { client } = clientOf({ transport: new FakeTransport(lost, nobody), use: 'require' });
      const error = await failure(client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome, error.retry], ['connection_lost', 'unknown', 'same-key']);
      assert.match(error.hint ?? '', /key-1/);
    });

    it('never calls a write "not written" again, whatever is refused afterwards', async () => {
      for (const later of [refusal('degraded'), refusal('overloaded'), refusal('unauthorized')]) {
        const { client } = clientOf({ transport: new FakeTransport(lost, later), use: 'auto' });
        const error = await failure(client.addMemory({ content: 'x' }));
        assert.deepEqual([error.outcome, error.retry], ['unknown', 'same-key']);
        assert.match(error.hint ?? '', /key-1/);
      }
    });

    it('repeats a read, whose outcome stays "not written"', async () => {
      const { client } = clientOf({ transport: new FakeTransport(lost, nobody), use: 'require' });
      assert.equal((await failure(client.searchMemory({ query: 'x' }))).outcome, 'not_written');
    });

    it('never repeats a stop, which could end the next owner', async () => {
      const transport = new FakeTransport(lost);
      const { client } = clientOf({ transport });
      assert.equal((await failure(client.stop())).code, 'connection_lost');
      assert.equal(transport.sent.length, 1);
    });

    it('repeats a write that the owner itself lost sight of, and passes that on when it happens again', async () => {
      const unknown = refusal('internal', { outcome: 'unknown', retry: 'same-key' });
      const once = new FakeTransport(unknown, answer(added));
      assert.deepEqual(await clientOf({ transport: once }).client.addMemory({ content: 'x' }), added);
      const always = new FakeTransport(unknown);
      const error = await failure(clientOf({ transport: always }).client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome, always.sent.length], ['internal', 'unknown', 3]);
    });

    it('goes on with the next owner when this one is stopping', async () => {
      const transport = new FakeTransport(refusal('worker_stopping'), nobody, answer(added));
      const { client } = clientOf({ transport, use: 'require' });
      assert.deepEqual(await client.addMemory({ content: 'x' }), added);
    });

    it('comes back to an owner that has too many callers, and does not write beside it', async () => {
      const local = new FakeLocal(added);
      const transport = new FakeTransport(busy, busy, answer(added));
      const { client } = clientOf({ transport, use: 'auto', openLocal: local.open });
      assert.equal((await client.callWithRoute('add_memory', { content: 'x' })).via, 'worker');
      assert.deepEqual(local.opened, []);
    });
  });

  describe('with a configured endpoint', () => {
    const endpoint = 'http://127.0.0.1:4999/t0ken/mcp';

    it('asks there before the own socket', async () => {
      const transport = new FakeTransport(answer(added));
      await clientOf({ transport, endpoint }).client.addMemory({ content: 'x' });
      assert.deepEqual(transport.sent[0]?.endpoint, { kind: 'tcp', host: '127.0.0.1', port: 4999, prefix: '/t0ken' });
    });

    it('goes on without it under "auto", with one warning that hides the token', async () => {
      const local = new FakeLocal(added);
      const transport = new FakeTransport(nobody);
      const { client, warnings } = clientOf({ transport, endpoint, use: 'auto', openLocal: local.open });
      await client.addMemory({ content: 'x' });
      await client.addMemory({ content: 'y' });
      assert.deepEqual(
        warnings.map(({ kind }) => kind),
        ['endpoint-unreachable', 'no-worker'],
      );
      assert.ok(!JSON.stringify(warnings).includes('t0ken'));
    });

    it('fails with worker_unreachable under "require", without asking anybody else', async () => {
      const transport = new FakeTransport(nobody);
      const error = await failure(clientOf({ transport, endpoint, use: 'require' }).client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome, transport.sent.length], ['worker_unreachable', 'not_written', 1]);
      assert.ok(!error.message.includes('t0ken'));
    });

    it('stops that worker or none', async () => {
      const transport = new FakeTransport(nobody);
      const error = await failure(clientOf({ transport, endpoint, use: 'auto' }).client.stop());
      assert.deepEqual([error.code, transport.sent.length], ['worker_unreachable', 1]);
    });

    it('where another kind of server answers, is told from a failed write', async () => {
      const rpc = { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } };
      for (const [status, body] of [
        [200, JSON.stringify(rpc)],
        [404, '<html>'],
        [405, ''],
      ] as const) {
        const transport = new FakeTransport({ kind: 'answer', status, body });
        const error = await failure(clientOf({ transport, endpoint }).client.addMemory({ content: 'x' }));
        assert.deepEqual([error.code, error.outcome], ['worker_unreachable', 'not_written']);
      }
    });

    it('that refuses the token says so', async () => {
      const transport = new FakeTransport({ kind: 'answer', status: 401, body: '' });
      const error = await failure(clientOf({ transport, endpoint }).client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome], ['unauthorized', 'not_written']);
    });

    it('whose answer cannot be read leaves the outcome open', async () => {
      const transport = new FakeTransport({ kind: 'answer', status: 200, body: '{"jsonrpc":"2.0"' });
      const error = await failure(clientOf({ transport, endpoint }).client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome, error.retry], ['internal', 'unknown', 'same-key']);
    });

    it('never writes elsewhere what may have been written there', async () => {
      const local = new FakeLocal(added);
      const transport = new FakeTransport(lost, nobody);
      const { client } = clientOf({ transport, endpoint, use: 'auto', openLocal: local.open });
      const error = await failure(client.addMemory({ content: 'x' }));
      assert.deepEqual([error.outcome, local.opened], ['unknown', []]);
      assert.ok(transport.sent.every((sent) => sent.endpoint.kind === 'tcp'));
    });

    it('that is wrong is an error and no reason to fall back', async () => {
      const local = new FakeLocal(added);
      const { client } = clientOf({
        transport: new FakeTransport(nobody),
        endpoint: 'http://10.1.1.1/mcp',
        openLocal: local.open,
      });
      assert.equal((await failure(client.addMemory({ content: 'x' }))).code, 'not_loopback');
      assert.deepEqual(local.opened, []);
    });
  });

  describe('beside another writer', () => {
    it('waits for a local writer that holds the lock for a moment', async () => {
      const local = new FakeLocal(lockBusy(99), lockBusy(99), added);
      const { client } = clientOf({ transport: new FakeTransport(nobody), use: 'auto', openLocal: local.open });
      assert.equal((await client.callWithRoute('add_memory', { content: 'x' })).via, 'local');
    });

    it('goes through a worker that came up meanwhile', async () => {
      const local = new FakeLocal(lockBusy(99));
      const transport = new FakeTransport(nobody, answer(added));
      const { client } = clientOf({ transport, use: 'auto', openLocal: local.open });
      assert.equal((await client.callWithRoute('add_memory', { content: 'x' })).via, 'worker');
    });

    it('gives up at the deadline with lock_busy and the process that holds the lock', async () => {
      const local = new FakeLocal(lockBusy(99));
      for (const use of ['auto', 'never'] as const) {
        const { client } = clientOf({ transport: new FakeTransport(nobody), use, openLocal: local.open });
        const error = await failure(client.addMemory({ content: 'x' }, { timeoutMs: 2_000 }));
        assert.deepEqual([error.code, error.outcome], ['lock_busy', 'not_written']);
        assert.match(error.message, /99/);
      }
    });

    it('refuses under "never" to write around a worker, naming its process', async () => {
      const local = new FakeLocal(lockBusy(99));
      const transport = new FakeTransport(answer(workerStatus({ pid: 4711 })));
      const { client } = clientOf({ transport, use: 'never', openLocal: local.open });
      const error = await failure(client.addMemory({ content: 'x' }));
      assert.deepEqual([error.code, error.outcome], ['worker_running', 'not_written']);
      assert.match(error.message, /4711/);
      assert.deepEqual(
        transport.sent.map(({ method }) => method),
        ['greeum/worker_status'],
      );
    });
  });

  describe('and time', () => {
    it('calls a write that was sent and not answered "unknown"', async () => {
      const { client } = clientOf({ transport: new FakeTransport(hangs) });
      const error = await failure(client.addMemory({ content: 'x' }, { timeoutMs: 100 }));
      assert.deepEqual([error.code, error.outcome, error.retry], ['timeout', 'unknown', 'same-key']);
    });

    it('calls a write that its caller gave up before it was sent "not written"', async () => {
      const transport = new FakeTransport(answer(added));
      const { client } = clientOf({ transport });
      const error = await failure(client.addMemory({ content: 'x' }, { signal: AbortSignal.abort() }));
      assert.deepEqual([error.code, error.outcome, transport.sent.length], ['timeout', 'not_written', 0]);
    });

    it('gives up when its caller does', async () => {
      const { client } = clientOf({ transport: new FakeTransport(hangs) });
      const controller = new AbortController();
      const call = client.addMemory({ content: 'x' }, { signal: controller.signal });
      controller.abort();
      assert.equal((await failure(call)).outcome, 'unknown');
    });

    it('gives up all calls when it is closed, and takes no more', async () => {
      const transport = new FakeTransport(hangs);
      const { client } = clientOf({ transport });
      const call = client.addMemory({ content: 'x' });
      client.close();
      assert.equal((await failure(call)).outcome, 'unknown');
      assert.equal((await failure(client.addMemory({ content: 'y' }))).outcome, 'not_written');
      assert.ok(transport.isClosed);
    });

    it('leaves no timer behind', async () => {
      const timing = new FakeTiming();
      const { client } = clientOf({ transport: new FakeTransport(lost, answer(added)), use: 'require', timing });
      await client.addMemory({ content: 'x' });
      assert.equal(timing.pending, 0);
    });
  });

  describe('whose host knows better', () => {
    it('fails with the reason of the host when nobody is there', async () => {
      const { client } = clientOf({
        transport: new FakeTransport(nobody),
        use: 'require',
        whenNoOwner: () => new GreeumError('not_a_database', 'No database.'),
      });
      assert.equal((await failure(client.addMemory({ content: 'x' }))).code, 'not_a_database');
    });

    it('waits while the host says that somebody is about to be there', async () => {
      const transport = new FakeTransport(nobody, nobody, nobody, answer(added));
      const { client } = clientOf({ transport, use: 'require', whenNoOwner: () => null });
      assert.deepEqual(await client.addMemory({ content: 'x' }), added);
    });
  });

  it('takes its way from GREEUM_USE_WORKER, and refuses a value it does not know', async () => {
    const required = clientOf({ transport: new FakeTransport(nobody), env: { GREEUM_USE_WORKER: 'require' } });
    assert.equal((await failure(required.client.addMemory({ content: 'x' }))).code, 'worker_required');
    assert.throws(
      () => clientOf({ transport: new FakeTransport(nobody), env: { GREEUM_USE_WORKER: 'maybe' } }),
      (error: GreeumError) => error.code === 'invalid_argument',
    );
  });
});
