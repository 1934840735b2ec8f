import assert from 'node:assert/strict';
import { needsRestart, resolveSettings, type RawSettings } from '../../../src/extension/workerSettings.js';

const unset: RawSettings = {
  dataDir: '',
  autoStart: undefined,
  httpEnabled: undefined,
  httpPort: undefined,
  secrets: undefined,
  embedding: { url: '', model: '', folder: '', key: null },
  storage: { url: '', password: null, whenUnreachable: 'refuse' },
};
const resolve = (raw: Partial<RawSettings>, env = {}) => resolveSettings({ ...unset, ...raw }, env, '/home/ada');

describe('resolveSettings', () => {
  it('has a default for everything', () => {
    assert.deepEqual(resolve({}), {
      dataDir: '/home/ada/.greeum',
      autoStart: true,
      http: { enabled: true, port: null },
      secrets: 'redact',
      embedding: null,
      embeddingProblem: null,
      storage: null,
    });
  });

  it('prefers the setting over the environment', () => {
    const env = { GREEUM_DATA_DIR: '/env' };
    assert.equal(resolve({}, env).dataDir, '/env');
    assert.equal(resolve({ dataDir: '~/notes' }, env).dataDir, '/home/ada/notes');
    assert.equal(resolve({ dataDir: 'notes' }, env).dataDir, '/home/ada/notes');
  });

  it('takes nonsense for not set', () => {
    for (const httpPort of [0, -1, 1.5, 65536, '8820', {}, NaN]) assert.equal(resolve({ httpPort }).http.port, null);
    assert.equal(resolve({ dataDir: 42 }).dataDir, '/home/ada/.greeum');
    assert.equal(resolve({ autoStart: 'no' }).autoStart, true);
    assert.equal(resolve({ httpPort: 9000 }).http.port, 9000);
  });
});

describe('the settings for vectors', () => {
  const none = unset.embedding;

  it('name a server and its model, or a folder that starts at home', () => {
    const server = { ...none, url: 'http://127.0.0.1:1/v1', model: 'm', key: 'k' };
    assert.deepEqual(resolve({ embedding: server }).embedding, {
      kind: 'server',
      url: server.url,
      model: 'm',
      key: 'k',
    });
    const folder = resolve({ embedding: { ...none, folder: '~/models/potion' } }).embedding;
    assert.deepEqual(folder, { kind: 'folder', folder: '/home/ada/models/potion' });
  });

  it('say what is wrong with them, and make no vectors then', () => {
    const { embedding, embeddingProblem } = resolve({ embedding: { ...none, url: 'http://127.0.0.1:1' } });
    assert.equal(embedding, null);
    assert.match(embeddingProblem ?? '', /a server and no model/);
  });

  it('leave it to the environment when they are empty', () => {
    assert.deepEqual(resolve({}, { GREEUM_EMBEDDING_FOLDER: '/m' }).embedding, { kind: 'folder', folder: '/m' });
  });
});

describe('the settings for a team', () => {
  const url = 'postgres://ada@db.example/team';
  const env = { GREEUM_STORAGE_URL: 'postgres://ada@env/team', GREEUM_STORAGE_PASSWORD: 'of the environment' };
  const whenUnreachable = 'refuse';
  const storage = (given: unknown, password: string | null = null, unreachable: unknown = whenUnreachable) => ({
    storage: { url: given, password, whenUnreachable: unreachable },
  });

  it('name the database, with the password of the secret storage', () => {
    const none = { password: undefined, whenUnreachable };
    assert.deepEqual(resolve(storage(` ${url} `)).storage, { url, ...none });
    assert.deepEqual(resolve(storage(url, 'p'), env).storage, { url, password: 'p', whenUnreachable });
  });

  it('leave it to the environment when they are empty, and take a password from there that nothing else gives', () => {
    const password = 'of the environment';
    assert.deepEqual(resolve({}, env).storage, { url: env.GREEUM_STORAGE_URL, password, whenUnreachable });
    assert.equal(resolve(storage(null, 'p'), env).storage?.password, password);
    assert.deepEqual(resolve(storage(url), env).storage, { url, password, whenUnreachable });
  });

  it('are not taken for empty when they make no sense: nothing must go to another memory', () => {
    assert.equal(resolve(storage('db.example'), env).storage?.url, 'db.example');
    assert.equal(resolve(storage(42)).storage?.url, '42');
  });

  it('queue only where that is said, here or by the environment that names the database', () => {
    const queueing = { ...env, GREEUM_STORAGE_WHEN_UNREACHABLE: ' Queue ' };
    const chosen = (given: Parameters<typeof resolve>[0], of = {}): unknown =>
      resolve(given, of).storage?.whenUnreachable;
    assert.equal(chosen(storage(url, null, 'queue')), 'queue');
    assert.equal(chosen(storage(url, null, 'later'), queueing), 'refuse');
    assert.equal(chosen({}, queueing), 'queue');
    assert.equal(chosen({}, { ...env, GREEUM_STORAGE_WHEN_UNREACHABLE: 'later' }), 'refuse');
  });
});

describe('needsRestart', () => {
  it('is for what the worker was started with', () => {
    const before = resolve({});
    assert.equal(needsRestart(before, resolve({ autoStart: false })), false);
    assert.equal(needsRestart(before, resolve({ dataDir: '/other' })), true);
    assert.equal(needsRestart(before, resolve({ httpEnabled: false })), true);
    assert.equal(needsRestart(before, resolve({ httpPort: 9000 })), true);
    const folder = { ...unset.embedding, folder: '/m' };
    assert.equal(needsRestart(before, resolve({ embedding: folder })), true);
    const team = resolve({ storage: { url: 'postgres://ada@db/team', password: null, whenUnreachable: 'refuse' } });
    assert.equal(needsRestart(before, team), true);
    const known = resolve({ storage: { url: 'postgres://ada@db/team', password: 'p', whenUnreachable: 'refuse' } });
    assert.deepEqual([needsRestart(team, known), needsRestart(known, known)], [true, false]);
  });
});
