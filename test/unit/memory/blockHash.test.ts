import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';

import { blockHash, hashPreimage, matchingFormula, type HashedFields } from '../../../src/memory/blockHash.js';
import { pythonFloat } from '../../../src/memory/pythonFloat.js';
import { sha256 } from '../../../src/memory/sha256.js';
import { anyText, check } from '../property.js';

interface GoldenHash {
  input: { block_index: number; timestamp: string; context: string; importance: number; prev_hash: string };
  preimage: string;
  sha256: string;
}

const fixture = path.resolve(__dirname, '../../fixtures/golden-vectors.json');
const golden = (JSON.parse(readFileSync(fixture, 'utf8')) as { block_hash: GoldenHash[] }).block_hash;

function fieldsOf({ input }: GoldenHash): HashedFields {
  const { block_index: blockIndex, timestamp, context, importance, prev_hash: prevHash } = input;
  return { blockIndex, timestamp, context, importance, prevHash };
}

describe('blockHash', () => {
  for (const vector of golden) {
    it(`gives the hash that Python gives for "${vector.input.context.slice(0, 20)}"`, () => {
      assert.equal(hashPreimage(fieldsOf(vector)), vector.preimage);
      assert.equal(blockHash(fieldsOf(vector)), vector.sha256);
    });
  }
});

/** `json.dumps(ensure_ascii=False)` of a string, character by character as its documentation says. */
function pythonString(text: string): string {
  const short = new Map([...'"\\\b\f\n\r\t'].map((char, index) => [char, `\\${'"\\bfnrt'[index] ?? ''}`]));
  const escaped = [...text].map((char) => {
    const code = char.charCodeAt(0);
    return short.get(char) ?? (code < 0x20 ? `\\u${code.toString(16).padStart(4, '0')}` : char);
  });
  return `"${escaped.join('')}"`;
}

describe('the text that is hashed', () => {
  it('is that of Python’s rules, for any text and importance', () => {
    const text = fc.oneof(
      anyText,
      fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)) }),
    );
    const wellFormed = text.filter((value) => !/\p{Surrogate}/u.test(value));
    const importance = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 1e-5));
    check(
      fc.property(fc.nat(), wellFormed, importance, (blockIndex, context, value) => {
        const [timestamp, prevHash] = ['2026-05-12T09:30:15', 'ab'];
        assert.equal(
          hashPreimage({ blockIndex, timestamp, context, importance: value, prevHash }),
          `{"block_index": ${blockIndex}, "context": ${pythonString(context)}, "importance": ${pythonFloat(value)}, ` +
            `"prev_hash": "ab", "timestamp": "2026-05-12T09:30:15"}`,
        );
      }),
      10_000,
    );
  });
});

describe('matchingFormula', () => {
  const fields: HashedFields = {
    blockIndex: 7,
    timestamp: '2026-05-12T09:30:15',
    context: '메모 "a"\u007f',
    importance: 1,
    prevHash: 'ab',
  };

  it('knows the formula that blocks are written with', () => {
    assert.equal(matchingFormula(fields, blockHash(fields)), 'current');
  });

  it('knows the importance hashed as an integer', () => {
    const preimage =
      '{"block_index": 7, "context": "메모 \\"a\\"\u007f", "importance": 1, "prev_hash": "ab", "timestamp": "2026-05-12T09:30:15"}';
    assert.equal(matchingFormula(fields, sha256(preimage)), 'integer_importance');
  });

  it('knows the hash without importance, in ASCII', () => {
    const preimage =
      '{"block_index": 7, "context": "\\uba54\\ubaa8 \\"a\\"\\u007f", "prev_hash": "ab", "timestamp": "2026-05-12T09:30:15"}';
    assert.equal(matchingFormula(fields, sha256(preimage)), 'without_importance');
  });

  it('knows no other', () => {
    assert.equal(matchingFormula(fields, sha256('something else')), null);
    assert.equal(matchingFormula({ ...fields, context: '메모' }, blockHash(fields)), null);
  });
});
