import assert from 'node:assert/strict';

import { embeddingsUrl, ServerFailure, ServerProvider } from '../../../src/embedding/serverProvider.js';
import { EmbeddingServer, sendVectors } from '../../support/embeddingServer.js';

describe('vectors from a server', () => {
  let server: EmbeddingServer;

  beforeEach(async () => {
    server = await EmbeddingServer.start();
  });

  afterEach(() => server.stop());

  function provider(key: string | null = null, timeoutMs?: number): ServerProvider {
    return new ServerProvider({ kind: 'server', url: server.url, model: 'words', key }, timeoutMs);
  }

  function embed(...texts: readonly string[]): Promise<(Float32Array | null)[]> {
    return provider().embed(texts, new AbortController().signal);
  }

  const fails = (message: RegExp) => (error: unknown) =>
    error instanceof ServerFailure && error.code === 'embedding_failed' && message.test(error.message);

  it('come in the order of the texts, of length one', async () => {
    const [first, second] = await embed('one two', 'three');
    assert.deepEqual(
      [first, second].map((vector) => Math.fround(Math.hypot(...(vector ?? [])))),
      [1, 1],
    );
    assert.equal(second?.indexOf(1), server.vectorOf('three').indexOf(1));
  });

  it('are asked for with the model’s name and the key', async () => {
    await provider('s3cret').embed(['one', 'two'], new AbortController().signal);
    const [request] = server.requests;
    assert.deepEqual(request?.input, ['one', 'two']);
    assert.deepEqual([request?.path, request?.model], ['/v1/embeddings', 'words']);
    assert.equal(request?.authorization, 'Bearer s3cret');
  });

  it('are found under every usual form of the address', () => {
    for (const given of ['http://host:1', 'http://host:1/', 'http://host:1/v1', 'http://host:1/v1/embeddings/']) {
      assert.equal(embeddingsUrl(given).href, 'http://host:1/v1/embeddings');
    }
  });

  it('come for all other texts when the server refuses one, and for the beginning of one that is too long', async () => {
    server.behaviour = ({ input }, response) => {
      const isRefused = input.some((text) => text.includes('forbidden') || text.length > 3_000);
      if (isRefused) response.writeHead(400).end('too long');
      return isRefused;
    };
    const vectors = await embed('one', 'forbidden', 'three', 'word '.repeat(1_000), 'five');
    assert.deepEqual(
      vectors.map((vector) => vector !== null),
      [true, false, true, true, true],
    );
  });

  it('fail with the time that the server asks for', async () => {
    server.behaviour = (_, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end();
      return true;
    };
    await assert.rejects(embed('one'), (error) => fails(/status 429/)(error) && retryAfter(error) === 7_000);
  });

  const retryAfter = (error: unknown): number | null => (error instanceof ServerFailure ? error.retryAfterMs : null);

  it('say what to do about a key that is missing or wrong', async () => {
    server.behaviour = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    await assert.rejects(
      embed('one'),
      (error) => fails(/401/)(error) && /KEY/.test((error as ServerFailure).hint ?? ''),
    );
  });

  it('are not waited for without end', async () => {
    server.behaviour = () => true;
    const late = provider(null, 20).embed(['one'], new AbortController().signal);
    await assert.rejects(late, fails(/within 20 ms/));
  });

  it('do not follow the server to another address', async () => {
    server.behaviour = (_, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
      return true;
    };
    await assert.rejects(embed('one'), fails(/cannot be reached/));
    assert.equal(server.requests.length, 1);
  });

  it('fail when nobody listens', async () => {
    const { url } = server;
    await server.stop();
    const lonely = new ServerProvider({ kind: 'server', url, model: 'words', key: null });
    await assert.rejects(lonely.embed(['one'], new AbortController().signal), fails(/cannot be reached/));
    server = await EmbeddingServer.start();
  });

  it('are refused when they are no vectors, too few, too many, or of different dimensions', async () => {
    const answers: [string, RegExp][] = [
      ['<html>', /not JSON/],
      ['{}', /no list/],
      ['{"data":[null]}', /no list/],
      ['{"data":[]}', /0 vectors for 1/],
      ['{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}', /2 vectors for 1/],
      ['{"data":[{"index":3,"embedding":[1]}]}', /no order/],
      ['{"data":[{"index":0,"embedding":[]}]}', /no vector/],
      ['{"data":[{"index":0,"embedding":["1"]}]}', /no vector/],
      ['{"data":[{"index":0,"embedding":[1e999]}]}', /no vector/],
    ];
    for (const [body, message] of answers) {
      server.behaviour = (_, response) => {
        response.end(body);
        return true;
      };
      await assert.rejects(embed('one'), fails(message));
    }
    server.behaviour = (_, response) => {
      sendVectors(response, [[1, 2], [1]]);
      return true;
    };
    await assert.rejects(embed('one', 'two'), fails(/different dimensions/));
  });

  it('are read to a bound, whatever the server sends', async () => {
    server.behaviour = (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      const more = (): void => void (response.destroyed ? undefined : response.write(chunk, () => setImmediate(more)));
      more();
      return true;
    };
    await assert.rejects(embed('one'), fails(/larger than/));
  });
});
