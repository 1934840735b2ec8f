import assert from 'node:assert/strict';
import { foreignReason } from '../../../../src/worker/endpoint/hostGuard.js';

describe('the guard against web pages', () => {
  for (const host of ['localhost', 'LOCALHOST:8820', '127.0.0.1', '127.0.0.1:8820', '[::1]', '[::1]:9999']) {
    it(`lets the host ${host} pass`, () => assert.equal(foreignReason({ host }), null));
  }

  for (const host of [
    undefined,
    '',
    'evil.example',
    'evil.example:8820',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    'user@localhost',
    '0.0.0.0',
    '192.168.1.5:8820',
    'localhost:',
    'localhost:123456',
    '::1',
  ]) {
    it(`refuses the host ${String(host)}`, () => assert.match(foreignReason({ host }) ?? '', /Host/));
  }

  for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:8820']) {
    it(`lets the origin ${origin} pass`, () => assert.equal(foreignReason({ host: 'localhost', origin }), null));
  }

  for (const origin of [
    'https://evil.example',
    'http://localhost.evil.example',
    'null',
    '',
    'file://',
    'vscode-webview://localhost',
    'http://localhost:3000/path',
  ]) {
    it(`refuses the origin ${origin || '(empty)'}`, () => {
      assert.match(foreignReason({ host: 'localhost', origin }) ?? '', /origins/);
    });
  }
});
