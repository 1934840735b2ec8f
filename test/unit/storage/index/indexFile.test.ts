import assert from 'node:assert/strict';

import { readIndex, writeIndex } from '../../../../src/storage/index/indexFile.js';
import { toTheEnd } from '../../../../src/storage/steps.js';

describe('the index as bytes', () => {
  it('gives the same sections from a Buffer, wherever in its memory it lies', () => {
    const sections = {
      whensMs: Float64Array.of(1_795_460_084_015, 0.5, -1),
      blocks: Uint32Array.of(0, 7, 9),
      parents: Int32Array.of(-1, 0, 1),
      projects: Int32Array.of(-1, -1, 2),
      lengths: Uint16Array.of(3, 4, 5),
      importances: Uint8Array.of(0, 128, 255),
      slots: Int8Array.of(-1, 0, 2),
      units: Uint16Array.of(97, 98),
      starts: Uint32Array.of(0, 1),
      sounds: Uint32Array.of(5, 6),
      counts: Uint32Array.of(1, 2),
      postings: Uint32Array.of(1, 2, 3),
    };
    const bytes = writeIndex({ tokensVersion: 1, lastBlock: 9, lastHash: 'ab', contents: '1 0 0.5 4' }, sections);
    for (const offset of [0, 1, 8]) {
      const memory = Buffer.alloc(offset + bytes.length + 3, 0xff);
      memory.set(bytes, offset);
      assert.deepEqual(toTheEnd(readIndex(memory.subarray(offset, offset + bytes.length))), sections);
    }
  });
});
