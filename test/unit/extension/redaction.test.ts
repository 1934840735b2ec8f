import assert from 'node:assert/strict';
import { redact } from '../../../src/extension/redaction.js';

describe('redact', () => {
  it('takes out what looks like a token', () => {
    const hex = 'a1'.repeat(32);
    const base64url = 'Ab-_'.repeat(11).slice(0, 43);
    assert.equal(
      redact(`listening on http://127.0.0.1:8820/${hex}/mcp`),
      'listening on http://127.0.0.1:8820/<token>/mcp',
    );
    assert.equal(redact(`Bearer ${base64url}`), 'Bearer <token>');
  });

  it('leaves ordinary lines alone', () => {
    const line = 'owner of /home/ada/.greeum/data, epoch 3, socket /tmp/greeum-1000-0123456789abcdef/worker.sock';
    assert.equal(redact(line), line);
  });
});
