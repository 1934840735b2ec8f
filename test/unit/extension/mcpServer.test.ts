import assert from 'node:assert/strict';
import {
  canUseSocketUri,
  chooseMcpTarget,
  httpConfiguration,
  splitCapabilityUrl,
  stdioConfiguration,
} from '../../../src/extension/mcpServer.js';

const endpoint = 'http://127.0.0.1:8820/0123456789abcdef/mcp';
const both = { socket: '/run/worker.sock', endpoint };

describe('chooseMcpTarget', () => {
  it('takes the socket where the editor can', () => {
    assert.deepEqual(chooseMcpTarget(both, '1.139.1', 'linux'), { kind: 'socket', path: '/run/worker.sock' });
  });

  it('takes HTTP with the token in a header in an editor before 1.105', () => {
    assert.deepEqual(chooseMcpTarget(both, '1.104.3', 'darwin'), {
      kind: 'http',
      url: 'http://127.0.0.1:8820/mcp',
      headers: { Authorization: 'Bearer 0123456789abcdef' },
    });
  });

  it('takes HTTP on Windows, and the pipe when HTTP is off', () => {
    const socket = '\\\\.\\pipe\\greeum-1';
    assert.equal(chooseMcpTarget({ socket, endpoint }, '1.139.1', 'win32')?.kind, 'http');
    assert.deepEqual(chooseMcpTarget({ socket, endpoint: null }, '1.139.1', 'win32'), { kind: 'pipe', name: socket });
  });

  it('offers nothing while there is nothing to reach', () => {
    assert.equal(chooseMcpTarget({ socket: null, endpoint: null }, '1.139.1', 'linux'), null);
    assert.equal(chooseMcpTarget({ ...both, endpoint: null }, '1.101.0', 'linux'), null);
  });
});

describe('canUseSocketUri', () => {
  it('begins with 1.105', () => {
    const answers = ['1.101.0', '1.104.9', '1.105.0', '1.139.1-insider', '2.0.0'].map(canUseSocketUri);
    assert.deepEqual(answers, [false, false, true, true, true]);
  });
});

describe('splitCapabilityUrl', () => {
  it('parts the token from the URL', () => {
    assert.deepEqual(splitCapabilityUrl(endpoint), { url: 'http://127.0.0.1:8820/mcp', token: '0123456789abcdef' });
  });

  it('refuses what is not one', () => {
    for (const text of ['', 'x', 'http://127.0.0.1:8820/mcp', 'unix:/run/worker.sock', 'http://example.org/t/mcp']) {
      assert.equal(splitCapabilityUrl(text), null, text);
    }
  });
});

describe('MCP configurations', () => {
  it('start the command with the data directory of the editor, without a secret', () => {
    const text = stdioConfiguration({
      command: 'greeum',
      args: ['mcp', 'serve'],
      env: { GREEUM_DATA_DIR: '/data' },
    });
    assert.deepEqual(JSON.parse(text), {
      servers: {
        greeum: { type: 'stdio', command: 'greeum', args: ['mcp', 'serve'], env: { GREEUM_DATA_DIR: '/data' } },
      },
    });
  });

  it('give the token of the URL in a header', () => {
    assert.match(httpConfiguration('http://127.0.0.1:1/mcp', 'secret'), /"Authorization": "Bearer secret"/);
  });
});
