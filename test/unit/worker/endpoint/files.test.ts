import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Discovery } from '../../../../src/protocol/discovery.js';
import { readDiscovery, removeDiscovery, writeDiscovery } from '../../../../src/worker/endpoint/discoveryFile.js';
import { loadToken } from '../../../../src/worker/endpoint/token.js';

const isWindows = process.platform === 'win32';
let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'greeum-files-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const mode = (file: string): number => lstatSync(file).mode & 0o777;

describe('the token file', () => {
  const file = (): string => path.join(dir, 'worker.token');

  it('is made with 256 bits, for this user only, and nothing is left beside it', async () => {
    const { token, replacedBecause } = await loadToken(dir);
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(replacedBecause, null);
    assert.deepEqual(readdirSync(dir), ['worker.token']);
    if (!isWindows) assert.equal(mode(file()), 0o600);
  });

  it('is kept, so that a configured agent stays configured', async () => {
    const first = await loadToken(dir);
    assert.deepEqual(await loadToken(dir), first);
  });

  it('holds another token in another directory', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'greeum-files-'));
    try {
      assert.notEqual((await loadToken(dir)).token, (await loadToken(other)).token);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  for (const text of ['', 'short', 'x'.repeat(44), `${'x'.repeat(42)} `]) {
    it(`is replaced when it holds ${JSON.stringify(text)}`, async () => {
      writeFileSync(file(), text, { mode: 0o600 });
      const { token, replacedBecause } = await loadToken(dir);
      assert.match(replacedBecause ?? '', /did not hold a token/);
      assert.equal(readFileSync(file(), 'utf8'), `${token}\n`);
    });
  }

  for (const loosened of [0o644, 0o620, 0o602]) {
    (isWindows ? it.skip : it)(`is replaced when others could open it (${loosened.toString(8)})`, async () => {
      const { token } = await loadToken(dir);
      chmodSync(file(), loosened);
      const again = await loadToken(dir);
      assert.notEqual(again.token, token);
      assert.match(again.replacedBecause ?? '', /open to other users/);
      assert.equal(mode(file()), 0o600);
    });
  }

  (isWindows ? it.skip : it)('is replaced when it is a link, and what the link names stays as it is', async () => {
    const target = path.join(dir, 'elsewhere');
    writeFileSync(target, 'x'.repeat(43), { mode: 0o600 });
    symlinkSync(target, file());
    const { replacedBecause } = await loadToken(dir);
    assert.match(replacedBecause ?? '', /not a plain file/);
    assert.ok(lstatSync(file()).isFile());
    assert.equal(readFileSync(target, 'utf8'), 'x'.repeat(43));
  });
});

describe('the discovery file', () => {
  const discovery: Discovery = {
    endpoint: `http://127.0.0.1:8820/${'t'.repeat(43)}/mcp`,
    socket: '/home/ada/.greeum/data/run/worker.sock',
    pid: 4711,
    started_at: '2026-11-23T10:00:00Z',
    semantic: false,
    log: '',
    epoch: 7,
    version: '0.1.0',
    host: 'cli',
  };
  const file = (): string => path.join(dir, 'worker_state.json');

  it('is written for this user only, and nothing is left beside it', async () => {
    await writeDiscovery(dir, discovery);
    assert.deepEqual(JSON.parse(readFileSync(file(), 'utf8')), discovery);
    assert.deepEqual(await readDiscovery(dir), discovery);
    assert.deepEqual(readdirSync(dir), ['worker_state.json']);
    if (!isWindows) assert.equal(mode(file()), 0o600);
  });

  (isWindows ? it.skip : it)(
    'replaces one that everybody could read, and the left-over of a killed writer',
    async () => {
      writeFileSync(file(), '{}', { mode: 0o644 });
      writeFileSync(`${file()}.${process.pid}.tmp`, '{}', { mode: 0o644 });
      await writeDiscovery(dir, discovery);
      assert.equal(mode(file()), 0o600);
      assert.deepEqual(readdirSync(dir), ['worker_state.json']);
    },
  );

  it('is removed by the owner that it names', async () => {
    await writeDiscovery(dir, discovery);
    await removeDiscovery(dir, discovery);
    assert.deepEqual(readdirSync(dir), []);
    await removeDiscovery(dir, discovery);
  });

  it('stays when it names another owner, or is none of ours', async () => {
    for (const other of [
      { ...discovery, pid: 1 },
      { ...discovery, epoch: 8 },
      { endpoint: 'http://127.0.0.1:8820/mcp', pid: 1 },
    ]) {
      writeFileSync(file(), JSON.stringify(other));
      await removeDiscovery(dir, discovery);
      assert.deepEqual(JSON.parse(readFileSync(file(), 'utf8')), other);
    }
  });

  it('is none when it is missing or half written', async () => {
    assert.equal(await readDiscovery(dir), null);
    writeFileSync(file(), '{"endpoint": "http');
    assert.equal(await readDiscovery(dir), null);
  });
});
