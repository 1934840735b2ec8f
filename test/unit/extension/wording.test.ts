import assert from 'node:assert/strict';
import { english } from '../../../src/extension/localizer.js';
import { escapeIcons, formatAge, formatBytes, formatMs, oneLine } from '../../../src/extension/wording.js';

describe('wording', () => {
  it('gives milliseconds the digits that matter', () => {
    assert.deepEqual([0.684, 12.3, 999, 3400].map(formatMs), ['0.68 ms', '12 ms', '999 ms', '3.4 s']);
  });

  it('gives bytes in decimal units', () => {
    assert.deepEqual([512, 3456, 120_000_000].map(formatBytes), ['512 B', '3.5 kB', '120 MB']);
  });

  it('gives an age in its largest unit', () => {
    const ages = [400, 59_000, 61_000, 7_300_000, 200_000_000].map((ms) => formatAge(ms, english));
    assert.deepEqual(ages, ['0 s ago', '59 s ago', '1 min ago', '2 h ago', '2 d ago']);
  });

  it('puts a text on one line and never cuts a character in two', () => {
    assert.equal(oneLine('a\n\n  b\tc', 10), 'a b c');
    assert.equal(oneLine('🧠🧠🧠🧠', 3), '🧠🧠🧠…');
    assert.equal(oneLine('한국어 기억', 100), '한국어 기억');
    assert.ok(oneLine('x'.repeat(1_000_000), 120).length <= 121);
  });

  it('keeps icons out of foreign text', () => {
    assert.equal(escapeIcons('$(trash) $(sync~spin)'), '\\$(trash) \\$(sync~spin)');
  });
});
