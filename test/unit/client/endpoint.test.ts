import assert from 'node:assert/strict';
import { describeEndpoint, parseEndpoint, sameEndpoint } from '../../../src/client/endpoint.js';
import type { GreeumError } from '../../../src/protocol/errors.js';

describe('a worker endpoint', () => {
  const readable: readonly [string, object][] = [
    ['http://127.0.0.1:8820/mcp', { kind: 'tcp', host: '127.0.0.1', port: 8820, prefix: '' }],
    ['http://127.0.0.1:8820', { kind: 'tcp', host: '127.0.0.1', port: 8820, prefix: '' }],
    ['http://127.0.0.1:8820/t0ken/mcp/', { kind: 'tcp', host: '127.0.0.1', port: 8820, prefix: '/t0ken' }],
    ['http://127.0.0.1:8820/t0ken', { kind: 'tcp', host: '127.0.0.1', port: 8820, prefix: '/t0ken' }],
    [' http://localhost:1/mcp ', { kind: 'tcp', host: 'localhost', port: 1, prefix: '' }],
    ['http://[::1]:8820/mcp', { kind: 'tcp', host: '::1', port: 8820, prefix: '' }],
    ['unix:/run/worker.sock', { kind: 'socket', path: '/run/worker.sock' }],
    ['unix:///run/worker.sock', { kind: 'socket', path: '/run/worker.sock' }],
    ['pipe:greeum-1', { kind: 'socket', path: '\\\\.\\pipe\\greeum-1' }],
    ['pipe:\\\\.\\pipe\\greeum-1', { kind: 'socket', path: '\\\\.\\pipe\\greeum-1' }],
  ];
  for (const [text, expected] of readable) {
    it(`can be written as ${text.trim()}`, () => assert.deepEqual(parseEndpoint(text), expected));
  }

  for (const host of ['192.168.1.5', 'example.org', '0.0.0.0', '127.0.0.1.example.org', '[::2]']) {
    it(`on ${host} is refused with the way through an SSH tunnel`, () => {
      assert.throws(
        () => parseEndpoint(`http://${host}:8820/secret/mcp`),
        (error: GreeumError) =>
          error.code === 'not_loopback' &&
          error.hint?.includes('ssh -L 8820') === true &&
          !/secret/.test(error.message),
      );
    });
  }

  for (const text of [
    'https://127.0.0.1:1/mcp',
    'unix:',
    'pipe:',
    '8820',
    'http://',
    'ftp://127.0.0.1/',
    'http://u@127.0.0.1/',
  ]) {
    it(`written as "${text}" is refused with the forms there are`, () => {
      assert.throws(
        () => parseEndpoint(text),
        (error: GreeumError) => error.code === 'invalid_argument' && error.hint?.includes('unix:/path') === true,
      );
    });
  }

  it('never shows its token', () => {
    assert.equal(describeEndpoint(parseEndpoint('http://127.0.0.1:8820/t0ken/mcp')), 'http://127.0.0.1:8820/mcp');
    assert.equal(describeEndpoint(parseEndpoint('http://[::1]:8820/t0ken/mcp')), 'http://[::1]:8820/mcp');
  });

  it('is the same as another only in every part', () => {
    const [a, b, c] = ['http://127.0.0.1:1/x/mcp', 'http://127.0.0.1:1/y/mcp', 'unix:/x'].map(parseEndpoint);
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    assert.deepEqual(
      [sameEndpoint(a, a), sameEndpoint(a, b), sameEndpoint(a, c), sameEndpoint(c, c)],
      [true, false, false, true],
    );
  });
});
