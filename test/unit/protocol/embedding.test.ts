import assert from 'node:assert/strict';

import { embeddingFrom, readEmbedding } from '../../../src/protocol/embedding.js';
import { GreeumError } from '../../../src/protocol/errors.js';

const isBad = (message: RegExp) => (error: unknown) =>
  error instanceof GreeumError && error.code === 'invalid_argument' && message.test(error.message);

describe('the configuration of vectors', () => {
  it('is none unless something is given', () => {
    assert.equal(readEmbedding({}), null);
    assert.equal(readEmbedding({ url: '  ', key: 'left over' }), null);
    assert.equal(embeddingFrom({}), null);
  });

  it('is a folder, or a server with a model', () => {
    assert.deepEqual(readEmbedding({ folder: '/m' }), { kind: 'folder', folder: '/m' });
    assert.deepEqual(readEmbedding({ url: 'http://[::1]:1/v1', model: 'm', key: 'k' }), {
      kind: 'server',
      url: 'http://[::1]:1/v1',
      model: 'm',
      key: 'k',
    });
  });

  it('is refused when it says two things, or half of one', () => {
    assert.throws(() => readEmbedding({ folder: '/m', url: 'http://127.0.0.1' }), isBad(/a server and a folder/));
    assert.throws(() => readEmbedding({ url: 'http://127.0.0.1' }), isBad(/no model/));
    assert.throws(() => readEmbedding({ model: 'm' }), isBad(/no server/));
    assert.throws(() => readEmbedding({ url: 'localhost', model: 'm' }), isBad(/is not one/));
    assert.throws(() => readEmbedding({ url: 'file:///etc', model: 'm' }), isBad(/is not one/));
  });

  it('sends no key over a network in the clear, and takes none in an address', () => {
    const remote = { url: 'http://models.example/v1', model: 'm' };
    assert.throws(() => readEmbedding({ ...remote, key: 'k' }), isBad(/in the clear/));
    assert.notEqual(readEmbedding(remote), null);
    assert.notEqual(readEmbedding({ ...remote, url: 'https://models.example/v1', key: 'k' }), null);
    assert.throws(() => readEmbedding({ ...remote, url: 'https://u:p@models.example' }), isBad(/a password/));
  });

  it('comes from variables, unless flags or settings say something', () => {
    const env = { GREEUM_EMBEDDING_URL: 'http://127.0.0.1:1', GREEUM_EMBEDDING_MODEL: 'm', GREEUM_EMBEDDING_KEY: 'k' };
    assert.deepEqual(embeddingFrom(env), { kind: 'server', url: 'http://127.0.0.1:1', model: 'm', key: 'k' });
    assert.deepEqual(embeddingFrom(env, { folder: '/m' }), { kind: 'folder', folder: '/m' });
    const other = embeddingFrom(env, { url: 'http://127.0.0.1:2', model: 'n' });
    assert.deepEqual(other, { kind: 'server', url: 'http://127.0.0.1:2', model: 'n', key: 'k' });
  });
});
