import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import type { EmbeddingStatus } from '../../src/protocol/embedding.js';
import { EmbeddingServer, sendVectors } from '../support/embeddingServer.js';
import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { sqlite3 } from '../support/sqliteProcess.js';
import { writeStaticModel } from '../support/staticModel.js';
import { WorkerCalls } from '../support/workerCalls.js';
import { waitFor } from '../vscode/harness/waitFor.js';

const TEXTS = ['The ferry leaves at noon.', 'A crate of apples went bad.', 'Nobody fed the parrot.'];
const DEADLINE_MS = 30_000;

describe('vectors of a worker', () => {
  let folder: { path: string; remove: () => void };
  let server: EmbeddingServer;
  let worker: WorkerProcess | null = null;
  let calls: WorkerCalls;

  beforeEach(async () => {
    folder = scratchFolder();
    server = await EmbeddingServer.start();
  });

  afterEach(async () => {
    await worker?.end('SIGKILL');
    worker = null;
    await server.stop();
    folder.remove();
  });

  async function start(env: Readonly<Record<string, string>>): Promise<void> {
    worker = await WorkerProcess.start(folder.path, [], undefined, env);
    calls = new WorkerCalls(folder.path);
  }

  async function restart(signal: 'SIGTERM' | 'SIGKILL', env: Readonly<Record<string, string>>): Promise<void> {
    await worker?.end(signal);
    await start(env);
  }

  const fromServer = (model = 'words'): Record<string, string> => ({
    GREEUM_EMBEDDING_URL: server.url,
    GREEUM_EMBEDDING_MODEL: model,
    GREEUM_EMBEDDING_KEY: 's3cret',
  });

  async function embedding(): Promise<EmbeddingStatus> {
    const { embedding: status } = await calls.call('worker_status', {});
    assert.ok(status !== null);
    return status;
  }

  async function until(what: string, isSo: (status: EmbeddingStatus) => boolean): Promise<EmbeddingStatus> {
    let last: EmbeddingStatus | null = null;
    await waitFor(what, async () => isSo((last = await embedding())), { timeoutMs: DEADLINE_MS });
    assert.ok(last !== null);
    return last;
  }

  const isReady = ({ state, embedded, total }: EmbeddingStatus): boolean => state === 'ready' && embedded === total;

  async function found(query: string): Promise<number[]> {
    const { results } = await calls.call('search_memory', { query, neighbours: false });
    return results.map(({ block_index }) => block_index);
  }

  it('find what has none of the words, and lie in the file as Python reads them', async () => {
    server.synonyms.set('boat', 'ferry').set('sails', 'leaves');
    await start(fromServer());
    for (const text of TEXTS) await calls.add(text);
    await until('all vectors', isReady);
    assert.deepEqual((await found('boat sails'))[0], 0);
    assert.equal(server.requests[0]?.authorization, 'Bearer s3cret');
    await calls.call('flush', {});
    const rows = sqlite3(
      join(folder.path, 'data', 'memory.db'),
      'SELECT block_index, embedding_model, embedding_dim, length(embedding) FROM block_embeddings',
    );
    assert.equal(rows, '0|words|32|128\n1|words|32|128\n2|words|32|128');
  });

  it('come from a static model in a folder as well', async () => {
    const model = join(folder.path, 'tiny-model');
    mkdirSync(model);
    writeStaticModel(model, { ferry: [1, 0, 0], boat: [0.9, 0.1, 0], crate: [0, 1, 0], parrot: [0, 0, 1] });
    await start({ GREEUM_EMBEDDING_FOLDER: model });
    for (const text of TEXTS) await calls.add(text);
    const status = await until('all vectors', isReady);
    assert.match(status.model, /^tiny-model@[0-9a-f]{8}$/);
    assert.equal(status.dimension, 3);
    assert.deepEqual(await found('boat'), [0]);
  });

  it('keep no memory waiting while the server is down, and come when it is there', async () => {
    const { port } = server;
    const env = fromServer();
    await server.stop();
    await start(env);
    for (const text of TEXTS) assert.equal((await calls.add(text)).status, 'added');
    const waiting = await until('an unreachable server', ({ state }) => state === 'waiting');
    assert.match(waiting.problem ?? '', /cannot be reached/);
    const { results, meaning } = await calls.call('search_memory', { query: 'parrot' });
    assert.deepEqual([results[0]?.block_index, meaning], [2, 'none']);
    server = await EmbeddingServer.start(port);
    await until('all vectors', isReady);
  });

  it('go on where kill -9 ended them', async () => {
    await start({});
    for (let at = 0; at < 80; at++) await calls.add(`Memory number ${at} is about topic ${at * 7}.`);
    let answered = 0;
    server.behaviour = (request, response) => {
      if (answered >= 32) return true;
      answered += request.input.length;
      sendVectors(
        response,
        request.input.map((text) => server.vectorOf(text)),
      );
      return true;
    };
    await restart('SIGKILL', fromServer());
    const before = await until('some vectors', ({ embedded }) => embedded >= 32);
    assert.ok(before.embedded < 80);
    const asked = server.requests.length;
    server.behaviour = () => false;
    await restart('SIGKILL', fromServer());
    await until('all vectors', isReady);
    const askedAgain = server.requests.slice(asked).flatMap(({ input }) => input);
    const texts = askedAgain.filter((text) => text.startsWith('Memory number'));
    assert.equal(texts.length, 80 - before.embedded);
    assert.equal(new Set(texts).size, texts.length);
    assert.equal((await calls.call('verify', {})).ok, true);
  });

  it('are made again when somebody asks for it, and no further when whoever asked hangs up', async () => {
    await start(fromServer());
    for (let at = 0; at < 80; at++) await calls.add(`Memory number ${at} is about topic ${at * 7}.`);
    await until('all vectors', isReady);
    const asked = (): number => server.requests.flatMap(({ input }) => input).length;
    const before = asked();
    assert.deepEqual(await calls.call('reembed', {}), {
      status: 'reembedded',
      model: 'words',
      embedded: 80,
      refused: 0,
    });
    assert.ok(asked() - before >= 80);

    // The second batch is held until the caller has gone.
    const client = new WriteServiceClient({ dataDir: folder.path, source: 'api', use: 'require' });
    const giveUp = new AbortController();
    const { clients } = await calls.call('worker_status', {});
    let batches = 0;
    let letGo: () => void = () => undefined;
    server.behaviour = (request, response) => {
      batches += 1;
      if (batches === 2) {
        letGo = () =>
          sendVectors(
            response,
            request.input.map((text) => server.vectorOf(text)),
          );
        giveUp.abort();
        return true;
      }
      return false;
    };
    await assert.rejects(client.call('reembed', {}, { signal: giveUp.signal }), { code: 'timeout' });
    const connections = async (): Promise<number> => (await calls.call('worker_status', {})).clients;
    await waitFor('the hang-up', async () => (await connections()) <= clients, { timeoutMs: DEADLINE_MS });
    // The writer has heard of it when it answers what was asked later.
    await calls.call('get_memory_stats', {});
    letGo();
    await until('all vectors', isReady);
    client.close();
    assert.equal(batches, 2);
    assert.equal((await calls.call('verify', {})).ok, true);
  });

  it('are made anew by another model, and of another dimension, and never mixed', async () => {
    await start(fromServer());
    for (const text of TEXTS) await calls.add(text);
    await until('all vectors', isReady);
    await restart('SIGTERM', fromServer('other'));
    await until('all vectors of the other model', (status) => isReady(status) && status.model === 'other');
    server.dimension = 48;
    await calls.add('The fourth memory comes when the model has changed under its name.');
    await until('all vectors of the new dimension', (status) => isReady(status) && status.dimension === 48);
    await calls.call('flush', {});
    const rows = sqlite3(
      join(folder.path, 'data', 'memory.db'),
      'SELECT DISTINCT embedding_model, embedding_dim, length(embedding) FROM block_embeddings',
    );
    assert.equal(rows, 'other|48|192');
  });

  it('do not come without a model, and searches say nothing of meaning', async () => {
    await start({});
    for (const text of TEXTS) await calls.add(text);
    assert.equal((await calls.call('worker_status', {})).embedding, null);
    assert.equal('meaning' in (await calls.call('search_memory', { query: 'parrot' })), false);
  });
});
