import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { locateMemory, type MemoryLocation } from '../../../src/client/dataDirectory.js';
import { findCandidates, readDiscovery } from '../../../src/client/discovery.js';
import { describeEndpoint } from '../../../src/client/endpoint.js';
import type { Discovery } from '../../../src/protocol/discovery.js';
import { layoutOf } from '../../../src/storage/layout.js';

const location: MemoryLocation = {
  dataDir: '/memory',
  folder: '/memory/data',
  socket: '/memory/data/run/worker.sock',
  discoveryFile: '/memory/worker_state.json',
};
const record: Discovery = {
  endpoint: 'http://127.0.0.1:8820/t0ken/mcp',
  socket: '/tmp/other.sock',
  // A process that is certainly alive.
  pid: process.pid,
  started_at: '2025-01-01T00:00:00Z',
  semantic: false,
  log: '',
  epoch: 1,
  version: '0',
  host: 'cli',
};

function origins(...parameters: Parameters<typeof findCandidates>): string[] {
  return findCandidates(...parameters).map(({ origin, endpoint }) => `${origin} ${describeEndpoint(endpoint)}`);
}

describe('discovery', () => {
  const env = { GREEUM_WORKER_ENDPOINT: 'unix:/w', GREEUM_MCP_HTTP: 'http://127.0.0.1:9/m/mcp' };

  it('asks the explicit argument first, then the own socket, then the discovery file', () => {
    assert.deepEqual(origins(location, env, 'unix:/explicit', record), [
      'argument /explicit',
      'socket /memory/data/run/worker.sock',
      'discovery-file /tmp/other.sock',
      'discovery-file http://127.0.0.1:8820/mcp',
    ]);
  });

  it('prefers GREEUM_WORKER_ENDPOINT to GREEUM_MCP_HTTP, and either to the own socket', () => {
    assert.equal(origins(location, env, undefined, null)[0], 'GREEUM_WORKER_ENDPOINT /w');
    const httpOnly = { ...env, GREEUM_WORKER_ENDPOINT: ' ' };
    assert.equal(origins(location, httpOnly, undefined, null)[0], 'GREEUM_MCP_HTTP http://127.0.0.1:9/mcp');
  });

  it('names each place once', () => {
    const same = { ...record, socket: location.socket ?? '' };
    assert.equal(findCandidates(location, {}, undefined, same).length, 2);
  });

  it('takes a configured endpoint for ours only where the data directory names it too', () => {
    const foreign = findCandidates(location, {}, 'unix:/explicit', record)[0];
    const own = findCandidates(location, {}, record.endpoint, record)[0];
    assert.deepEqual([foreign?.isOurs, own?.isOurs], [false, true]);
  });

  it('leaves out the URL of a dead process, because anyone may listen there by now', () => {
    const dead = { ...record, pid: 2 ** 30 };
    assert.ok(!origins(location, {}, undefined, dead).some((text) => text.includes('http:')));
  });

  it('leaves out a URL without a token, and one on another machine', () => {
    for (const endpoint of ['http://127.0.0.1:8820/mcp', 'http://10.0.0.1:8820/t/mcp', 'nonsense']) {
      assert.ok(!origins(location, {}, undefined, { ...record, endpoint }).some((text) => text.includes('http:')));
    }
  });
});

describe('the data directory', () => {
  let folder: string;
  beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'greeum-client-')))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the same place through a symbolic link, before and after it is made', () => {
    mkdirSync(path.join(folder, 'real'));
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    const before = locateMemory(path.join(folder, 'link', 'memory'), {});
    assert.equal(before.dataDir, path.join(folder, 'real', 'memory'));
    mkdirSync(path.join(folder, 'real', 'memory', 'data'), { recursive: true });
    assert.deepEqual(locateMemory(path.join(folder, 'link', 'memory'), {}), before);
  });

  it('holds memory.db itself where an older install put it there', () => {
    assert.equal(locateMemory(folder, {}).folder, path.join(folder, 'data'));
    writeFileSync(path.join(folder, 'memory.db'), '');
    assert.equal(locateMemory(folder, {}).folder, folder);
  });

  it('holds memory.db itself where there is one in both places, for every process that looks', () => {
    const inData = path.join(folder, 'data');
    mkdirSync(inData);
    writeFileSync(path.join(inData, 'memory.db'), 'the newer of the two');
    assert.deepEqual([locateMemory(folder, {}).folder, layoutOf(folder).folder], [inData, inData]);
    writeFileSync(path.join(folder, 'memory.db'), '');
    assert.deepEqual([locateMemory(folder, {}).folder, layoutOf(folder).folder], [folder, folder]);
    assert.equal(locateMemory(undefined, { GREEUM_DATA_DIR: folder }).folder, folder);
  });

  it('comes from the argument, else from GREEUM_DATA_DIR, else lies in the home folder', () => {
    const env = { GREEUM_DATA_DIR: path.join(folder, 'env') };
    assert.equal(locateMemory(path.join(folder, 'arg'), env).dataDir, path.join(folder, 'arg'));
    assert.equal(locateMemory(undefined, env).dataDir, path.join(folder, 'env'));
    assert.match(locateMemory(undefined, {}).dataDir, /\.greeum$/);
  });

  it('has no socket where neither path would fit, and says nothing more about it', () => {
    const deep = path.join(folder, 'x'.repeat(90));
    const socket = locateMemory(deep, {}).socket;
    assert.ok(socket === null || !socket.startsWith(deep));
  });

  it('takes a discovery file that is no record for none at all', () => {
    const found = locateMemory(folder, {});
    for (const text of ['', '{"socket":"/x"', '[]', 'null', '{"socket":1,"pid":2,"epoch":3}']) {
      writeFileSync(found.discoveryFile, text);
      assert.equal(readDiscovery(found), null);
    }
    rmSync(found.discoveryFile);
    assert.equal(readDiscovery(found), null);
    mkdirSync(found.discoveryFile);
    assert.equal(readDiscovery(found), null);
  });
});
