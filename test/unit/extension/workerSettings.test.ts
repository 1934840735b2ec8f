import assert from 'node:assert/strict';
import { needsRestart, resolveSettings, type RawSettings } from '../../../src/extension/workerSettings.js';

const unset: RawSettings = {
  dataDir: '',
  autoStart: undefined,
  httpEnabled: undefined,
  httpPort: undefined,
  secrets: undefined,
};
const resolve = (raw: Partial<RawSettings>, env = {}) => resolveSettings({ ...unset, ...raw }, env, '/home/ada');

describe('resolveSettings', () => {
  it('has a default for everything', () => {
    assert.deepEqual(resolve({}), {
      dataDir: '/home/ada/.greeum',
      autoStart: true,
      http: { enabled: true, port: null },
      secrets: 'redact',
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

describe('needsRestart', () => {
  it('is for what the worker was started with', () => {
    const before = resolve({});
    assert.equal(needsRestart(before, resolve({ autoStart: false })), false);
    assert.equal(needsRestart(before, resolve({ dataDir: '/other' })), true);
    assert.equal(needsRestart(before, resolve({ httpEnabled: false })), true);
    assert.equal(needsRestart(before, resolve({ httpPort: 9000 })), true);
  });
});
