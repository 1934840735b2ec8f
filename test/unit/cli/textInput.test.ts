import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { readText } from '../../../src/cli/textInput.js';
import { MAX_CONTENT_BYTES } from '../../../src/protocol/limits.js';

function reading(...chunks: Buffer[]): Promise<string> {
  return readText('-', { stdin: Readable.from(chunks) });
}

describe('a text from stdin', () => {
  it('is read only for "-"', async () => {
    const system = {
      get stdin(): never {
        return assert.fail('stdin was touched');
      },
    };
    assert.equal(await readText('the text', system), 'the text');
  });

  it('loses the one line break at its end, and nothing else', async () => {
    assert.equal(await reading(Buffer.from('a\n')), 'a');
    assert.equal(await reading(Buffer.from('a\r\n')), 'a');
    assert.equal(await reading(Buffer.from(' a\n\n')), ' a\n');
    assert.equal(await reading(), '');
  });

  it('may be cut anywhere, also within a character', async () => {
    const bytes = Buffer.from('날씨 ☂');
    assert.equal(await reading(...Array.from(bytes, (byte) => Buffer.from([byte]))), '날씨 ☂');
  });

  it('is refused when it is not UTF-8', async () => {
    await assert.rejects(reading(Buffer.from([0x61, 0xff])), { code: 'invalid_text' });
  });

  it('may have exactly 1 MiB, with a line break after it', async () => {
    const longest = 'x'.repeat(MAX_CONTENT_BYTES);
    assert.equal(await reading(Buffer.from(`${longest}\r\n`)), longest);
    await assert.rejects(reading(Buffer.from(`${longest}x`)), { code: 'content_too_large' });
  });

  it('without an end is not read to the end', async () => {
    let blocks = 0;
    function* endless(): Generator<Buffer> {
      for (; ; blocks += 1) yield Buffer.alloc(64 * 1024, 'x');
    }
    await assert.rejects(readText('-', { stdin: Readable.from(endless()) }), { code: 'content_too_large' });
    assert.ok(blocks < 100);
  });
});
